/** The method of a run: the one that is named, or the one that `auto` chooses for the graph. */
import { didYouMean, fail } from '../base/errors.ts';
import { show } from '../base/show.ts';
import { adviceMethods, chooseMethod } from './advice.ts';
import type { NodeGraph } from './graph.ts';
import type { EmbeddingMethod } from './method.ts';
import { optionsOf } from './method-options.ts';
import { embeddingMethods } from './methods/index.ts';
import { optionNamed } from './option-aliases.ts';

/** The name under which the graph decides. */
export const auto = 'auto';

export const isAuto = (name: unknown): boolean => name === undefined || name === auto;

export interface MethodChoice {
  readonly method: EmbeddingMethod;
  /** The reasons, as a clause for people, where `auto` chose. */
  readonly why?: string;
}

export interface ChoiceOptions {
  /** Names of options that were given, under any of their names: a method that lacks one of them is not chosen. */
  readonly given: readonly string[];
  readonly dimensions?: number | undefined;
  /** The processor time that the run may take, in seconds. */
  readonly maxSeconds?: number | undefined;
  /** What the method must be capable of. */
  readonly fits?: (method: EmbeddingMethod) => boolean;
}

/** Finds a method by its name, or chooses one. Throws an InputError that lists the names. */
export function methodFor(
  name: string | EmbeddingMethod | undefined,
  graph: NodeGraph,
  options: ChoiceOptions,
): MethodChoice {
  if (isAuto(name)) return advised(graph, options);
  if (typeof name !== 'string') return { method: name! };
  const method = embeddingMethods.find((each) => each.name === name);
  if (method !== undefined) return { method };
  const names = [auto, ...embeddingMethods.map((each) => each.name)];
  return fail({ what: `unknown method ${show(name)}`, where: 'embed', fix: didYouMean(name, names) });
}

function advised(graph: NodeGraph, { given, dimensions, maxSeconds, fits = () => true }: ChoiceOptions): MethodChoice {
  const knows = (method: EmbeddingMethod) => {
    const names = ['seed', 'threads', ...optionsOf(method).map((option) => option.name)];
    return given.every((key) => optionNamed(key, names) !== undefined);
  };
  const fitting = embeddingMethods.filter((method) => fits(method) && knows(method));
  const available = fitting.map(({ name }) => name).filter((name) => adviceMethods.includes(name));
  if (available.length === 0) {
    // An option that no method knows is reported by the method that is taken.
    const [method = embeddingMethods[0]!] = fitting.length > 0 ? fitting : embeddingMethods.filter(fits);
    return { method, why: 'it has the options that were given' };
  }
  const only = available.length === 1 ? 'the only compared method with the options that were given' : undefined;
  const { method: chosen, why } = chooseMethod(graph, { dimensions, seconds: maxSeconds, available });
  return { method: fitting.find(({ name }) => name === chosen)!, why: only ?? why };
}
