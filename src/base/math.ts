/**
 * Elementary functions in float64 from additions, multiplications, divisions and square roots alone, so that a result
 * has the same bits on every platform. Nothing that reaches a weight calls Math.exp and similar functions, whose last bits
 * differ between runtimes.
 *
 * Method and coefficients: Sun Microsystems' fdlibm 5.3 (1993). Errors are below 1 ulp for exp, log and related functions, sin
 * and cos (for |x| below 1e6), and erf; tanh below 2 ulp. `pow` of a non-integer exponent has a relative error of
 * about |y ln x| ulp.
 */

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);
const [low, high] = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? [0, 1] : [1, 0];

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;
const inverseLn2 = Math.LOG2E;

/** 2^k for a whole k in [-1022, 1023]. */
function powerOfTwo(k: number): number {
  words[low] = 0;
  words[high] = (k + 1023) << 20;
  return float[0];
}

/** y·2^k for k in [-1075, 1024]: in two factors, because 2^1024 and 2^-1075 are not floats. */
function scale(y: number, k: number): number {
  if (k > 1023) return y * 2 * powerOfTwo(k - 1);
  if (k < -1022) return y * powerOfTwo(k + 100) * powerOfTwo(-100);
  return y * powerOfTwo(k);
}

/** The constants of the functions, for engines that generate code. The bits of the functions here are the definition. */
export const mathParts = {
  ln2High,
  ln2Low,
  inverseLn2,
  exp: {
    /** Above the first e^x overflows, below the second it is 0. */
    limits: [709.782712893384, -745.1332191019412],
    /** Of t, t² … in the Remez fit of r (e^r + 1)/(e^r - 1), t = r². */
    fit: [
      1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
      4.13813679705723846039e-8,
    ],
  },
  /** Of h, h² … in the fit of 6/r (2/(e^r - 1) + 1 - 2/r), h = r²/2. */
  expm1: [
    -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5, 4.00821782732936239552e-6,
    -2.01099218183624371326e-7,
  ],
  /** Of z, z² … in the fit of (ln(1 + f) - 2s)/s, s = f/(2 + f), z = s². */
  log: [
    0.666666666666673513, 0.3999999999940941908, 0.2857142874366239149, 0.2222219843214978396, 0.1818357216161805012,
    0.1531383769920937332, 0.1479819860511658591,
  ],
  /** Of x³, x⁵ …, for |x| up to π/4. */
  sin: [
    -1.66666666666666324348e-1, 8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6,
    -2.50507602534068634195e-8, 1.58969099521155010221e-10,
  ],
  /** Of x⁴, x⁶ …, for |x| up to π/4. */
  cos: [
    4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
    2.0875723212981748279e-9, -1.13596475577881948265e-11,
  ],
  /** 2/π, and π/2 in three parts. */
  quarterTurn: {
    inverse: 6.36619772367581382433e-1,
    parts: [1.57079632673412561417, 6.0771005063039659766e-11, 2.02226624879595063154e-21],
  },
  /** Numerators and denominators in the error function's four ranges, the constant term first. */
  erf: {
    near: [
      [
        1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
        -2.37630166566501626084e-5,
      ],
      [
        1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
        -3.9602282787753681232e-6,
      ],
    ],
    middle: [
      [
        -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1, 3.18346619901161753674e-1,
        -1.10894694282396677476e-1, 3.54783043256182359371e-2, -2.166375594868790843e-3,
      ],
      [
        1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2, 1.26171219808761642112e-1,
        1.36370839120290507362e-2, 1.1984499846799107417e-2,
      ],
    ],
    /** About erf(1): the middle range is relative to it. */
    middleValue: 8.45062911510467529297e-1,
    far: [
      [
        -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1, -6.23753324503260060396e1,
        -1.62396669462573470355e2, -1.84605092906711035994e2, -8.12874355063065934246e1, -9.81432934416914548592,
      ],
      [
        1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2, 6.45387271733267880336e2,
        4.29008140027567833386e2, 1.08635005541779435134e2, 6.57024977031928170135, -6.04244152148580987438e-2,
      ],
    ],
    farther: [
      [
        -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1, -1.60636384855821916062e2,
        -6.37566443368389627722e2, -1.02509513161107724954e3, -4.83519191608651397019e2,
      ],
      [
        1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3, 3.19985821950859553908e3,
        2.55305040643316442583e3, 4.74528541206955367215e2, -2.24409524465858183362e1,
      ],
    ],
  },
} as const;

