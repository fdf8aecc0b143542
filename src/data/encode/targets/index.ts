/** The kinds of target. */
import { classTarget } from './classes.ts';
import type { TargetKind } from './kind.ts';
import { numbersTarget, numberTarget } from './numbers.ts';
import type { TargetEncoding } from './stored-target.ts';

export const targetKinds = [numberTarget, numbersTarget, classTarget] as const;

/** The entry of a target's kind. */
export const targetKindOf = ({ kind }: TargetEncoding): TargetKind<TargetEncoding> =>
  (targetKinds as readonly TargetKind[]).find(({ name }) => name === kind) as unknown as TargetKind<TargetEncoding>;
