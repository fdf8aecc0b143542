/**
 * The outputs of every layer of a network of dense layers, for many rows at once: what the pictures of its units need at each
 * frame. `model.predict` computes the outputs of the last layer alone. The numbers are the same, to the bit: sums in the order
 * of the inputs, then the bias, and the activation's own formula.
 */
import { formula, type Model, type Network } from 'chainrule';

type Formula = ReturnType<typeof formula.argument>;
type Parameters = ReadonlyMap<string, { readonly data: ArrayLike<number> }>;

/** rows [count, inputs] -> for each layer that has weights or an activation, its outputs [count, units]. */
export type Forward = (parameters: Parameters, rows: Float64Array, count: number) => Float64Array[];

type Scalar = (x: number) => number;

/** A formula of one argument as a function. */
export function scalarOf(f: Formula): Scalar {
  if (f.kind === 'constant') {
    const { value } = f;
    return () => value;
  }
  if (f.kind === 'argument') return (x) => x;
  const call = formula.primitives[f.primitive] as (a: number, b?: number, c?: number) => number;
  const [a, b, c] = f.operands.map(scalarOf);
  if (f.operands.every(({ kind }) => kind === 'argument') && f.operands.length === 1) return call;
  if (c !== undefined) return (x) => call(a(x), b(x), c(x));
  if (b !== undefined) return (x) => call(a(x), b(x));
  return (x) => call(a(x));
}

type Layer = Network['layers'][number];

/** Undefined if a layer is neither dense nor dropout, or has an activation that mixes units. */
export function forwardOf({ layers }: Pick<Network, 'layers'>): Forward | undefined {
  const steps = layers.flatMap((layer, index) => (isIdle(layer) ? [] : [{ index, ...stepOf(layer) }]));
  if (steps.some(({ isKnown }) => !isKnown)) return undefined;
  return (parameters, rows, count) => {
    let [input, width] = [rows, rows.length / count];
    return steps.map(({ index, apply }) => {
      const weight = parameters.get(`layers.${index}.weight`)!.data;
      const output = dense(input, count, width, weight, parameters.get(`layers.${index}.bias`)?.data);
      if (apply !== undefined) for (let i = 0; i < output.length; i++) output[i] = apply(output[i]);
      [input, width] = [output, output.length / count];
      return output;
    });
  };
}

/** Dropout changes nothing when a network is not trained. */
const isIdle = ({ kind }: Layer) => kind === 'dropout';

function stepOf({ kind, activation }: Layer): { readonly isKnown: boolean; readonly apply?: Scalar } {
  if (kind !== 'dense') return { isKnown: false };
  if (activation === undefined) return { isKnown: true };
  if (activation.map === undefined) return { isKnown: false };
  const { formula: f } = activation.map;
  return { isKnown: true, apply: f.kind === 'argument' ? undefined : scalarOf(f) };
}

/** rows [count, width] · weight [width, units] + bias [units] -> [count, units] */
function dense(
  rows: Float64Array,
  count: number,
  width: number,
  weight: ArrayLike<number>,
  bias: ArrayLike<number> | undefined,
): Float64Array {
  const units = weight.length / width;
  const out = new Float64Array(count * units);
  for (let r = 0; r < count; r++) {
    for (let k = 0; k < units; k++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += rows[r * width + i] * weight[i * units + k];
      out[r * units + k] = bias === undefined ? sum : sum + bias[k];
    }
  }
  return out;
}

/** As `forwardOf`, for a model. */
export const forwardOfModel = ({ network }: Model): Forward | undefined => forwardOf(network);