const [overflow, underflow] = mathParts.exp.limits;
const [c1, c2, c3, c4, c5] = mathParts.exp.fit;
const [q1, q2, q3, q4, q5] = mathParts.expm1;
const [l1, l2, l3, l4, l5, l6, l7] = mathParts.log;
const [s1, s2, s3, s4, s5, s6] = mathParts.sin;
const [d1, d2, d3, d4, d5, d6] = mathParts.cos;
const [turn1, turn2, turn3] = mathParts.quarterTurn.parts;

/** e^x. */
export function exp(x: number): number {
  if (!(x <= overflow)) return x > 0 ? Number.POSITIVE_INFINITY : x;
  if (x < underflow) return 0;
  // x = k ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts keeps r exact
  const k = Math.floor(x * inverseLn2 + 0.5);
  const hi = x - k * ln2High;
  const lo = k * ln2Low;
  const r = hi - lo;
  const t = r * r;
  const c = r - t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * c5))));
  return scale(1 - (lo - (r * c) / (2 - c) - hi), k);
}

/** e^x - 1, without loss near 0. */
export function expm1(x: number): number {
  if (!(x <= overflow)) return x > 0 ? Number.POSITIVE_INFINITY : x;
  if (x < -38) return -1;
  if (Math.abs(x) < 2 ** -54) return x;
  const k = Math.abs(x) < 0.34657359027997264 ? 0 : Math.floor(x * inverseLn2 + 0.5);
  const hi = x - k * ln2High;
  const lo = k * ln2Low;
  const r = hi - lo;
  const lost = hi - r - lo;
  const half = 0.5 * r;
  const square = r * half;
  const r1 = 1 + square * (q1 + square * (q2 + square * (q3 + square * (q4 + square * q5))));
  const t = 3 - r1 * half;
  let e = square * ((r1 - t) / (6 - r * t));
  if (k === 0) return r - (r * e - square);
  e = r * (e - lost) - lost - square;
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) return scale(1 - (e - r), k) - 1;
  if (k < 20) return scale(1 - powerOfTwo(-k) - (e - r), k);
  return scale(r - (e + powerOfTwo(-k)) + 1, k);
}

/** ln(1 + f) + k ln 2 + c for 1 + f in [sqrt(1/2), sqrt(2)]. */
function logarithm(f: number, k: number, c: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (l2 + w * (l4 + w * l6));
  const odd = z * (l1 + w * (l3 + w * (l5 + w * l7)));
  const square = 0.5 * f * f;
  if (k === 0) return f - (square - (s * (square + even + odd) + c));
  return k * ln2High - (square - (s * (square + even + odd) + (k * ln2Low + c)) - f);
}

