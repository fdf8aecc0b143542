import { describe, expect, test } from 'vitest';
import * as math from '../../../base/math.ts';
import { fillUniform } from '../../../base/random.ts';
import { encodeModule, i32, int } from '../encoder.ts';
import { instantiate } from '../instantiate.ts';
import { type Lanes, scalars, vectors } from '../lanes.ts';
import { Locals, plus, whileBelow } from '../writer.ts';
import { FunctionTable } from './index.ts';
import { type ElementaryName, elementaryNames } from './writing.ts';

const base: Readonly<Record<ElementaryName, (...operands: number[]) => number>> = {
  exp: math.exp,
  expm1: math.expm1,
  log: math.log,
  log1p: math.log1p,
  sin: math.sin,
  cos: math.cos,
  tanh: math.tanh,
  erf: math.erf,
  pow: math.pow,
};

/** A function of a module, applied to arrays. */
function applier(name: ElementaryName, lanes: Lanes) {
  const table = new FunctionTable();
  const callFunction = table.call(name, lanes);
  const locals = new Locals([i32]);
  const at = locals.add(i32);
  const columns = base[name].length;
  const room = 1 << 19;
  const operands = Array.from({ length: columns }, (_, i) => lanes.load(at.get, room * (i + 1)));
  table.add(
    locals.body(
      [
        at.set(int(0)),
        whileBelow(
          at,
          locals.parameter(0).get,
          lanes.store(at.get, 0, [operands, callFunction]),
          at.set(plus(at.get, lanes.width * lanes.count)),
        ),
      ],
      [],
      'apply',
    ),
  );
  const pages = ((columns + 1) * room) / 65_536;
  const { memory, functions } = instantiate(encodeModule({ functions: table.functions, pages }), {
    pages,
    shared: false,
    imports: () => ({}),
  });
  const view = (byte: number, length: number) =>
    lanes.width === 4 ? new Float32Array(memory.buffer, byte, length) : new Float64Array(memory.buffer, byte, length);
  return (...values: ArrayLike<number>[]) => {
    const { length } = values[0];
    values.forEach((column, i) => {
      view(room * (i + 1), length).set(column);
    });
    functions.apply(Math.ceil((length * lanes.width) / 16) * 16);
    return view(0, length).slice();
  };
}

/** Limits of all cases, zeros, subnormals, infinities and NaN. */
const hard = [
  0,
  5e-324,
  2.2250738585072014e-308,
  1e-17,
  2 ** -54,
  2 ** -25,
  0.2928,
  0.34657359027997264,
  0.4142,
  0.5,
  0.84375,
  1,
  1.25,
  1 / 0.35,
  2,
  3,
  6,
  15,
  16,
  17,
  18,
  22,
  38,
  56,
  88.72284,
  103.97209,
  400,
  709.782712893384,
  745.1332191019412,
  1e5,
  1e15,
  2 ** 53 + 2,
  1e22,
  1e300,
  1.7976931348623157e308,
  Infinity,
].flatMap((x) => [x, -x]);

const seed = 7;
const count = 20_000;

/** Of all magnitudes, and near 0 and 1. */
function points(sequence: number): Float64Array {
  const u = new Float64Array(3 * count);
  fillUniform(u, seed, 'check', sequence);
  return Float64Array.from({ length: count }, (_, i) => {
    const sign = u[3 * i] < 0.5 ? -1 : 1;
    const size = [
      2 ** (2000 * u[3 * i + 1] - 1000),
      2 ** (40 * u[3 * i + 1] - 30),
      1 + u[3 * i + 1] * 1e-3,
      800 * u[3 * i + 1],
    ];
    return sign * size[i % 4] * (1 + u[3 * i + 2]);
  });
}

describe.each([scalars[8], vectors[8]])("float64, $kind: base's bits", (lanes) => {
  test.each(elementaryNames)('%s', (name) => {
    const random = Array.from({ length: base[name].length }, (_, i) => [...points(i)]);
    const columns =
      random.length === 1
        ? [[...hard, Number.NaN, ...random[0]]]
        : [
            [...hard.flatMap((x) => hard.map(() => x)), Number.NaN, Number.NaN, 2, ...random[0]],
            [
              ...hard.flatMap(() => hard),
              0,
              1,
              Number.NaN,
              ...random[1].map((y, i) => (i % 3 === 0 ? Math.round(y % 40) : y)),
            ],
          ];
    const got = applier(name, lanes)(...columns);
    const wrong: string[] = [];
    for (let i = 0; i < got.length && wrong.length < 5; i++) {
      const operands = columns.map((column) => column[i]);
      const want = base[name](...operands);
      if (!Object.is(got[i], want)) wrong.push(`${name}(${operands}) is ${got[i]}, not ${want} (seed ${seed})`);
    }
    expect(wrong).toEqual([]);
  });
});

