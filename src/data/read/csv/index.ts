/** CSV as a table format. It has no mark of its own: a text that is in no other format is CSV. */
import type { TextFormat } from '../format.ts';
import { fromCsv } from '../read.ts';
import { CsvReader } from './reader.ts';

export const csv: TextFormat = {
  name: 'csv',
  title: 'CSV or TSV',
  endings: ['.csv', '.tsv'],
  matches: () => true,
  read: fromCsv,
  stream(source) {
    const reader = new CsvReader(source.where, source);
    const named = (found: ReturnType<CsvReader['end']>) => ({
      names: reader.header ?? [],
      ...found,
      notes: reader.notes,
    });
    return { push: (text) => named(reader.push(text)), end: () => named(reader.end()) };
  },
};
