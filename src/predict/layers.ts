/**
 * The layers of a model's file as functions over rows of numbers: one entry for each kind, like the columns of kernels that
 * the engines and exporters keep. A test compares every kind with the graph that the layer itself makes, bit by bit.
 */
import { fail } from '../base/errors.ts';
import {
  atLeast0,
  boolean,
  fields,
  list,
  object,
  optional,
  positiveWhole,
  refuse,
  wholeNumber,
} from '../base/readers.ts';
import type { OptionPath } from '../base/reference.ts';
import type { Shape } from '../base/shape.ts';
import { type ReadActivation, readActivation } from './activation.ts';
import { sumOf } from './sums.ts';

/** Rows of numbers, one after the other, to rows of numbers. `alone`: there is one row, and it is computed by itself. */
export type Stage = (rows: Float64Array, count: number, alone: boolean) => Float64Array;

/** A layer that was read: its stages, and the width of its output. */
export interface ReadLayer {
  readonly stages: readonly Stage[];
  readonly width: number;
  /** The activation of a layer that can be the last. */
  readonly activation?: ReadActivation;
}

/** What a layer needs to be read. */
export interface LayerSource {
  /** Its description. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The path of the description. */
  readonly path: OptionPath;
  /** The width of its input. */
  readonly width: number;
  /** Its parameter of this name. Throws an InputError if the file has none of this shape; without a shape, any is accepted. */
  tensor(name: string, shape?: Shape): { readonly shape: Shape; readonly data: Float64Array };
  /** The same for a layer inside it. */
  inside(index: number, json: unknown, width: number): ReadLayer;
}

type Read = (source: LayerSource) => ReadLayer;

/** sum = input · weight + bias, output = activation(sum). */
const dense: Read = ({ json, path, width, tensor }) => {
  const units = positiveWhole(json.dense, [...path, 'dense']);
  const activation = readActivation(json.activation === undefined ? 'linear' : json.activation, [
    ...path,
    'activation',
  ]);
  const { data: weight } = tensor('weight', [width, units]);
  const bias = json.bias === false ? undefined : tensor('bias', [units]).data;
  const { apply } = activation;
  const stage: Stage = (rows, count, alone) => {
    const out = new Float64Array(count * units);
    for (let r = 0; r < count; r++) {
      const [from, to] = [r * width, r * units];
      if (alone && units === 1) out[to] = sumOf(width, (i) => rows[from + i] * weight[i], true);
      else {
        for (let i = 0; i < width; i++) {
          const x = rows[from + i];
          const w = i * units;
          for (let o = 0; o < units; o++) out[to + o] += x * weight[w + o];
        }
      }
      if (bias !== undefined) for (let o = 0; o < units; o++) out[to + o] += bias[o];
    }
    apply?.(out, units, alone);
    return out;
  };
  return { stages: [stage], width: units, activation };
};

/** w·x + b by unit, if the layer has these parameters. */
function affineOf({ json, path, width, tensor }: LayerSource) {
  if (!(optional(boolean)(json.affine, [...path, 'affine']) ?? true)) return undefined;
  return { weight: tensor('weight', [width]).data, bias: tensor('bias', [width]).data };
}

const epsilonOf = ({ json, path }: LayerSource) => optional(atLeast0)(json.epsilon, [...path, 'epsilon']) ?? 1e-5;

/** (x − mean)/√(variance + ε), then w·x + b; the mean and the variance are of the row and the unit. */
function normalized(
  source: LayerSource,
  moments: (
    rows: Float64Array,
    start: number,
    alone: boolean,
  ) => readonly [mean: (o: number) => number, variance: (o: number) => number],
): ReadLayer {
  const { width } = source;
  const epsilon = epsilonOf(source);
  const affine = affineOf(source);
  const stage: Stage = (rows, count, alone) => {
    const out = new Float64Array(count * width);
    for (let start = 0; start < out.length; start += width) {
      const [mean, variance] = moments(rows, start, alone);
      for (let o = 0; o < width; o++) {
        const x = (rows[start + o] - mean(o)) / Math.sqrt(variance(o) + epsilon);
        out[start + o] = affine === undefined ? x : affine.weight[o] * x + affine.bias[o];
      }
    }
    return out;
  };
  return { stages: [stage], width };
}