const bits = new DataView(new ArrayBuffer(4));
const float32 = (pattern: number) => {
  bits.setUint32(0, pattern >>> 0);
  return bits.getFloat32(0);
};
/** The distance of two neighbours of float32 at a size. */
const ulp = (x: number) => Math.max(2 ** -149, 2 ** (Math.floor(Math.log2(Math.abs(x))) - 23));

/** Largest errors in units of the last place, where and how far they hold. */
const bounds: readonly { name: ElementaryName; bound: number; from?: number; to?: number }[] = [
  { name: 'exp', bound: 1.5 },
  { name: 'expm1', bound: 1.5 },
  { name: 'log', bound: 1 },
  { name: 'log1p', bound: 1 },
  { name: 'tanh', bound: 2.5 },
  { name: 'erf', bound: 2.5 },
  { name: 'sin', bound: 1.5, from: -1000, to: 1000 },
  { name: 'cos', bound: 1.5, from: -1000, to: 1000 },
];

describe('float32', () => {
  // every 10,007th of all patterns, and hard values
  const sweep = [...hard, Number.NaN].map(Math.fround);
  for (let pattern = 0; pattern < 2 ** 32; pattern += 10_007 * 4) sweep.push(float32(pattern));

  test.each(bounds)('$name: error of at most $bound ulp', ({ name, bound, from = -Infinity, to = Infinity }) => {
    const xs = sweep.filter((x) => !(x < from || x > to));
    const dense = Array.from({ length: 5000 }, (_, i) => Math.fround(-12 + i * 0.0048));
    const all = [...xs, ...dense];
    const got = applier(name, vectors[4])(all);
    let worst = { error: 0, x: 0, got: 0, want: 0 };
    const wrong: string[] = [];
    for (const [i, x] of all.entries()) {
      const want = base[name](x);
      const rounded = Math.fround(want);
      if (!Number.isFinite(rounded) || rounded === 0 || !Number.isFinite(got[i])) {
        // to the largest float it is within half of the step that would follow
        const near = Math.abs(want) > 3.4028e38 && Math.abs(got[i]) > 3.4028e38 && want * got[i] > 0;
        const tiny = rounded === 0 && Math.abs(got[i]) <= 2 ** -149;
        const same = Object.is(got[i], rounded) || (Number.isNaN(rounded) && Number.isNaN(got[i]));
        if (!same && !near && !tiny) wrong.push(`${name}(${x}) is ${got[i]}, not ${rounded}`);
        continue;
      }
      const error = Math.abs(got[i] - want) / ulp(want);
      if (error > worst.error) worst = { error, x, got: got[i], want };
    }
    expect(wrong).toEqual([]);
    expect(worst.error, JSON.stringify(worst)).toBeLessThanOrEqual(bound);
  });

  test('sin and cos of large numbers are between -1 and 1', () => {
    for (const name of ['sin', 'cos'] as const) {
      const got = applier(name, vectors[4])([1e4, 1e5, 1e6].map(Math.fround));
      for (const value of got) expect(Math.abs(value)).toBeLessThanOrEqual(1.01);
    }
  });

  test('pow: whole exponents as products; else off by about |y ln x| ulp', () => {
    const xs = Array.from({ length: 4000 }, (_, i) => Math.fround(0.01 + (i % 63) * 0.31));
    const ys = Array.from({ length: 4000 }, (_, i) => Math.fround(-7 + Math.floor(i / 63) * 0.25));
    const got = applier('pow', vectors[4])(xs, ys);
    for (const [i, x] of xs.entries()) {
      const want = math.pow(x, ys[i]);
      const allowed = 2 + 17 + 3 * Math.abs(ys[i] * Math.log(x));
      expect(Math.abs(got[i] - want) / ulp(want), `${x}^${ys[i]} is ${got[i]}, not ${want}`).toBeLessThan(allowed);
    }
  });

  test.each(elementaryNames)('%s of one number has the bits of a vector', (name) => {
    const columns = base[name].length === 1 ? [sweep] : [sweep, sweep.toReversed()];
    const [one, four] = [scalars[4], vectors[4]].map((lanes) => applier(name, lanes)(...columns));
    const differing = sweep.filter((_, i) => !Object.is(one[i], four[i]));
    expect(differing).toEqual([]);
  });
});
