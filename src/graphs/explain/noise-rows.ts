/** The rows of the negatives that were drawn: the probability of each in the noise distribution. */
import { type Expression, leaf } from '../../explain/expression.ts';
import type { Row } from '../../explain/lines/line.ts';
import { make } from '../../explain/tidy.ts';
import { letter } from '../../explain/variable.ts';
import { rowOf } from './rows.ts';
import type { WalkNames } from './walk-names.ts';

export interface NoiseParts {
  readonly names: WalkNames;
  /** n of each node, [nodes]. */
  readonly counts: Float64Array;
  /** n^¾, [nodes]. */
  readonly weights: Float64Array;
  /** What n is, such as "how often the walks visit a node". */
  readonly counted: string;
  readonly note?: (node: number) => string | undefined;
}

const threeQuarters: Expression = { kind: 'constant', value: 0.75, name: '3/4' };

/** The probability of each negative, n^¾ over its sum. */
export function noiseRows(
  negatives: readonly number[],
  { names, counts, weights, counted, note }: NoiseParts,
): readonly Row[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const sum = letter('Z_n');
  const shared = { phase: 'negatives', heading: 'Negatives drawn from the noise distribution' } as const;
  return [
    rowOf({
      ...shared,
      quantity: 'noiseSum',
      variable: sum,
      value: total,
      note: `the sum of n^(3/4) over the ${counts.length} nodes, where n is ${counted}`,
    }),
    ...negatives.map((node, k) =>
      rowOf({
        ...shared,
        quantity: `noise[${k}]`,
        variable: names.noise(node),
        expression: make('div', make('pow', leaf(names.visits(node), counts[node]), threeQuarters), leaf(sum, total)),
        value: weights[node] / total,
        note: note?.(node),
      }),
    ),
  ];
}
