/**
 * The recipes that a file can name: the built-in ones, and those that a program passes. There is no registry: each reading of
 * a file gets its lists as arguments.
 */
import { aList } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { type AnyFamily, checkOwnName, type NamedRecipe, recipeKindOf, recipeName } from '../base/options.ts';
import { type Activation, activations } from '../core/ops/activations.ts';
import { type Initializer, initializers } from './initializers.ts';
import type { LayerEntry } from './layer.ts';
import { layerEntries } from './layers/index.ts';
import { type Loss, losses } from './losses.ts';
import { type Optimizer, optimizers } from './optimizers.ts';
import { entryOfLayer, type LayerFamily } from './own-layer.ts';
import type { Recipes } from './recipe-json.ts';
import { builtInSchedules, type RateSchedule } from './schedules.ts';

/** A user's own recipe, or family of recipes with options, that a file may name. */
export type Recipe =
  | Activation
  | Initializer
  | Loss
  | Optimizer
  | RateSchedule
  | AnyFamily<Activation>
  | AnyFamily<Initializer>
  | AnyFamily<Loss>
  | AnyFamily<Optimizer>
  | AnyFamily<RateSchedule>
  | LayerFamily;

/** All recipes of each kind. */
export interface RecipeLists {
  readonly activation: Recipes<Activation>;
  readonly initializer: Recipes<Initializer>;
  readonly layer: readonly LayerEntry[];
  readonly loss: Recipes<Loss>;
  readonly optimizer: Recipes<Optimizer>;
  readonly schedule: Recipes<RateSchedule>;
}

/** The recipes that chainrule has. */
export const builtIn: RecipeLists = {
  activation: activations,
  initializer: initializers,
  layer: layerEntries as readonly LayerEntry[],
  loss: losses,
  optimizer: optimizers,
  schedule: builtInSchedules,
};

/** A program's own schedules. */
export const ownSchedules = ({ schedule }: RecipeLists): Recipes<RateSchedule> =>
  schedule.filter((each) => !builtIn.schedule.includes(each));

type OwnKind = keyof RecipeLists;

/** The kind of a recipe. Throws an InputError for any other value. */
function kindOf(recipe: Recipe, where: string): OwnKind {
  const kind = recipeKindOf(recipe);
  const isLayer = kind === 'layer' && typeof recipe !== 'function';
  if (kind !== undefined && !isLayer) return kind as OwnKind;
  return fail({
    what: 'it is not an activation, an initializer, a layer, a loss, an optimizer or a schedule',
    where,
    fix: "Pass what activation(), initializer(), layer(), loss(), optimizer() or schedule() of 'chainrule/core' returned.",
  });
}

const namesOf = (lists: RecipeLists, kind: OwnKind): NamedRecipe[] =>
  kind === 'layer' ? lists.layer.map((entry) => ({ name: entry.kind })) : [...lists[kind]];

/**
 * The built-in recipes and a program's own. A built-in one among `own` changes nothing.
 * Throws an InputError for a value that is not a recipe, for two recipes of one kind with the same name, and for an own recipe that has
 * the name of a built-in one.
 */
export function withOwn(own: readonly Recipe[] = []): RecipeLists {
  aList(own, 'recipes');
  let lists = builtIn;
  own.forEach((recipe, index) => {
    const where = `recipes[${index}]`;
    const kind = kindOf(recipe, where);
    if ((lists[kind] as readonly unknown[]).includes(recipe)) return;
    const name = recipeName(recipe);
    checkOwnName(kind, name, namesOf(builtIn, kind));
    if (namesOf(lists, kind).some((other) => recipeName(other) === name)) {
      fail({
        what: `there are two recipes of kind ${kind} with the name "${name}"`,
        where,
        fix: 'Rename one of them.',
      });
    }
    const entry = kind === 'layer' ? entryOfLayer(recipe as LayerFamily) : recipe;
    lists = { ...lists, [kind]: [...lists[kind], entry] };
  });
  return lists;
}
