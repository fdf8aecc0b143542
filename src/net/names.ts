/** The names of the built-in recipes, for flags, help and tests. */
import { activationName, activations } from '../core/ops/activations.ts';
import { initializers } from './initializers.ts';
import { losses } from './losses.ts';
import { optimizers } from './optimizers.ts';
import { entryName } from './recipe-json.ts';

export const names = {
  activations: activations.map(activationName),
  losses: losses.map(entryName),
  optimizers: optimizers.map(entryName),
  initializers: initializers.map(entryName),
};
