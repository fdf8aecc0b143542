/**
 * The polynomials of src/engines/wasm/functions/float32.ts: near-minimax fits by weighted least squares on Chebyshev
 * points, with larger weights where the error is large (Lawson 1961). Prints coefficients, lowest first, and the error.
 *
 *     npm run build && node scripts/fit-float32.mjs
 */
const { erf, expm1, log1p } = await import('../dist/base/math.js');

/** Fits p so that |p(x) - f(x)|·weight(x) is small over [a, b]. */
function approximate(f, weight, [a, b], degree) {
  const n = 2000;
  const points = Array.from({ length: n }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / n));
  const xs = points.map((u) => (a + b) / 2 + ((b - a) / 2) * u);
  const basis = points.map((u) => Array.from({ length: degree + 1 }, (_, k) => Math.cos(k * Math.acos(u))));
  const want = xs.map(f);
  const scale = xs.map(weight);
  let lawson = new Array(n).fill(1 / n);
  let best = { error: Number.POSITIVE_INFINITY };
  for (let turn = 0; turn < 200; turn++) {
    const matrix = basis[0].map((_, r) =>
      basis[0].map((__, c) => sum(n, (i) => lawson[i] * scale[i] ** 2 * basis[i][r] * basis[i][c])),
    );
    const right = basis[0].map((_, r) => sum(n, (i) => lawson[i] * scale[i] ** 2 * basis[i][r] * want[i]));
    const coefficients = solve(matrix, right);
    const errors = want.map((y, i) => Math.abs(sum(degree + 1, (k) => coefficients[k] * basis[i][k]) - y) * scale[i]);
    const error = Math.max(...errors);
    if (error < best.error) best = { coefficients, error };
    const raised = lawson.map((w, i) => w * errors[i]);
    const total = raised.reduce((x, y) => x + y, 0);
    lawson = raised.map((w) => w / total);
  }
  return { coefficients: monomials(best.coefficients, a, b), error: best.error };
}

const sum = (n, term) => {
  let total = 0;
  for (let i = 0; i < n; i++) total += term(i);
  return total;
};

/** Gaussian elimination with pivoting. */
function solve(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let c = 0; c < rows.length; c++) {
    const pivot = rows
      .slice(c)
      .reduce((best, row, i) => (Math.abs(row[c]) > Math.abs(rows[best][c]) ? c + i : best), c);
    [rows[c], rows[pivot]] = [rows[pivot], rows[c]];
    for (let r = c + 1; r < rows.length; r++) {
      const factor = rows[r][c] / rows[c][c];
      for (let k = c; k <= rows.length; k++) rows[r][k] -= factor * rows[c][k];
    }
  }
  const out = [];
  for (let r = rows.length - 1; r >= 0; r--) {
    out[r] = (rows[r][rows.length] - sum(rows.length - 1 - r, (k) => rows[r][r + 1 + k] * out[r + 1 + k])) / rows[r][r];
  }
  return out;
}

/** Converts Chebyshev coefficients over [a, b] to those of 1, x, x² … */
function monomials(chebyshev, a, b) {
  const times = (p, q) => {
    const out = new Array(p.length + q.length - 1).fill(0);
    for (const [i, x] of p.entries()) for (const [k, y] of q.entries()) out[i + k] += x * y;
    return out;
  };
  const plus = (p, q) => Array.from({ length: Math.max(p.length, q.length) }, (_, i) => (p[i] ?? 0) + (q[i] ?? 0));
  const u = [-(a + b) / (b - a), 2 / (b - a)];
  let [before, now] = [[1], u];
  let total = [chebyshev[0]];
  for (let k = 1; k < chebyshev.length; k++) {
    total = plus(
      total,
      now.map((c) => c * chebyshev[k]),
    );
    [before, now] = [
      now,
      plus(
        times([0 + 2 * u[0], 2 * u[1]], now),
        before.map((c) => -c),
      ),
    ];
  }
  return total;
}

const show = (name, { coefficients, error }) => {
  console.log(name, 'relative error', error.toExponential(1));
  console.log(' ', coefficients.map((c) => Math.fround(c).toPrecision(9)).join(', '));
};

const half = Math.LN2 / 2 + 1e-4;
const small = 1e-3;
// (e^r - 1 - r)/r² ; near 0 its series
const exponential = (r) => (Math.abs(r) < small ? 0.5 + r / 6 + (r * r) / 24 : (expm1(r) - r) / (r * r));
show(
  'exponential',
  approximate(exponential, (r) => (r * r) / Math.exp(r), [-half, half], 4),
);
// (ln(1 + f) - f + f²/2)/f³
const logarithm = (f) =>
  Math.abs(f) < 0.01 ? 1 / 3 - f / 4 + (f * f) / 5 - f ** 3 / 6 + f ** 4 / 7 : (log1p(f) - f + (f * f) / 2) / f ** 3;
show(
  'logarithm',
  approximate(
    logarithm,
    (f) => (Math.abs(f) < 1e-9 ? 0 : Math.abs(f ** 3 / log1p(f))),
    [Math.SQRT1_2 - 1, Math.SQRT2 - 1],
    8,
  ),
);
// (sin √z - √z)/(z √z), and (cos √z - 1 + z/2)/z²
const quarter = (Math.PI / 4) ** 2 + 1e-3;
const sine = (z) => (z < small ? -1 / 6 + z / 120 - z ** 2 / 5040 : (Math.sin(Math.sqrt(z)) - Math.sqrt(z)) / z ** 1.5);
const cosine = (z) =>
  z < 0.05 ? 1 / 24 - z / 720 + z ** 2 / 40320 - z ** 3 / 3628800 : (Math.cos(Math.sqrt(z)) - 1 + z / 2) / z ** 2;
show(
  'sine',
  approximate(sine, (z) => z, [0, quarter], 2),
);
show(
  'cosine',
  approximate(cosine, (z) => z ** 2, [0, quarter], 2),
);
// -ln(1 - erf x)/x; e^-g damps its error in erf
const slope = (x) => (x < 1e-6 ? 2 / Math.sqrt(Math.PI) + (2 / Math.PI) * x : -log1p(-erf(x)) / x);
const damped = (x) => (x < 1e-6 ? 1 / slope(0) : (x * (1 - erf(x))) / erf(x));
show('error function', approximate(slope, damped, [0, 4], 8));
