/** The view's own part of the state, which a link holds: checked, since a link can hold anything. */
import type { PrintedNumber } from './examples.ts';

export interface StepSettings {
  readonly mode: 'guided' | 'free';
  readonly speed: 'slow' | 'normal' | 'fast';
  /** The current line, from 0. */
  readonly line: number;
  /** The key of the number that the person selected. */
  readonly selected?: string;
  /** The largest number of updates that was reached: the end of the slider. */
  readonly reached: number;
  /** The sample that is shown where a line has none, or where a batch has too many for all: the file's row. */
  readonly sample?: number;
  /** The address of the parameter whose gradient is shown in parts. */
  readonly parameter?: string;
  /** The printed numbers of an opened worked example, and of which experiment. */
  readonly printed?: { readonly of: number; readonly numbers: readonly PrintedNumber[] };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function readSettings(value: unknown): StepSettings {
  const given = isRecord(value) ? value : {};
  return {
    mode: given.mode === 'free' ? 'free' : 'guided',
    speed: given.speed === 'slow' || given.speed === 'fast' ? given.speed : 'normal',
    line: isCount(given.line) ? given.line : 0,
    ...(typeof given.selected === 'string' && { selected: given.selected }),
    reached: isCount(given.reached) ? Math.min(given.reached, 100_000) : 0,
    ...(typeof given.parameter === 'string' && { parameter: given.parameter }),
    ...(isCount(given.sample) && { sample: given.sample }),
    ...(isRecord(given.printed) && isPrinted(given.printed) && { printed: given.printed }),
  };
}

function isPrinted(value: Record<string, unknown>): value is NonNullable<StepSettings['printed']> & typeof value {
  return (
    Number.isSafeInteger(value.of) &&
    Array.isArray(value.numbers) &&
    value.numbers.every(
      (each) =>
        isRecord(each) &&
        typeof each.quantity === 'string' &&
        typeof each.value === 'string' &&
        (each.after === undefined || isCount(each.after)),
    )
  );
}
