import { layerText } from '../../net/layer.ts';
import type { LayerJson } from '../../net/schema.ts';

/** A recipe with its options: `sgd (learningRate 0.1, momentum 0.9)`. */
export function describeRecipe(recipe: unknown): string {
  if (typeof recipe === 'string') return recipe;
  const { name, ...options } = recipe as Record<string, unknown>;
  const shown = Object.entries(options).filter(([, value]) => value !== 0 && value !== false);
  return `${String(name)}${shown.length > 0 ? ` (${shown.map(([key, value]) => `${key} ${typeof value === 'object' ? describeRecipe(value) : String(value)}`).join(', ')})` : ''}`;
}

export function describeLayer(layer: LayerJson): string {
  return layerText(layer as Record<string, unknown>, describeRecipe);
}
