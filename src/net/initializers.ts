/** Initializers: how a weight [in, out] starts. The formulas are PyTorch's; normals are not truncated. */
import { type OptionSpecs, type OptionValues, resolveOptions } from '../base/options.ts';
import { fillNormal, fillUniform } from '../base/random.ts';
import type { Shape } from '../base/shape.ts';

export interface Initializer {
  readonly name: string;
  readonly options: OptionValues;
  /** Fills a weight of shape [in, out]. The numbers depend on the seed and the sequence alone. */
  fill(out: Float64Array, shape: Shape, seed: number, sequence: number): void;
}

export interface InitializerFamily {
  (options?: Readonly<Record<string, number>>): Initializer;
  readonly family: string;
  readonly specs: OptionSpecs;
}

/** Uniform in [-bound, bound). */
function uniformWithin(name: string, bound: (fanIn: number, fanOut: number) => number): Initializer {
  return {
    name,
    options: {},
    fill(out, [fanIn, fanOut], seed, sequence) {
      fillUniform(out, seed, 'initialization', sequence);
      const b = bound(fanIn, fanOut);
      for (let i = 0; i < out.length; i++) out[i] = (2 * out[i] - 1) * b;
    },
  };
}

/** Normal of mean 0. */
function normalWith(name: string, deviation: (fanIn: number, fanOut: number) => number): Initializer {
  return {
    name,
    options: {},
    fill(out, [fanIn, fanOut], seed, sequence) {
      fillNormal(out, seed, 'initialization', sequence);
      const d = deviation(fanIn, fanOut);
      for (let i = 0; i < out.length; i++) out[i] *= d;
    },
  };
}

function family(
  name: string,
  specs: OptionSpecs,
  fill: (options: Readonly<Record<string, number>>) => Initializer['fill'],
): InitializerFamily {
  const make = (given: Readonly<Record<string, number>> = {}): Initializer => {
    const options = resolveOptions(specs, given, name);
    return { name, options, fill: fill(options as Record<string, number>) };
  };
  return Object.assign(make, { family: name, specs });
}

/** Source: Glorot and Bengio (2010). */
export const glorotUniform = uniformWithin('glorotUniform', (fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut)));
export const glorotNormal = normalWith('glorotNormal', (fanIn, fanOut) => Math.sqrt(2 / (fanIn + fanOut)));
/** Source: He et al. (2015). */
export const heUniform = uniformWithin('heUniform', (fanIn) => Math.sqrt(6 / fanIn));
export const heNormal = normalWith('heNormal', (fanIn) => Math.sqrt(2 / fanIn));
/** Source: LeCun et al. (1998). */
export const lecunNormal = normalWith('lecunNormal', (fanIn) => Math.sqrt(1 / fanIn));

/**
 * Orthonormal columns (or rows, where there are fewer): Gram-Schmidt, twice over for accuracy, on a matrix of normals;
 * keeping each vector's own direction makes the result uniform over such matrices. Source: Saxe et al. (2013).
 */
export const orthogonal: Initializer = {
  name: 'orthogonal',
  options: {},
  fill(out, [fanIn, fanOut], seed, sequence) {
    fillNormal(out, seed, 'initialization', sequence);
    const long = Math.max(fanIn, fanOut);
    const count = Math.min(fanIn, fanOut);
    // vector v runs down a column where there are fewer columns, else along a row
    const at = fanOut <= fanIn ? (v: number, e: number) => e * fanOut + v : (v: number, e: number) => v * fanOut + e;
    const dot = (a: number, b: number) => {
      let total = 0;
      for (let e = 0; e < long; e++) total += out[at(a, e)] * out[at(b, e)];
      return total;
    };
    for (let v = 0; v < count; v++) {
      for (let pass = 0; pass < 2; pass++) {
        for (let before = 0; before < v; before++) {
          const share = dot(v, before);
          for (let e = 0; e < long; e++) out[at(v, e)] -= share * out[at(before, e)];
        }
      }
      const norm = Math.sqrt(dot(v, v));
      for (let e = 0; e < long; e++) out[at(v, e)] /= norm;
    }
  },
};

export const zeros: Initializer = { name: 'zeros', options: {}, fill: (out) => void out.fill(0) };

export const uniform = family(
  'uniform',
  {
    min: { type: 'number', default: -0.05, note: 'the lowest value' },
    max: { type: 'number', default: 0.05, note: 'the highest value' },
  },
  ({ min, max }) =>
    (out, _shape, seed, sequence) => {
      fillUniform(out, seed, 'initialization', sequence);
      for (let i = 0; i < out.length; i++) out[i] = min + (max - min) * out[i];
    },
);

export const normal = family(
  'normal',
  {
    mean: { type: 'number', default: 0, note: 'the mean' },
    std: { type: 'number', default: 0.05, atLeast: 0, note: 'the standard deviation' },
  },
  ({ mean, std }) =>
    (out, _shape, seed, sequence) => {
      fillNormal(out, seed, 'initialization', sequence);
      for (let i = 0; i < out.length; i++) out[i] = mean + std * out[i];
    },
);

export const constant = family(
  'constant',
  { value: { type: 'number', note: 'the value of every weight' } },
  ({ value }) =>
    (out) =>
      void out.fill(value),
);

export const initializers: readonly (Initializer | InitializerFamily)[] = [
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunNormal,
  orthogonal,
  zeros,
  uniform,
  normal,
  constant,
];

export function resolveInitializer(given: Initializer | InitializerFamily): Initializer {
  return typeof given === 'function' ? given() : given;
}
