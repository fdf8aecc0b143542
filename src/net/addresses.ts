/**
 * The addresses of a step's graph: the names by which training, explanations and files refer to its nodes. A layer's nodes are
 * `layers.N.…`; what belongs to another node is written in parentheses after it, such as `gradient(layers.0.weight)`.
 */
import { fail } from '../base/errors.ts';

/** The inputs of a step, and what training reads from it. A graph without sample weights has no address for them. */
export const stepAddresses = {
  /** [batch, inputs] */
  input: 'layers.0.input',
  /** [batch, outputs] */
  target: 'target',
  /** [batch] */
  weight: 'sampleWeight',
  /** The sum of a batch's weights. */
  weightSum: 'sampleWeight.sum',
  /** The number of the update, from 1. */
  count: 'count',
  loss: 'loss',
  /** The L2 norm of all gradients, before clipping. */
  gradientNorm: 'gradientNorm',
  learningRate: 'learningRate',
  /** The network's output, in a graph that only predicts. */
  output: 'output',
} as const;

/** The factor of a `plateau` schedule: a state that training changes between epochs, and no step changes. */
export const rateScale = 'learningRate.scale';

/** The address of the running average of a trained parameter, among the optimizer's states. */
export const averageOf = (parameter: string) => `optimizer.${parameter}.average`;

const addresses: readonly string[] = Object.values(stepAddresses);

/**
 * Throws an InputError if a feed cannot have this name: a feed's input is a node of the step's graph, so its name must not be
 * an address. `where` is the path of the layer that declares the feed.
 */
export function checkFeedName(name: string, where: string): void {
  const isWord = typeof name === 'string' && /^[\p{L}_][\p{L}\p{N}_ -]*$/u.test(name);
  if (isWord && !addresses.includes(name)) return;
  fail({
    what: isWord
      ? `a feed cannot have the name "${name}", because training uses it`
      : `${JSON.stringify(name)} is not a name for a feed`,
    where: `${where}.feeds`,
    fix: isWord
      ? `Choose another name, such as "${name}Feed".`
      : 'Use letters, digits, spaces, "_" and "-", and begin with a letter, such as "nodeIds".',
  });
}
