/** The lines of walks: for each step the sum of its weights and its probability, then the likelihood of the walk. */
import { expressionOf } from '../../explain/expression.ts';
import type { Row } from '../../explain/lines/line.ts';
import { notationOf } from '../../explain/notation.ts';
import { rounded } from '../../explain/numbers.ts';
import { Tape } from '../../explain/tape.ts';
import { notationText } from '../../explain/text.ts';
import { variableText } from '../../explain/variable.ts';
import { givenBy } from './given.ts';
import { type StepKind, type WalkGraph, type WalkModel, type WalkStep, walkGraph } from './walk-graph.ts';
import { WalkNames } from './walk-names.ts';

/** What a step is, in words. */
const kinds: Readonly<Record<StepKind, string>> = {
  first: 'the first step, by weight alone',
  return: 'back to the node before: 1/p',
  near: 'to a neighbor of the node before: 1',
  far: 'away from the node before: 1/q',
};

/** The numbers of some walks, each computed when it is asked for. */
export function walkTape({ graph, given }: WalkGraph): Tape {
  return new Tape(graph, 0, givenBy(given));
}

/** In a few words, why a step cannot be made. */
export function reasonOf({ from, to, kind, impossible }: WalkStep, names: WalkNames): string {
  const [a, b] = [from, to].map((node) => names.idText(node));
  if (impossible === 'edge') return `there is no edge from ${a} to ${b}`;
  return kind === 'return'
    ? `it returns to ${b} at once, which an infinite p rules out`
    : `${b} is not a neighbor of the node before ${a}, which an infinite q rules out`;
}

export interface WalkLineOptions {
  /** Terms of a sum that are written out; default 8. */
  readonly terms?: number;
  readonly heading?: (walk: number) => string;
}

/** A row for each number of the walks. */
export function walkRows(
  model: WalkModel,
  { terms = 8, heading = (walk) => `Walk ${walk + 1}` }: WalkLineOptions = {},
): Row[] {
  const made = walkGraph(model);
  const names = new WalkNames(model);
  const tape = walkTape(made);
  const rows: Row[] = [];
  const write = (walk: number, name: string, note?: string) => {
    const node = made.graph.find(name);
    if (node === undefined) return;
    const scalar = tape.at(node, []);
    const expression = expressionOf(scalar, tape, names.of, terms);
    const formula = notationOf(expression);
    // a node may have several addresses; the one that was asked for names the line
    const variable = names.variable(name)!;
    rows.push({
      heading: heading(walk),
      variable,
      formula,
      expression,
      marked: false,
      value: scalar.value,
      line: {
        phase: 'walk',
        quantity: name,
        name: variableText(variable, false),
        formula: notationText(formula, { as: 'names' }),
        numbers: notationText(formula, { as: 'numbers' }),
        value: rounded(scalar.value),
        after: 0,
        ...(note !== undefined && { note }),
      },
    });
  };
  made.steps.forEach((steps, walk) => {
    for (const step of steps) {
      const at = `[${walk}][${step.position}]`;
      write(walk, `total${at}`);
      write(
        walk,
        `probability${at}`,
        step.impossible === undefined ? kinds[step.kind!] : `impossible: ${reasonOf(step, names)}`,
      );
    }
    write(walk, `likelihood[${walk}]`);
    write(walk, `logLikelihood[${walk}]`);
  });
  return rows;
}
