/**
 * CSV with the two columns `_id` and `embedding_result`, as graph databases write an embedding back to a file. The numbers are
 * separated by commas, in quotes.
 */
import { fail } from '../../../base/errors.ts';
import { textsOf } from '../../../data/read/byte-stream.ts';
import { CsvReader } from '../../../data/read/csv/reader.ts';
import { csvLine } from '../../../data/read/csv/writer.ts';
import { CollectedVectors } from '../collected-vectors.ts';
import { checkTexts } from '../id-text.ts';
import { float32Text } from '../number-text.ts';
import { textPieces } from '../pieces.ts';
import type { VectorFormat, VectorsToWrite } from '../vector-format.ts';

const header = ['_id', 'embedding_result'];

function* lines({ ids, vectors, dimensions }: VectorsToWrite): Generator<string> {
  yield csvLine(header);
  for (let node = 0; node < ids.length; node++) {
    const numbers = Array.from(vectors.subarray(node * dimensions, (node + 1) * dimensions), float32Text);
    const cell = dimensions === 1 ? numbers[0] : `"${numbers.join(',')}"`;
    yield `${csvLine([String(ids[node])]).trimEnd()},${cell}\n`;
  }
}

export const csv: VectorFormat = {
  title: 'CSV with the columns _id and embedding_result',
  endings: ['.csv'],
  checkIds: (ids, name) => checkTexts(ids, name, /^\s|\s$|\0/),
  files: (vectors, name) => [{ name, pieces: () => textPieces(lines(vectors)) }],
  async read({ name, chunks }) {
    const reader = new CsvReader(name);
    const found = new CollectedVectors(name);
    const add = ({ records, lines }: ReturnType<CsvReader['end']>) => {
      const columns = header.map((column) => reader.header?.indexOf(column) ?? -1);
      if (reader.header !== undefined && columns.includes(-1)) {
        fail({
          what: `the columns ${header.join(' and ')} are missing`,
          where: name,
          fix: 'Write it with chainrule embed.',
        });
      }
      records.forEach((record, r) => {
        const numbers = record[columns[1]].split(',').map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
        found.add(record[columns[0]], numbers, () => `${name} line ${lines[r]}`);
      });
    };
    for await (const text of textsOf(chunks, name)) add(reader.push(text));
    add(reader.end());
    return found.all();
  },
};
