/** Finds the activation that a node of an ONNX graph computes. */

import { InputError } from '../../base/errors.ts';
import { withDefaults } from '../../base/options.ts';
import { type Activation, activations } from '../../core/ops/activations.ts';
import type { OnnxNode } from './schema.ts';

/** The activation of a node. Throws an InputError if an attribute is out of range. */
function activationOf(node: OnnxNode): Activation | undefined {
  const given = new Map(
    node.attribute.map(({ name, type, f, i, s }) => [
      name,
      type === 1 ? f : type === 2 ? Number(i) : new TextDecoder().decode(s),
    ]),
  );
  const fits = ({ onnx }: Activation) =>
    onnx?.operator === node.opType &&
    Object.entries(onnx.attributes).every(([name, value]) => {
      const other = given.get(name) ?? defaultOf(node.opType, name);
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
    const member = withDefaults(entry);
    const [attribute] = Object.keys(member.onnx?.attributes ?? {});
    if (member.onnx?.operator !== node.opType) continue;
    const value = given.get(attribute) ?? defaultOf(node.opType, attribute);
    const made = (entry as unknown as (options: object) => Activation)({ [option]: value });
    if (fits(made)) return made;
  }
  return undefined;
}

/** The activation of a node; undefined if there is none, or if an attribute is out of range. */
export function readActivation(node: OnnxNode): Activation | undefined {
  try {
    return activationOf(node);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

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

const defaultOf = (operator: string, attribute: string) => {
  const key = `${operator}.${attribute}`;
  return Object.hasOwn(defaults, key) ? defaults[key] : undefined;
};
