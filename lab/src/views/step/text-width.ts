/** The width of a text in the drawing, in pixels of the drawing's own size. */
import type { Label } from './label-items.ts';

const known = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;
let fonts: Readonly<Record<Label['kind'], string>> | undefined;

export function textWidth(text: string, kind: Label['kind'] = 'number'): number {
  const key = `${kind} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size > 5000) known.clear();
  const width = measured(text, kind);
  known.set(key, width);
  return width;
}

/** With the fonts of step.css. */
function measured(text: string, kind: Label['kind']): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (fonts === undefined) {
    const style = getComputedStyle(document.documentElement);
    const [controls, prose] = ['--controls', '--prose'].map((name) => style.getPropertyValue(name));
    fonts = { number: `12px ${controls}`, title: `600 12px ${controls}`, name: `italic 13px ${prose}` };
  }
  if (context === null || context === undefined) return text.length * 7.6;
  context.font = fonts[kind];
  return context.measureText(text).width;
}
