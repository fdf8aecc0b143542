/**
 * A drawing as the digits of MNIST are: scaled so that its longer side has 20 pixels, then placed with its center of mass in
 * the middle of 28 × 28 pixels. Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits" (1998).
 */
import { pixelCount, side } from './digits-data.ts';

/** The longer side of a digit, in pixels of the network. */
const longer = 20;
/** What is fainter than this is not part of the drawing. */
const faint = 0.05;
/** A small drawing stays small: at least so many of its pixels are one of the network's. */
const minRatio = 2;

/** ink [size, size], from 0 to 1 -> [784], from 0 to 1. Without ink, all are 0. */
export function centred(ink: ArrayLike<number>, size: number): Float64Array {
  const out = new Float64Array(pixelCount);
  const box = boxOf(ink, size);
  if (box === undefined) return out;
  const scale = Math.min(1 / minRatio, longer / Math.max(box.right - box.left + 1, box.bottom - box.top + 1));
  for (let y = box.top; y <= box.bottom; y++) {
    for (let x = box.left; x <= box.right; x++) {
      const value = ink[y * size + x];
      if (value < faint) continue;
      const column = Math.floor(side / 2 + (x + 0.5 - box.x) * scale);
      const row = Math.floor(side / 2 + (y + 0.5 - box.y) * scale);
      if (column < 0 || row < 0 || column >= side || row >= side) continue;
      // one pixel of the network is 1/scale² of the drawing's
      out[row * side + column] += value * scale * scale;
    }
  }
  return out.map((value) => Math.min(1, value));
}

/** The box around the ink, and its center of mass. */
function boxOf(ink: ArrayLike<number>, size: number) {
  let [left, top, right, bottom] = [size, size, -1, -1];
  let [mass, x, y] = [0, 0, 0];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const value = ink[row * size + column];
      if (value < faint) continue;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
      mass += value;
      x += value * (column + 0.5);
      y += value * (row + 0.5);
    }
  }
  return mass === 0 ? undefined : { left, top, right, bottom, x: x / mass, y: y / mass };
}
