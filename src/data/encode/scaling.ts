/** How numeric columns are scaled: by two numbers that were learned from the training split. */
import { atLeast0, choice, fields, finite, type Reader, refuse } from '../../base/readers.ts';
import type { Summary } from '../table/columns.ts';

/** `standard`: (x - mean)/std. `minMax`: (x - min)/(max - min), so that the training split lies in [0, 1]. */
export type Scale = 'standard' | 'minMax' | 'none';

/** A divisor of 0 (a constant column) counts as 1. */
export type Scaling =
  | { readonly mean: number; readonly std: number }
  | { readonly min: number; readonly max: number }
  | 'none';

/** A scaling as a model file stores it. */
export const readScaling: Reader<Scaling> = (value, path) => {
  if (typeof value !== 'object' || value === null) return choice(['none'])(value, path);
  if (Object.hasOwn(value, 'std')) return fields({ mean: finite, std: atLeast0 })(value, path);
  const { min, max } = fields({ min: finite, max: finite })(value, path);
  return min <= max ? { min, max } : refuse('min is above max', path);
};

/** The scaling of a column with this summary. */
export function scalingOf({ min, max, mean, std }: Summary, scale: Scale): Scaling {
  if (scale === 'none') return 'none';
  return scale === 'standard' ? { mean, std } : { min, max };
}

/** The number that is subtracted, and the one that is divided by. */
export function affine(scaling: Scaling): [offset: number, divisor: number] {
  if (scaling === 'none') return [0, 1];
  if ('std' in scaling) return [scaling.mean, scaling.std || 1];
  return [scaling.min, scaling.max - scaling.min || 1];
}
