/** Rows of numbers from an asynchronous source. They are read once and kept, most of them in a temporary file. */
import { fail, InputError } from '../../base/errors.ts';
import { inside } from '../../base/reference.ts';
import { type Tensor, tensor } from '../../base/tensor.ts';
import { count } from '../../base/wording.ts';
import { SliceStore } from '../read/slice-store.ts';
import type { RowStream } from '../table/rows.ts';
import { checkWeights, type InlineOptions, type InlineRows, inlineData } from './inline.ts';

/** The number of values in a slice of rows. */
const sliceNumbers = 2 ** 16;
/** The first rows, which represent the data if not all rows are in memory. */
const sampleRows = 4096;

export interface CollectedRows {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  /** [rows, 1], for all rows; 1 in a batch without weights. */
  readonly weights?: Tensor;
  /** All rows, if there are more than a few thousand. */
  readonly stream?: RowStream;
}

/**
 * Rows of numbers from an asynchronous source, which yields inputs with their targets in batches. Throws an InputError that
 * names the batch, from 0, where rows do not fit each other or the loss.
 */
export async function collectRows(source: AsyncIterable<InlineRows>, options: InlineOptions): Promise<CollectedRows> {
  let store: SliceStore | undefined;
  let slice = new Float64Array(0);
  let perSlice = 0;
  let widths: readonly [number, number] = [0, 0];
  let rows = 0;
  let batch = 0;
  let counts = new Float64Array(0);
  let weighed = false;
  const take = (item: InlineRows) => {
    const { inputs, targets, weights } = checked(item, batch, options);
    if (rows + inputs.shape[0] > counts.length) {
      const longer = new Float64Array(2 * (rows + inputs.shape[0])).fill(1);
      longer.set(counts);
      counts = longer;
    }
    if (weights !== undefined) {
      counts.set(weights.data, rows);
      weighed = true;
    }
    const found = [inputs.shape[1], targets.shape[1]] as const;
    if (store === undefined) {
      widths = found;
      perSlice = Math.max(1, Math.floor(sliceNumbers / (widths[0] + widths[1])));
      slice = new Float64Array(perSlice * (widths[0] + widths[1]));
      store = new SliceStore(slice.length);
    } else if (found.some((width, i) => width !== widths[i])) {
      fail({
        what: `rows of ${count(found[0], 'number')} and ${count(found[1], 'target')}, but those before have ${widths.join(' and ')}`,
        where: `data batch ${batch}`,
        fix: 'Give every row the same columns.',
      });
    }
    for (let r = 0; r < inputs.shape[0]; r++, rows++) {
      const at = (rows % perSlice) * (widths[0] + widths[1]);
      slice.set(inputs.data.subarray(r * widths[0], (r + 1) * widths[0]), at);
      slice.set(targets.data.subarray(r * widths[1], (r + 1) * widths[1]), at + widths[0]);
      if (rows % perSlice === perSlice - 1) store.put(slice);
    }
    batch++;
  };
  try {
    for await (const item of source) take(item);
  } catch (error) {
    (store as SliceStore | undefined)?.close();
    throw error;
  }
  if (store === undefined || rows === 0) {
    return fail({
      what: 'the source has no rows',
      where: ['data'],
      fix: 'Yield at least one batch: { inputs, targets }.',
    });
  }
  const full = Math.floor(rows / perSlice);
  const kept = store;
  const stream: RowStream = {
    rows,
    read(positions, inputs, targets, places) {
      for (let i = 0; i < positions.length; i++) {
        const row = positions[i];
        const index = Math.floor(row / perSlice);
        const values = index < full ? kept.get(index) : slice;
        const at = (row % perSlice) * (widths[0] + widths[1]);
        const to = places === undefined ? i : places[i];
        for (let c = 0; c < widths[0]; c++) inputs[to * widths[0] + c] = values[at + c];
        for (let k = 0; k < widths[1]; k++) targets[to * widths[1] + k] = values[at + widths[0] + k];
      }
    },
  };
  const sample = Math.min(rows, sampleRows);
  const first = { inputs: tensor([sample, widths[0]]), targets: tensor([sample, widths[1]]) };
  stream.read(
    Uint32Array.from({ length: sample }, (_, i) => i),
    first.inputs.data,
    first.targets.data,
  );
  if (weighed) checkWeights(counts.subarray(0, rows), (row) => ['data', 'weights', row], ['data', 'weights']);
  const weights = weighed ? { weights: tensor([rows, 1], counts.slice(0, rows)) } : {};
  return sample === rows ? { ...first, ...weights } : { ...first, ...weights, stream };
}

function checked(item: InlineRows, batch: number, options: InlineOptions) {
  try {
    if (typeof item !== 'object' || item === null) {
      fail({ what: 'the batch is not an object', where: ['data'], fix: 'Yield { inputs: [[1, 2]], targets: [[3]] }.' });
    }
    return inlineData({ inputs: item.inputs, targets: item.targets, weights: item.weights }, { ...options, some: true })
      .train;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [, ...place] = error.option ?? [];
    throw error.at(inside(`data batch ${batch}`, ...place));
  }
}
