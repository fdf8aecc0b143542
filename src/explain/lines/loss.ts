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
  if (shown.hasLayer(trace.nodes.layers.length - 1)) {
    writer.emitSamples(graph.get('loss.terms'), { ...emission, note: stableForm(writer) });
  }
  for (const name of ['loss.data', 'loss.penalty']) writer.emit(graph.find(name), emission);
  const draws = !isStep && trace.tape.graph.nodes.some(({ op }) => isRandom(op));
  const note = draws ? 'without dropout, so not comparable with the loss before the update' : undefined;
  writer.emit(graph.get('loss'), { ...emission, note });
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
