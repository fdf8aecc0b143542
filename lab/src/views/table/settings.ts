/** What a link holds of this view besides the experiment: how far it was trained, and the row in the form. */
import type { FormRow } from './protocol.ts';

export interface TableSettings {
  /** `all`: the model was trained to the end; a number: the training was stopped after so many epochs. */
  readonly epochs?: 'all' | number;
  readonly row?: FormRow;
}

/** Checks the settings of a link, which anybody can write: what is not of the right form is left out. */
export function readSettings(value: unknown): TableSettings {
  if (typeof value !== 'object' || value === null) return {};
  const { epochs, row } = value as Record<string, unknown>;
  const isCount = Number.isSafeInteger(epochs) && (epochs as number) > 0;
  return {
    ...((epochs === 'all' || isCount) && { epochs: epochs as 'all' | number }),
    ...(isRow(row) && { row }),
  };
}

function isRow(value: unknown): value is FormRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(
    (cell) => cell === null || typeof cell === 'string' || (typeof cell === 'number' && Number.isFinite(cell)),
  );
}