const layerNorm: Read = (source) => {
  const { width } = source;
  return normalized(source, (rows, start, alone) => {
    const mean = sumOf(width, (o) => rows[start + o], alone) / width;
    const variance = sumOf(width, (o) => (rows[start + o] - mean) * (rows[start + o] - mean), alone) / width;
    return [() => mean, () => variance];
  });
};

const batchNorm: Read = (source) => {
  const shape = [source.width];
  const mean = source.tensor('runningMean', shape).data;
  const variance = source.tensor('runningVariance', shape).data;
  return normalized(source, () => [(o) => mean[o], (o) => variance[o]]);
};

const readColumns = list(fields({ input: wholeNumber, size: positiveWhole }), 1);

/** Replaces each index by a row of its table; the other columns pass unchanged, in the order of the columns. */
const embedding: Read = ({ json, path, width, tensor }) => {
  const tables = new Map(
    readColumns(json.of, [...path, 'of']).map(({ input, size }) => [input, tensor(`embedding${input}`, [size, -1])]),
  );
  const added = [...tables].map(([column, { shape }]) => {
    if (column < width) return shape[1] - 1;
    return refuse(`column ${column} is not among the ${width} inputs`, [...path, 'of']);
  });
  // without a list of the inputs, because a file may claim any number of them
  const units = added.reduce((a, b) => a + b, width);
  const stage: Stage = (rows, count) => {
    const out = new Float64Array(count * units);
    let to = 0;
    for (let r = 0; r < count; r++) {
      for (let column = 0; column < width; column++) {
        const value = rows[r * width + column];
        const table = tables.get(column);
        if (table === undefined) out[to++] = value;
        else {
          const [size, own] = table.shape;
          checkIndex(value, size, column);
          out.set(table.data.subarray(value * own, (value + 1) * own), to);
          to += own;
        }
      }
    }
    return out;
  };
  return { stages: [stage], width: units };
};

function checkIndex(value: number, size: number, column: number): void {
  if (Number.isInteger(value) && value >= 0 && value < size) return;
  fail({
    what: `${value} is not an index from 0 to ${size - 1}`,
    where: `rows, column ${column}`,
    fix: 'Pass the index of a category, 0 for one that training did not see.',
  });
}

/** x + layers(x). */
const residual: Read = ({ json, path, width, inside }) => {
  const stages: Stage[] = [];
  let current = width;
  list(object, 1)(json.residual, [...path, 'residual']).forEach((layer, k) => {
    const read = inside(k, layer, current);
    stages.push(...read.stages);
    current = read.width;
  });
  const add: Stage = (rows, count, alone) => {
    const inner = stages.reduce((numbers, stage) => stage(numbers, count, alone), rows);
    return inner.map((y, i) => rows[i] + y);
  };
  if (current === width) return { stages: [add], width };
  return fail({
    what: `its layers output ${current} units, but its input has ${width}`,
    where: path,
    fix: 'Use a model.safetensors that a run wrote.',
  });
};

/** Every kind of layer that a model's file may have. */
export const layers: Readonly<Record<string, Read>> = {
  dense,
  layerNorm,
  batchNorm,
  embedding,
  residual,
  // it is off when the network only predicts
  dropout: ({ width }) => ({ stages: [], width }),
  activate({ json, path, width }) {
    const { apply } = readActivation(json.activate, [...path, 'activate']);
    const stage: Stage = (rows, _count, alone) => {
      const out = rows.slice();
      apply?.(out, width, alone);
      return out;
    };
    return { stages: apply === undefined ? [] : [stage], width };
  },
};
