/** The worker for what takes longer than a frame: slices of the loss surface, and the library's warnings about a set-up. */
import { type ExperimentJson, experiment, train } from 'chainrule';
import { axes, principalDirections, type Slice, sliceOf } from './loss-slice.ts';
import { meanLossOf, type Shapes } from './mean-loss.ts';

export interface SliceOrder {
  readonly kind: 'slice';
  readonly experiment: ExperimentJson;
  readonly shapes: Shapes;
  /** The weights at some moments, oldest first. */
  readonly way: readonly Float64Array[];
  /** The numbers of two weights; undefined: the principal components of the way. */
  readonly along?: readonly [number, number];
  readonly size: number;
}

/** The same training once more, to its end, which is when the library looks for signs that it cannot learn. */
export interface CheckOrder {
  readonly kind: 'check';
  readonly experiment: ExperimentJson;
}

export type StudyOrder = { readonly id: number } & (SliceOrder | CheckOrder);

export interface StudyReport {
  readonly id: number;
  readonly slice?: Slice;
  readonly warnings?: readonly string[];
}

addEventListener('message', async ({ data: order }: MessageEvent<StudyOrder>) => {
  const { id } = order;
  try {
    const found: Omit<StudyReport, 'id'> =
      order.kind === 'slice' ? { slice: makeSlice(order) } : { warnings: await check(order) };
    postMessage({ id, ...found } satisfies StudyReport);
  } catch {
    // the training itself reports what is wrong with the experiment
    postMessage({ id } satisfies StudyReport);
  }
});

function makeSlice({ experiment: json, shapes, way, along, size }: SliceOrder): Slice | undefined {
  const lossAt = meanLossOf(experiment(json), shapes);
  if (lossAt === undefined) return undefined;
  const directions = along === undefined ? principalDirections(way) : axes(way[0].length, ...along);
  return sliceOf(way, directions, size, lossAt);
}

async function check({ experiment: json }: CheckOrder): Promise<readonly string[]> {
  return (await train(experiment(json))).warnings;
}
