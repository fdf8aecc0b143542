/** What a link holds of this view besides the experiment: how far it was trained, the row in the form, and a kept run. */
import { type KeptRun, readKept } from './kept.ts';
import type { FormRow } from './protocol.ts';

export interface TableSettings {
  /** `all`: the model was trained to the end; a number: the training was stopped after so many epochs. */
  readonly epochs?: 'all' | number;
  readonly row?: FormRow;
  /** A run to compare with. */
  readonly kept?: KeptRun;
}

/** Checks the settings of a link, which anybody can write: what is not of the right form is left out. */
export function readSettings(value: unknown): TableSettings {
  if (typeof value !== 'object' || value === null) return {};
  const { epochs, row, kept: given } = value as Record<string, unknown>;
  const kept = given === undefined ? undefined : readKept(given);
  const isCount = Number.isSafeInteger(epochs) && (epochs as number) > 0;
  return {
    ...((epochs === 'all' || isCount) && { epochs: epochs as 'all' | number }),
    ...(isRow(row) && { row }),
    ...(kept !== undefined && { kept }),
  };
}

function isRow(value: unknown): value is FormRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (cell) => cell === null || typeof cell === 'string' || (typeof cell === 'number' && Number.isFinite(cell)),
  );
}
