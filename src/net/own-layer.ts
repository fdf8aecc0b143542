/** A user's own layers: how to declare one, and its form in files. */
import { aFunction, optional, record } from '../base/arguments.ts';
import {
  type AnyFamily,
  checkOwnName,
  type Family,
  family,
  type OptionSpecs,
  type ResolvedOptions,
  someSpecs,
  withDefaults,
} from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Node } from '../core/graph.ts';
import { checkFeedName } from './addresses.ts';
import { type Initializer, type InitializerFamily, resolveInitializer } from './initializers.ts';
import type { Layer, LayerContext, LayerEntry, LayerNodes } from './layer.ts';
import { layerEntries } from './layers/index.ts';
import { madeAt } from './recipe-json.ts';

export type LayerFamily = AnyFamily<Layer>;

/** A parameter of an own layer. */
export interface OwnParameter {
  /** Its shape, from that of one sample's input (without the batch axis). */
  readonly shape: (input: Shape) => Shape;
  /** Its initial value: given numbers, one number for all, or an initializer. Default: 0. */
  readonly start?: Tensor | number | Initializer | InitializerFamily;
  /** Whether the penalties l1 and l2 apply to it. Default: false. */
  readonly penalized?: boolean;
}

/** A layer, as its author writes it. The fields of `Layer` that are not listed here may be given too. */
export interface LayerParts<Names extends string = string>
  extends Partial<Omit<Layer, 'kind' | 'config' | 'parameters' | 'parameterNames' | 'forward'>> {
  /** Its parameters by name. Default: none. */
  readonly parameters?: Readonly<Record<Names, OwnParameter>>;
  /**
   * Adds its nodes to the graph and returns its output: [batch, …shape(input)]. A layer that ends a network must also set
   * `activation`, and return its nodes with `weighted` (see `LayerNodes`), because losses read the last weighted sum.
   */
  forward(context: LayerContext, input: Node, parameters: Readonly<Record<Names, Node>>): Node | LayerNodes;
}

/**
 * A user's own kind of layer: `scale = layer('scale', …)` makes layers with `scale(options)`. Files write it as
 * `{ "scale": { …options } }`, or `{ "scale": true }` if it has no options.
 *
 * `make` gives the parts of a layer, from its options; `shape` defaults to the input's own shape.
 * Throws an InputError if a built-in layer has the name. Its layers throw one if a feed has the name of an address.
 */
export function layer<const S extends OptionSpecs = Record<never, never>, Names extends string = string>(
  kind: string,
  parts: { options?: S; make: (options: ResolvedOptions<S>) => LayerParts<Names> },
): Family<Layer, S> {
  const builtIns = layerEntries.map((entry) => ({ name: entry.kind }));
  checkOwnName('layer', kind, builtIns);
  record({ make: aFunction, options: optional(someSpecs) })(parts, `layer "${kind}"`);
  const { options: specs = {} as S, make } = parts;
  return family('layer', kind, specs, (resolved, values) => {
    const { parameters = {} as Record<Names, OwnParameter>, forward, ...parts } = make(resolved);
    for (const { name } of parts.feeds ?? []) checkFeedName(name, kind);
    const named = Object.entries(parameters) as [Names, OwnParameter][];
    return {
      shape: (input) => input,
      trainable: true,
      ...parts,
      kind,
      config: { [kind]: Object.keys(specs).length === 0 ? true : values },
      parameterNames: named.map(([name]) => name),
      parameters: (input) =>
        named.map(([name, { shape, start = 0, penalized = false }]) => ({
          name,
          shape: shape(input),
          start: typeof start === 'number' || 'data' in start ? start : resolveInitializer(start),
          penalized,
        })),
      forward(context, input, nodes) {
        const made = forward(context, input, nodes);
        if ('output' in made) return made;
        return { input, output: context.graph.name(`${context.address}.output`, made) };
      },
    };
  });
}

/** How files write an own layer. */
export function entryOfLayer(own: LayerFamily): LayerEntry {
  const { family: kind, specs } = own;
  const isPlain = Object.keys(specs).length === 0;
  return {
    kind,
    specs,
    make(json, where) {
      const { [kind]: options } = json as Record<string, object>;
      return madeAt(`${where}.${kind}`, () => (isPlain ? withDefaults(own) : own(options as never)));
    },
  };
}
