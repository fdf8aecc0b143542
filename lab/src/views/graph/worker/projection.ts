/**
 * Places of nodes in two dimensions while their vectors change: the plane of the largest variance, followed from frame to frame. Each
 * frame continues the iteration of the one before, and is turned in its plane so that nodes move as little as possible.
 */

export interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Rows from which the plane is computed; all rows are then projected on it. */
const maxRows = 1500;
/** Rounds of the iteration at the first frame, and at each frame after it. */
const [firstRounds, rounds] = [40, 6];

export class LiveProjection {
  private readonly count: number;
  private directions: readonly [Float64Array, Float64Array] | undefined;
  private before: Places | undefined;

  constructor(count: number) {
    this.count = count;
  }

  /** Places for `vectors` `[count, dimensions]`: centered, with a mean squared distance of 2 from the center. */
  next(vectors: Float32Array, dimensions: number): Places {
    const stride = Math.max(1, Math.ceil(this.count / maxRows));
    const means = columnMeans(vectors, dimensions, stride);
    const isFirst = this.directions === undefined || this.directions[0].length !== dimensions;
    let plane = isFirst ? startDirections(dimensions) : this.directions!;
    for (let round = isFirst ? firstRounds : rounds; round > 0; round--) {
      plane = orthonormal(plane.map((each) => covarianceTimes(vectors, means, each, stride)));
    }
    this.directions = plane;
    const places = scaled(project(vectors, means, plane, this.count));
    const turned = this.before === undefined ? places : alignedWith(this.before, places);
    this.before = turned;
    return turned;
  }
}

function columnMeans(vectors: Float32Array, dimensions: number, stride: number): Float64Array {
  const means = new Float64Array(dimensions);
  let rows = 0;
  for (let start = 0; start < vectors.length; start += stride * dimensions, rows++) {
    for (let k = 0; k < dimensions; k++) means[k] += vectors[start + k];
  }
  return means.map((sum) => sum / Math.max(1, rows));
}

/** Fixed directions without symmetry, so that the same vectors always give the same map. */
const startDirections = (dimensions: number): [Float64Array, Float64Array] => [
  Float64Array.from({ length: dimensions }, (_, k) => Math.cos(1 + 2.4 * k)),
  Float64Array.from({ length: dimensions }, (_, k) => Math.sin(2 + 1.7 * k)),
];

/** Xᵀ X v for the centered rows. */
function covarianceTimes(vectors: Float32Array, means: Float64Array, v: Float64Array, stride: number): Float64Array {
  const dimensions = v.length;
  const out = new Float64Array(dimensions);
  for (let start = 0; start < vectors.length; start += stride * dimensions) {
    let along = 0;
    for (let k = 0; k < dimensions; k++) along += (vectors[start + k] - means[k]) * v[k];
    for (let k = 0; k < dimensions; k++) out[k] += along * (vectors[start + k] - means[k]);
  }
  return out;
}

/** Gram and Schmidt; a direction without length is replaced by an axis. */
function orthonormal([first, second]: readonly Float64Array[]): [Float64Array, Float64Array] {
  const a = unit(first, 0);
  const along = dot(a, second);
  return [
    a,
    unit(
      second.map((value, k) => value - along * a[k]),
      1,
    ),
  ];
}

function unit(v: Float64Array, axis: number): Float64Array {
  const length = Math.sqrt(dot(v, v));
  if (length > 1e-150) return v.map((value) => value / length);
  const out = new Float64Array(v.length);
  out[axis % v.length] = 1;
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

function project(
  vectors: Float32Array,
  means: Float64Array,
  [first, second]: readonly [Float64Array, Float64Array],
  count: number,
): Places {
  const dimensions = means.length;
  const [x, y] = [new Float32Array(count), new Float32Array(count)];
  const [meanX, meanY] = [dot(means, first), dot(means, second)];
  for (let node = 0; node < count; node++) {
    let [sumX, sumY] = [-meanX, -meanY];
    for (let k = 0, at = node * dimensions; k < dimensions; k++, at++) {
      sumX += vectors[at] * first[k];
      sumY += vectors[at] * second[k];
    }
    x[node] = sumX;
    y[node] = sumY;
  }
  return { x, y };
}

/** Divides by the root of the mean squared distance from the center, over √2; all places at the center stay there. */
export function scaled({ x, y }: Places): Places {
  let square = 0;
  for (let i = 0; i < x.length; i++) square += x[i] * x[i] + y[i] * y[i];
  const factor = square > 0 ? Math.sqrt((2 * x.length) / square) : 1;
  return { x: x.map((value) => value * factor), y: y.map((value) => value * factor) };
}

/** The places turned around the center, and mirrored if that is nearer, so that the sum of squared moves is minimal (Procrustes). */
export function alignedWith(before: Places, { x, y }: Places): Places {
  let [cosine, sine, mirroredCosine, mirroredSine] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    cosine += x[i] * before.x[i] + y[i] * before.y[i];
    sine += x[i] * before.y[i] - y[i] * before.x[i];
    mirroredCosine += x[i] * before.x[i] - y[i] * before.y[i];
    mirroredSine += x[i] * before.y[i] + y[i] * before.x[i];
  }
  const isMirrored = Math.hypot(mirroredCosine, mirroredSine) > Math.hypot(cosine, sine);
  const angle = isMirrored ? Math.atan2(mirroredSine, mirroredCosine) : Math.atan2(sine, cosine);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const sign = isMirrored ? -1 : 1;
  return {
    x: x.map((value, i) => c * value - s * sign * y[i]),
    y: x.map((value, i) => s * value + c * sign * y[i]),
  };
}
