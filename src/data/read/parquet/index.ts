/** Parquet as a table format. */
import type { BinaryFormat } from '../format.ts';

export const parquet: BinaryFormat = {
  name: 'parquet',
  title: 'Parquet',
  endings: ['.parquet'],
  magic: ['PAR1'],
  async *parts(bytes, budget) {
    const { parquetParts } = await import('./parquet.ts');
    yield* parquetParts(bytes, budget);
  },
};
