/** Scalings by unit, and the products that they become a part of. */
import { type Tensor, tensor } from '../../base/tensor.ts';
import type { Activation } from '../../core/ops/activations.ts';
import { combine, unit } from './per-unit.ts';
import type { PerUnit } from './values.ts';

/** scale·x + shift. */
export interface Scaling {
  readonly kind: 'scaling';
  readonly scale: PerUnit;
  readonly shift?: PerUnit;
}

/** activation(x·weight + bias). */
export interface Sums {
  readonly kind: 'sums';
  readonly weight: Tensor;
  readonly bias?: Float64Array;
  readonly activation?: Activation;
}

export const identity: Scaling = { kind: 'scaling', scale: 1 };

/** The vector as one number for each of `width` units. */
export const spread = (given: PerUnit, width: number) => Float64Array.from({ length: width }, (_, i) => unit(given, i));

/** The scaling as a layer: a diagonal matrix. */
export function diagonal({ scale, shift }: Scaling, width: number, charge: (count: number) => void): Sums {
  charge(width * width);
  const weight = new Float64Array(width * width);
  for (let i = 0; i < width; i++) weight[i * width + i] = unit(scale, i);
  return {
    kind: 'sums',
    weight: tensor([width, width], weight),
    ...(shift !== undefined && { bias: spread(shift, width) }),
  };
}

/** (scale·x + shift)·W = x·(scale·W) + shift·W. */
export function scaledBefore({ scale, shift }: Scaling, weight: Tensor): Sums {
  const [inputs, units] = weight.shape;
  const scaled = weight.data.map((value, i) => value * unit(scale, Math.floor(i / units)));
  const bias = shift === undefined ? undefined : new Float64Array(units);
  if (bias !== undefined && shift !== undefined) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < units; o++) bias[o] += unit(shift, i) * weight.data[i * units + o];
    }
  }
  return { kind: 'sums', weight: tensor(weight.shape, scaled), ...(bias && { bias }) };
}

/** (x·W + b)·scale + shift = x·(W·scale) + (b·scale + shift). */
export function scaledAfter({ weight, bias }: Sums, { scale, shift }: Scaling): Sums {
  const units = weight.shape[1];
  const scaled = scale === 1 ? weight.data : weight.data.map((value, i) => value * unit(scale, i % units));
  const moved =
    bias === undefined
      ? shift === undefined
        ? undefined
        : spread(shift, units)
      : bias.map((value, o) => value * unit(scale, o) + unit(shift ?? 0, o));
  return { kind: 'sums', weight: tensor(weight.shape, scaled), ...(moved && { bias: moved }) };
}

export const composed = (a: Scaling, b: Scaling): Scaling => {
  const moved =
    a.shift === undefined
      ? b.shift
      : combine(
          combine(a.shift, b.scale, (x, y) => x * y),
          b.shift ?? 0,
          (x, y) => x + y,
        );
  return {
    kind: 'scaling',
    scale: combine(a.scale, b.scale, (x, y) => x * y),
    ...(moved !== undefined && { shift: moved }),
  };
};
