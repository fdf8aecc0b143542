/** Finds the activation that a node of an ONNX graph computes with an operator of its own. */
import { InputError } from '../../base/errors.ts';
import { type Activation, activations } from '../../core/ops/activations.ts';
import type { NodeAttributes } from './node-attributes.ts';

/** The default values of attributes. Source: the reference of the operators. */
const defaults: Readonly<Record<string, number | string>> = {
  'LeakyRelu.alpha': 0.01,
  'Elu.alpha': 1,
  'Celu.alpha': 1,
  'Selu.alpha': 1.6732632423543772,
  'Selu.gamma': 1.0507009873554805,
  'HardSigmoid.alpha': 0.2,
  'HardSigmoid.beta': 0.5,
  'Gelu.approximate': 'none',
  'Softmax.axis': -1,
  'LogSoftmax.axis': -1,
};

/** The value that a node gives an attribute, or the operator's default. */
function attributeValue(operator: string, attribute: string, like: number | string, given: NodeAttributes) {
  const key = `${operator}.${attribute}`;
  const fallback = Object.hasOwn(defaults, key) ? defaults[key] : undefined;
  if (typeof like === 'string') return given.text(attribute, String(fallback ?? ''));
  if (attribute === 'axis') return given.integer(attribute, Number(fallback));
  return given.number(attribute, Number(fallback ?? Number.NaN));
}

/** The activation of a node. Throws an InputError if an attribute is out of range. */
function activationOf(operator: string, given: NodeAttributes): Activation | undefined {
  const fits = ({ onnx }: Activation) =>
    onnx?.operator === operator &&
    Object.entries(onnx.attributes).every(([name, value]) => {
      const other = attributeValue(operator, name, value, given);
      // The last axis of a matrix is -1 or 1.
      if (name === 'axis') return other === value || other === 1;
      return typeof value === 'number' ? Math.abs(Number(other) - value) < 1e-6 : other === value;
    });
  for (const entry of activations) {
    if (typeof entry !== 'function') {
      if (fits(entry)) return entry;
      continue;
    }
    // The one option of the family is the one attribute of the operator.
    const [option] = Object.keys(entry.specs);
    const make = entry as unknown as (options?: object) => Activation;
    const { onnx } = make();
    const [attribute] = Object.keys(onnx?.attributes ?? {});
    if (onnx?.operator !== operator) continue;
    const made = make({ [option]: attributeValue(operator, attribute, 0, given) });
    if (fits(made)) return made;
  }
  return undefined;
}

/** The activation of a node; undefined if there is none, or if an attribute is out of range. */
export function readActivation(operator: string, given: NodeAttributes): Activation | undefined {
  try {
    return activationOf(operator, given);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
