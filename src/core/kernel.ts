/**
 * Kernels: the ops that are neither elementwise (`map`) nor a sum of products over letters (`contract`). A kernel is one
 * entry in `ops/`: its shape rule, the axes it keeps, its gradient, and what one number of its output is computed from.
 * Each engine keeps one column with the code of every kernel; all other code asks the entry.
 */
import type { Shape } from '../base/shape.ts';
import type { Backward, Graph, Node } from './graph.ts';

/** What one number of a kernel's output is computed from. */
export type KernelDefinition<T> =
  /** That number itself. */
  | { readonly kind: 'copy'; readonly from: T }
  /** The sum of the products, in this order. */
  | { readonly kind: 'sum'; readonly terms: readonly (readonly T[])[] }
  | { readonly kind: 'maximum'; readonly from: readonly T[] };

/** Gives the definition of a kernel access to the numbers of its inputs. */
export interface KernelReader<T> {
  readonly shapes: readonly Shape[];
  /** One number of an input. */
  at(input: number, index: readonly number[]): T;
  /** The value of a number, for a kernel whose indices are among its inputs. */
  value(number: T): number;
}

/** Methods, not function properties: entries of different options then have one common type. */
export interface KernelEntry<Name extends string = string, Options extends object = object> {
  readonly name: Name;
  /** The output's shape. Throws an InputError if the inputs do not fit. */
  shape(inputs: readonly Node[], options: Options): Shape;
  /** The axis of the output that corresponds to an axis of an input; undefined if that axis is reduced, indexed or dropped. */
  axis(input: number, axis: number, shapes: readonly Shape[], options: Options): number | undefined;
  /** Whether an input holds indices: it is then a node of type `int32`. Default: none does. */
  isIndex?(input: number, options: Options): boolean;
  /** Whether it uses random numbers: two equal nodes then have different numbers, and the numbers have no definition. */
  readonly isRandom?: boolean;
  /** What the number of the output at `index` is computed from. */
  define?<T>(read: KernelReader<T>, index: readonly number[], options: Options): KernelDefinition<T>;
  /** The gradient; a kernel without one is held constant by differentiation. */
  backward?(graph: Graph, node: Node, options: Options): Backward;
}

/** A kernel of a plan: its name and options, plain data. */
export type KernelOf<Entry> =
  Entry extends KernelEntry<infer Name, infer Options> ? { readonly name: Name } & Readonly<Options> : never;