/** ln x; NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    // subnormal: bring it into the normal range first
    k = -54;
    x *= 2 ** 54;
  }
  float[0] = x;
  // adding 0x95f62 carries into the exponent when the fraction is above sqrt(2)
  const carry = ((words[high] & 0xfffff) + 0x95f64) & 0x100000;
  k += (words[high] >> 20) - 1023 + (carry >> 20);
  words[high] = (words[high] & 0xfffff) | (carry ^ 0x3ff00000);
  return logarithm(float[0] - 1, k, 0);
}

/** ln(1 + x), without loss near 0; NaN below -1. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY || Math.abs(x) < 2 ** -54) return x;
  if (x > -0.2928 && x < 0.4142) return logarithm(x, 0, 0);
  const u = 1 + x;
  // what the rounding of 1 + x lost, relative to u
  const lost = (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u;
  float[0] = u;
  const carry = ((words[high] & 0xfffff) + 0x95f64) & 0x100000;
  const k = (words[high] >> 20) - 1023 + (carry >> 20);
  words[high] = (words[high] & 0xfffff) | (carry ^ 0x3ff00000);
  return logarithm(float[0] - 1, k, lost);
}

/** The hyperbolic tangent. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  let y = 1;
  if (size < 1) {
    const t = expm1(-2 * size);
    y = -t / (t + 2);
  } else if (size < 22) {
    y = 1 - 2 / (expm1(2 * size) + 2);
  }
  return x < 0 || Object.is(x, -0) ? -y : y;
}

/** sin(x + tail) for |x| <= pi/4. */
function sinKernel(x: number, tail: number): number {
  const z = x * x;
  const v = z * x;
  const r = s2 + z * (s3 + z * (s4 + z * (s5 + z * s6)));
  return x - (z * (0.5 * tail - v * r) - tail - v * s1);
}

/** cos(x + tail) for |x| <= pi/4. */
function cosKernel(x: number, tail: number): number {
  const z = x * x;
  const r = z * (d1 + z * (d2 + z * (d3 + z * (d4 + z * (d5 + z * d6)))));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * r - x * tail));
}

/** sin(x + quarterTurns·pi/2), by taking whole quarter turns out of x with pi/2 in three parts. */
function circular(x: number, quarterTurns: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const n = Math.floor(x * mathParts.quarterTurn.inverse + 0.5);
  const first = x - n * turn1;
  const second = n * turn2;
  const r = first - second;
  const rest = n * turn3 - (first - r - second);
  const y = r - rest;
  const tail = r - y - rest;
  const turn = (((n + quarterTurns) % 4) + 4) % 4;
  const value = turn % 2 === 0 ? sinKernel(y, tail) : cosKernel(y, tail);
  return turn < 2 ? value : -value;
}

export function sin(x: number): number {
  return circular(x, 0);
}

export function cos(x: number): number {
  return circular(x, 1);
}

/** Horner's rule: coefficients from the constant term up. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let y = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) y = y * x + coefficients[i];
  return y;
}

const { near, middle, middleValue, far, farther } = mathParts.erf;

const ratio = (x: number, [above, below]: readonly (readonly number[])[]) =>
  polynomial(x, above) / polynomial(x, below);

/** The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size < 0.84375) {
    const z = x * x;
    return x + (x * polynomial(z, near[0])) / polynomial(z, near[1]);
  }
  let y = 1;
  if (size < 1.25) {
    const s = size - 1;
    y = middleValue + ratio(s, middle);
  } else if (size < 6) {
    const s = 1 / (size * size);
    const correction = ratio(s, size < 1 / 0.35 ? far : farther);
    // x^2 in two parts: z has the upper half of the bits of x, so z^2 is exact
    float[0] = size;
    words[low] = 0;
    const z = float[0];
    y = 1 - (exp(-z * z - 0.5625) * exp((z - size) * (z + size) + correction)) / size;
  }
  return x < 0 ? -y : y;
}

/** x to the power y. Whole exponents up to 16 are products; NaN for a negative base with a fractional exponent. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isInteger(y) && Math.abs(y) <= 16) {
    let product = 1;
    for (let i = Math.abs(y); i > 0; i--) product *= x;
    if (y > 0) return product;
    // 1e20^16 overflows where 1e20^-16 does not yet underflow
    if (Number.isFinite(product) || !Number.isFinite(x)) return 1 / product;
  }
  if (y === 0.5) return Math.sqrt(x);
  if (x === 1) return 1;
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (x < 0 && !Number.isInteger(y)) return Number.NaN;
  const size = exp(y * log(Math.abs(x)));
  return x < 0 && y % 2 !== 0 ? -size : size;
}
