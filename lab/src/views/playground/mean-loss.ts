/** The mean loss of rows for any weights of a network, without penalties: as `model.evaluate`, which first would compile each time. */
import type { Setup } from 'chainrule';
import { forwardOf } from '../../training/forward.ts';

/** The names and shapes of the parameters, in the order in which their numbers are put into one list. */
export type Shapes = readonly (readonly [name: string, shape: readonly number[]])[];

/** Of one output y and its target t. */
const terms: Readonly<Record<string, (y: number, t: number) => number>> = {
  // −(t ln y + (1 − t) ln(1 − y)), with a limit as PyTorch has it, so that a certain error does not give infinity
  binaryCrossEntropy: (y, t) => -(t * Math.max(-100, Math.log(y)) + (1 - t) * Math.max(-100, Math.log(1 - y))),
  mse: (y, t) => (y - t) ** 2,
};

/** A function of all weights as one list; undefined for a network or a loss that the playground does not have. */
export function meanLossOf(
  { network, inputs, targets, recipe }: Pick<Setup, 'network' | 'inputs' | 'targets' | 'recipe'>,
  shapes: Shapes,
): ((weights: Float64Array) => number) | undefined {
  const forward = forwardOf(network);
  const term = terms[recipe.loss.name];
  if (forward === undefined || term === undefined) return undefined;
  const rows = Float64Array.from(inputs.data);
  const [count] = inputs.shape;
  return (weights) => {
    const outputs = forward(unpacked(weights, shapes), rows, count).at(-1)!;
    let sum = 0;
    for (let i = 0; i < outputs.length; i++) sum += term(outputs[i], targets.data[i]);
    return sum / outputs.length;
  };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Parameters by name, which share the list's memory. */
export function unpacked(weights: Float64Array, shapes: Shapes): Map<string, { readonly data: Float64Array }> {
  let start = 0;
  return new Map(
    shapes.map(([name, shape]) => {
      const data = weights.subarray(start, start + sizeOf(shape));
      start += data.length;
      return [name, { data }];
    }),
  );
}
