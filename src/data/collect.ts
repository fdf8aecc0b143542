/**
 * Data that come asynchronously: a file's bytes, rows from a database, batches of numbers. They are taken once and kept: as
 * a packed table, or as rows of numbers, of which many are in a temporary file.
 */
import { fail, InputError } from '../base/errors.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import { checkWeights, type InlineOptions, type InlineRows, inlineData } from './inline.ts';
import { checkLimits } from './read/limits.ts';
import { TableBuilder } from './read/packed.ts';
import { type Cell, ColumnNames, checkNotEmpty, type ReadOptions, toText } from './read/read.ts';
import { SliceStore } from './read/spill.ts';
import { readTableStream } from './read/stream.ts';
import type { RowStream } from './table/rows.ts';
import { shortName, type Table } from './table/table.ts';
import { count } from './words.ts';

export type Row = Readonly<Record<string, Cell>>;

/** A table to be: the bytes of a file in any format that is read, or rows, one or several at a time. */
export type TableSource = AsyncIterable<Uint8Array> | AsyncIterable<Row | readonly Row[]>;

export const isAsync = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Rows whose cells are packed at a time. */
const rowsAtOnce = 1024;

/**
 * The table in an asynchronous source. Throws an InputError as `readTable` does, and what the source itself throws.
 */
export async function collectTable(source: TableSource, options: ReadOptions = {}): Promise<Table> {
  checkLimits(options.limits);
  const { name = 'data', missing, limits } = options;
  const iterator = (source as AsyncIterable<Uint8Array | Row | readonly Row[]>)[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all() {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  if (first.value instanceof Uint8Array) return readTableStream(all() as AsyncIterable<Uint8Array>, options);

  const builder = new TableBuilder({ name, missing });
  const names = new ColumnNames(name, { limits });
  let held: Row[] = [];
  const pack = () => {
    const columns = names.all();
    const place = (r: number, key: string) => `${name}[${builder.rows + r}].${shortName(key)}`;
    builder.add(
      columns,
      held.map((row, r) =>
        columns.map((key) => (Object.hasOwn(row, key) ? toText(row[key], () => place(r, key)) : undefined)),
      ),
    );
    held = [];
  };
  try {
    for await (const item of all()) {
      for (const row of Array.isArray(item) ? item : [item]) {
        if (typeof row !== 'object' || row === null || Array.isArray(row)) {
          fail({
            what: 'a row is not an object',
            where: `${name}[${builder.rows + held.length}]`,
            fix: 'Give each row as { "column": value }.',
          });
        }
        names.add(row);
        held.push(row as Row);
        if (held.length === rowsAtOnce) pack();
      }
    }
    if (held.length > 0) pack();
  } catch (error) {
    builder.abandon();
    throw error;
  }
  return checkNotEmpty(builder.table());
}

/** Numbers of one slice of rows. */
const sliceNumbers = 2 ** 16;
/** Rows of which the whole is judged where all do not stand in memory. */
const sampleRows = 4096;

export interface CollectedRows {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  /** [rows, 1], of all rows; 1 for those of a batch without weights. */
  readonly weights?: Tensor;
  /** All of them, where they are more than a few thousand. */
  readonly stream?: RowStream;
}

/**
 * Rows of numbers from an asynchronous source that gives some inputs with their targets at a time. Throws an InputError that
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
    return fail({ what: 'there are no rows', where: 'data', fix: 'Give at least one batch: { inputs, targets }.' });
  }
  const full = Math.floor(rows / perSlice);
  const kept = store;
  const stream: RowStream = {
    rows,
    read(positions, inputs, targets, places) {
      for (let i = 0; i < positions.length; i++) {
        const row = positions[i];
        const index = Math.floor(row / perSlice);
        const held = index < full ? kept.get(index) : slice;
        const at = (row % perSlice) * (widths[0] + widths[1]);
        const to = places === undefined ? i : places[i];
        for (let c = 0; c < widths[0]; c++) inputs[to * widths[0] + c] = held[at + c];
        for (let k = 0; k < widths[1]; k++) targets[to * widths[1] + k] = held[at + widths[0] + k];
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
  if (weighed) checkWeights(counts.subarray(0, rows), (row) => `data.weights[${row}]`, 'data.weights');
  const weights = weighed ? { weights: tensor([rows, 1], counts.slice(0, rows)) } : {};
  return sample === rows ? { ...first, ...weights } : { ...first, ...weights, stream };
}

function checked(item: InlineRows, batch: number, options: InlineOptions) {
  try {
    if (typeof item !== 'object' || item === null) {
      fail({ what: 'it is no batch', where: 'data', fix: 'Give { inputs: [[1, 2]], targets: [[3]] }.' });
    }
    return inlineData({ inputs: item.inputs, targets: item.targets, weights: item.weights }, { ...options, some: true })
      .train;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { what, where, fix } = error;
    throw new InputError({ what, where: where.replace(/^data/, `data batch ${batch}`), fix });
  }
}
