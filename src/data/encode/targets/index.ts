/** The kinds of target. */
import { type ClassTarget, classTarget } from './classes.ts';
import type { TargetKind } from './kind.ts';
import { type NumbersTarget, type NumberTarget, numbersTarget, numberTarget } from './numbers.ts';

export const targetKinds = [numberTarget, numbersTarget, classTarget] as const;

/** A target of an encoding, of whatever kind. */
export type TargetEncoding = (typeof targetKinds)[number] extends TargetKind<infer T> ? T : never;

const byName = new Map(targetKinds.map((kind) => [kind.name as string, kind as TargetKind<TargetEncoding>]));

/** The entry of a target's kind. */
export const targetKindOf = ({ kind }: TargetEncoding): TargetKind<TargetEncoding> => byName.get(kind)!;

/** The columns that a target is in. */
export const targetColumns = (target: TargetEncoding): readonly string[] => targetKindOf(target).columns(target);

/** The columns that a target is in, and how training read each. */
export const targetReadings = (target: TargetEncoding): readonly Pick<NumberTarget, 'name' | 'reading'>[] =>
  'columns' in target ? target.columns : [target];

/** The target, where it is the classes of a column. */
export const classesOf = (target: TargetEncoding): ClassTarget | undefined => ('coding' in target ? target : undefined);

/** The target, where it is several numeric columns. */
export const columnsOf = (target: TargetEncoding): NumbersTarget | undefined =>
  'columns' in target ? target : undefined;

/** The numeric columns of a target; none for classes. */
export function numbersOf(target: TargetEncoding): readonly NumberTarget[] {
  if ('columns' in target) return target.columns;
  return 'scaling' in target ? [target] : [];
}
