/** Float32 numbers as decimal text. */

/** Powers of ten: one of them times a vector's element is usually a whole number of at most ten digits, to float32 precision. */
const scales = [1e7, 1e8, 1e9, 1e10];

/** A short decimal text that gives the same float32 number again. NaN and the infinities as JavaScript writes them. */
export function float32Text(x: number): string {
  const size = Math.abs(x);
  // the usual range first: rounding is several times as fast as writing digits
  if (size >= 1e-3 && size < 10) {
    for (const scale of scales) {
      const rounded = Math.round(x * scale) / scale;
      if (Math.fround(rounded) === x) return String(rounded);
    }
  }
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(x.toPrecision(digits));
    if (Math.fround(rounded) === x) return String(rounded);
  }
  return String(Number(x.toPrecision(9)));
}
