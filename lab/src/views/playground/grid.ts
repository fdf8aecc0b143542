/** The points of the plane at which the pictures of the units are computed. */
import type { Kind } from './data-sets.ts';
import { extent } from './data-sets.ts';

/** Points along each side of a picture of two inputs, and along the axis of a curve. */
export const side = 40;
export const curvePoints = 121;

export interface Grid {
  readonly inputs: Float64Array;
  readonly count: number;
}

/** For two inputs: row by row from the top left, as a picture has its pixels. For one: from left to right. */
function gridOf(kind: Kind): Grid {
  if (kind === 'curve') {
    const inputs = Float64Array.from({ length: curvePoints }, (_, i) => extent * ((2 * i) / (curvePoints - 1) - 1));
    return { inputs, count: curvePoints };
  }
  const inputs = new Float64Array(2 * side * side);
  for (let row = 0, at = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      // the middle of each pixel
      inputs[at++] = extent * ((2 * column + 1) / side - 1);
      inputs[at++] = extent * (1 - (2 * row + 1) / side);
    }
  }
  return { inputs, count: side * side };
}

export const grids: Readonly<Record<Kind, Grid>> = { classes: gridOf('classes'), curve: gridOf('curve') };
