/** A model that only predicts. */
import { isObject } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import type { Where } from '../base/reference.ts';
import { fromRows, type Matrix, type Tensor, tensor, toRows } from '../base/tensor.ts';
import { decode, type OutputKind, type Predictions } from '../data/encode/decode.ts';
import type { Encoding } from '../data/encode/encoding.ts';
import { filledWarnings, unknownWarnings } from '../data/encode/findings.ts';
import { refuseSingleRow, widthFix } from '../data/encode/row-fault.ts';
import { encodeObjects, rowPredictions } from '../data/encode/row-objects.ts';
import type { ReadNetwork } from './network.ts';

/** A row: its values by the names of the columns. Other columns are ignored. */
export type Row = object;

/** A value of a row; null and undefined are missing. */
export type Cell = string | number | boolean | null | undefined;

/** The prediction for a row of a table. */
export interface RowPrediction {
  /** A number in the units of the target (for several targets, by their names), or a class in the type of its column. */
  readonly prediction: Predictions['predictions'][number];
  /** The probability of each class, if the outputs are probabilities. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** Missing values that were filled in, and categories that training did not see; left out if there are none. */
  readonly warnings?: readonly string[];
}

/** Rows that are computed together. It decides the order of the sums for a single last row, as in the engines. */
const rowsAtOnce = 256;

export class SmallModel {
  /** The number of numbers in a row, and in a prediction. */
  readonly inputs: number;
  readonly outputs: number;
  private readonly network: ReadNetwork;
  private readonly encoding?: Encoding;
  private readonly kind: OutputKind;

  /** @internal */
  constructor(network: ReadNetwork, kind: OutputKind, encoding?: Encoding) {
    this.network = network;
    this.inputs = network.inputs;
    this.outputs = network.outputs;
    this.kind = kind;
    this.encoding = encoding;
  }

  /**
   * Rows of numbers [n, inputs] -> rows [n, outputs], both in the network's units; or rows of a table, as objects, to their
   * predictions. Throws an InputError if a row does not fit.
   */
  predict(rows: Matrix): number[][];
  predict(rows: readonly Row[]): RowPrediction[];
  predict(rows: Matrix | readonly Row[]): number[][] | RowPrediction[] {
    refuseSingleRow(rows);
    if (!Array.isArray(rows)) fail({ what: 'the rows are not a list', where: ['rows'], fix: 'Pass [[1, 2], [3, 4]].' });
    if (rows.length === 0) return [];
    if (isObject(rows[0])) return this.predictObjects(rows as readonly Row[], (r) => ['rows', r]);
    const given = fromRows(rows as Matrix, ['rows']);
    if (given.shape[1] === this.inputs) return toRows(this.outputsFor(given));
    return fail({
      what: `rows of ${given.shape[1]} numbers, but the network has ${this.inputs} inputs`,
      where: ['rows'],
      fix: widthFix(this.inputs, this.encoding),
    });
  }

  /**
   * The prediction for one row of a table, as an object of its columns. Throws an InputError if the model was trained on rows
   * of numbers, if a column is left out, and for a value that the column cannot have.
   */
  predictRow(row: Row): RowPrediction {
    return this.predictObjects([row], () => ['row'])[0];
  }

  private predictObjects(rows: readonly Row[], placeOf: (row: number) => Where): RowPrediction[] {
    const { encoding } = this;
    if (encoding === undefined) {
      return fail({
        what: 'the model was trained on rows of numbers, not on a table',
        where: 'model',
        fix: `Give rows of ${this.inputs} numbers, in the order of training.`,
      });
    }
    const { inputs, filled, unknown } = encodeObjects(encoding, rows, placeOf);
    const warnings = [...filledWarnings(filled, encoding), ...unknownWarnings(unknown, encoding)];
    return rowPredictions(decode(encoding, this.outputsFor(inputs), this.kind), warnings);
  }

  private outputsFor({ shape: [n], data }: Tensor): Tensor {
    const { inputs, outputs, stages } = this.network;
    const out = tensor([n, outputs]);
    for (let start = 0; start < n; start += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, n - start);
      const block = data.subarray(start * inputs, (start + count) * inputs);
      out.data.set(
        stages.reduce((rows, stage) => stage(rows, count, count === 1), block),
        start * outputs,
      );
    }
    return out;
  }
}
