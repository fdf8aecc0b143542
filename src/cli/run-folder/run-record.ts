/** Reads the record and the history in the folder of a run. */
import type { RunRecord } from '../../report/record.ts';
import { parseRecord } from '../../report/record-schema.ts';
import { type HistoryRow, parseHistory } from '../../train/history.ts';
import { readText } from '../input/files.ts';
import { inRun } from './staging.ts';

export function readRecord(folder: string): RunRecord {
  return inRun(folder, 'run.json', (record) => parseRecord(readText(record), record));
}

export function readHistory(folder: string): HistoryRow[] {
  return inRun(folder, 'history.csv', (history) => parseHistory(readText(history), history));
}
