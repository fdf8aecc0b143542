/** The lines of the loss: each sample's, then their sum with the penalties. */
import { argument } from '../../core/formula.ts';
import { isRandom } from '../../core/graph.ts';
import { stepAddresses } from '../../net/addresses.ts';
import { fromFormula, leaf } from '../expression.ts';
import type { Tape } from '../tape.ts';
import { expressionText } from '../text.ts';
import type { LineWriter } from './writer.ts';

/** The loss before or after the update. */
export function writeLoss(writer: LineWriter, tape: Tape, heading: string): void {
  const { trace, shown } = writer;
  const { graph } = tape;
  const isStep = tape === trace.tape;
  const emission = { phase: 'loss', heading, tape } as const;
  if (isStep) {
    const note = 'the weights of the samples in the loss';
    writer.emitSamples(writer.find(stepAddresses.weight), { ...emission, note });
    writer.emit(writer.find(stepAddresses.weightSum), emission);
  }
  const terms = graph.get('loss.terms');
  const isOnlyTerm = writer.naming.isOnlyTerm(terms);
  if (!isOnlyTerm && shown.hasLayer(trace.nodes.layers.length - 1)) {
    writer.emitSamples(terms, { ...emission, note: stableForm(writer) });
  }
  const ofTerm = isOnlyTerm ? stableForm(writer) : undefined;
  const data = graph.find('loss.data');
  writer.emit(data, { ...emission, note: ofTerm });
  writer.emit(graph.find('loss.penalty'), emission);
  const draws = !isStep && trace.tape.graph.nodes.some(({ op }) => isRandom(op));
  const notes = [
    ...(data === undefined && ofTerm !== undefined ? [ofTerm] : []),
    ...(draws ? ['without dropout, so not comparable with the loss before the update'] : []),
  ];
  writer.emit(graph.get('loss'), { ...emission, note: notes.length > 0 ? notes.join('; ') : undefined });
}

/** The definition of a joint loss that is computed from the sums. */
function stableForm({ trace, naming }: LineWriter): string | undefined {
  const { loss } = trace.problem.recipe;
  if (!loss.joint) return undefined;
  const of = (address: string) => {
    const variable = naming.ofName(address, [0, 0]);
    return leaf(variable.kind === 'letter' ? { ...variable, indices: [] } : variable, Number.NaN);
  };
  const last = trace.nodes.layers.findLastIndex(({ weighted }) => weighted !== undefined);
  const definition = fromFormula(loss.definition(argument(0), argument(1)), (i) =>
    of(i === 0 ? `layers.${last}.output` : 'target'),
  );
  return `${loss.name} is ${expressionText(definition)}, here in a form that does not overflow`;
}
