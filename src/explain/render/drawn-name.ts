/**
 * A variable in an SVG drawing, in the notation of the formulas: indices below, the layer in brackets above. SVG text has no
 * mathematics, so that it is set from shifted pieces.
 */
import { printableLine } from '../../base/printable.ts';
import { type Letter, type Variable, variableText } from '../variable.ts';
import { html, type Markup } from './markup.ts';

/** A letter, and the digits or the index at its end: `v1`, `x_in`. */
const symbol = /^(\p{L}\p{M}*)_?(\d*|(?<=_).+)$/u;

/** Other variables, and letters whose symbol is a word, are written as text. */
export function drawnName(variable: Variable): Markup {
  const parts = variable.kind === 'letter' ? partsOf(variable) : undefined;
  if (parts === undefined) return html`${printableLine(variableText(variable, false))}`;
  const { base, below, above } = parts;
  const lowered = below !== '' && html`<tspan dy="4" class="index">${below}</tspan>`;
  const raise = below === '' ? -6 : -10;
  const raised = above !== '' && html`<tspan dy="${raise}" class="index">${above}</tspan>`;
  return html`<tspan class="letter">${base}</tspan>${lowered}${raised}`;
}

function partsOf({ base, layer, indices, wide, primed }: Letter) {
  const [, letter, own] = symbol.exec(base) ?? [];
  if (letter === undefined) return undefined;
  const index = indices.join(wide ? ',' : '');
  return {
    base: letter,
    below: [own, index].filter((part) => part !== '').join(','),
    above: `${layer === undefined ? '' : `[${layer}]`}${primed ? '′' : ''}`,
  };
}
