/** What a label of the drawing is, before and after it has its place. */
import type { Box, Point, Wanted } from './label-plan.ts';

/** A text in the drawing: a number with an id, or a title or a name without one. */
export interface Label extends Box {
  /** The same from step to step. */
  readonly slot: string;
  readonly text: string;
  readonly id?: number;
  readonly kind: 'number' | 'name' | 'title';
}

export type Item = Omit<Label, keyof Box> & Wanted;

export const lineHeight = 17;
export type MakeItem = (slot: string, text: string, kind: Label['kind'], places: readonly Point[], id?: number) => Item;
export type MakeNumber = (
  slot: string,
  id: number | undefined,
  before: string,
  places: readonly Point[],
  digits?: number,
) => Item | undefined;

/** A name without the mark of its sample. */
export const plainName = (name: string): string => name.replace(/⁽.*⁾/, '');
