/** Initializers: how a weight [in, out] starts. The formulas are PyTorch's; normals are not truncated. */
import { aFunction } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import {
  type AnyFamily,
  checkOwnFamily,
  checkOwnName,
  type Family,
  family,
  memberOf,
  type OptionSpecs,
  type OptionValues,
  type ResolvedOptions,
} from '../base/options.ts';
import { fillNormal, fillUniform } from '../base/random.ts';
import type { Shape } from '../base/shape.ts';

export interface Initializer {
  readonly name: string;
  readonly options: OptionValues;
  /** Fills a weight of shape [in, out]. The numbers depend on the seed and the sequence alone. */
  fill(out: Float64Array, shape: Shape, seed: number, sequence: number): void;
}

export type InitializerFamily = AnyFamily<Initializer>;

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

function builtInFamily<const S extends OptionSpecs>(
  name: string,
  specs: S,
  fill: (options: ResolvedOptions<S>) => Initializer['fill'],
): Family<Initializer, S> {
  return family('initializer', name, specs, (resolved, options) => ({ name, options, fill: fill(resolved) }));
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
 * Orthonormal columns (or rows, where there are fewer): Gram-Schmidt, applied twice for accuracy, to a matrix of normals;
 * keeping each vector's own direction makes the result uniform over such matrices. Source: Saxe et al. (2013).
 */
export const orthogonal: Initializer = {
  name: 'orthogonal',
  options: {},
  fill(out, [fanIn, fanOut], seed, sequence) {
    fillNormal(out, seed, 'initialization', sequence);
    const long = Math.max(fanIn, fanOut);
    const count = Math.min(fanIn, fanOut);
    // The vectors as contiguous arrays: the columns of the matrix, or its rows if there are fewer rows.
    const place = fanOut <= fanIn ? (v: number, e: number) => e * fanOut + v : (v: number, e: number) => v * fanOut + e;
    const vectors = Array.from({ length: count }, (_, v) =>
      Float64Array.from({ length: long }, (_, e) => out[place(v, e)]),
    );
    const dot = (a: Float64Array, b: Float64Array) => {
      let total = 0;
      for (let e = 0; e < long; e++) total += a[e] * b[e];
      return total;
    };
    vectors.forEach((vector, v) => {
      for (let pass = 0; pass < 2; pass++) {
        for (const before of vectors.slice(0, v)) {
          const share = dot(vector, before);
          for (let e = 0; e < long; e++) vector[e] -= share * before[e];
        }
      }
      const norm = Math.sqrt(dot(vector, vector));
      for (let e = 0; e < long; e++) {
        vector[e] /= norm;
        out[place(v, e)] = vector[e];
      }
    });
  },
};

export const zeros: Initializer = { name: 'zeros', options: {}, fill: (out) => void out.fill(0) };

export const uniform = builtInFamily(
  'uniform',
  {
    min: { type: 'number', default: -0.05, note: 'the minimum' },
    max: { type: 'number', default: 0.05, note: 'the maximum' },
  },
  ({ min, max }) => {
    if (min > max) fail({ what: `min ${min} is above max ${max}`, where: 'uniform', fix: 'Swap them.' });
    return (out, _shape, seed, sequence) => {
      fillUniform(out, seed, 'initialization', sequence);
      for (let i = 0; i < out.length; i++) out[i] = min + (max - min) * out[i];
    };
  },
);

export const normal = builtInFamily(
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

export const constant = builtInFamily(
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

/**
 * An initializer of a user's own, without options. `fill` fills a weight of shape [in, out]; the seed and the sequence are
 * all that its numbers may depend on. Throws an InputError if a built-in initializer has the name.
 */
export function initializer(name: string, fill: Initializer['fill']): Initializer {
  checkOwnName('initializer', name, initializers);
  aFunction(fill, `initializer "${name}"`);
  return { name, options: {}, fill };
}

/**
 * A user's own initializer with options. Call the result with some of the options, or pass it unchanged for the defaults.
 * Throws an InputError if a built-in initializer has the name.
 */
export function initializerFamily<const S extends OptionSpecs>(
  name: string,
  specs: S,
  fill: (options: ResolvedOptions<S>) => Initializer['fill'],
): Family<Initializer, S> {
  checkOwnFamily('initializer', name, initializers, { specs, make: fill });
  return builtInFamily(name, specs, fill);
}

/**
 * A family gives its member with default options. Throws an InputError for an initializer that has the name of a built-in one
 * and is another.
 */
export const resolveInitializer = (given: Initializer | InitializerFamily): Initializer =>
  memberOf<Initializer>('initializer', given, initializers);
