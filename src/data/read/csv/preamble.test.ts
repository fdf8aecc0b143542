import { expect, test } from 'vitest';
import { InputError } from '../../../base/errors.ts';
import { readTableText } from '../file.ts';
import { readTableParts } from '../stream.ts';

/** Columns of a text, by name. */
const read = (text: string) => {
  const { columns, notes } = readTableText(text, { name: 't.csv' });
  return {
    ...Object.fromEntries(columns.map(({ name, values }) => [name, values.join(' ')])),
    ...(notes && { notes }),
  };
};

test('a first line that names the delimiter is no header, as Excel writes it', () => {
  expect(read('sep=;\na;b\n1,5;2\n')).toEqual({ a: '1,5', b: '2' });
  expect(read('"sep=,"\r\na,b\r\n1,2\r\n')).toEqual({ a: '1', b: '2' });
  expect(read('\uFEFFSEP=|\na|b\n1|2\n')).toEqual({ a: '1', b: '2' });
  expect(readTableText('sep=;\na;b\n1;2\n').lines).toEqual([3]);
});

test('comment lines are passed over with a note; the last of them may be the header', () => {
  const notes = ['2 comment lines, beginning with #, are not read.'];
  expect(read('# made by hand\n# in 2026, again\na,b\n1,2\n')).toEqual({ a: '1', b: '2', notes });
  expect(read('## v4\n#chrom\tpos\nX\t5\n')).toEqual({
    '#chrom': 'X',
    pos: '5',
    notes: ['1 comment line, beginning with #, is not read.'],
  });
  expect(read('a,b\n1,2\n# a remark\n3,4\n"5",6\n# end, of, it\n')).toEqual({ a: '1 3 5', b: '2 4 6', notes });
  // with as many cells as the header, it is a row
  expect(read('a,b\n#1,2\n')).toEqual({ a: '#1', b: '2' });
  expect(read('#id,x\n#1,2\n')).toEqual({ '#id': '#1', x: '2' });
  expect(read('# id,x\n1,2\n')).toEqual({ id: '1', x: '2' });
});

test('bars and spaces separate cells; a space in a name does not', () => {
  expect(read('a|b,c|d\n1|2,5|3\n')).toEqual({ a: '1', 'b,c': '2,5', d: '3' });
  expect(read('x   y    z\n1.5 2    3\n  4 5 "a b"\n')).toEqual({ x: '1.5 4', y: '2 5', z: '3 a b' });
  expect(read('body mass\n12\n13\n')).toEqual({ 'body mass': '12 13' });
  expect(read('first name\nAnn Lee\nBo Kim\n')).toEqual({ 'first name': 'Ann Lee Bo Kim' });
});

test("R's header lacks a cell for the names of rows", () => {
  expect(read('"x" "kind"\n"1" 5.1 "a"\n"2" 4.9 "b c"\n')).toEqual({
    'Unnamed: 0': '1 2',
    x: '5.1 4.9',
    kind: 'a b c',
  });
  expect(read('mpg,cyl\nMazda RX4,21,6\nDatsun 710,22.8,4\n')).toEqual({
    'Unnamed: 0': 'Mazda RX4 Datsun 710',
    mpg: '21 22.8',
    cyl: '6 4',
  });
  expect(read('a,b\n1,2,\n3,4,\n')).toEqual({ a: '1 3', b: '2 4', 'Unnamed: 2': ' ' });
});

test('decimal commas without quotes are still an error, not a column too many', () => {
  expect(() => read('a,b\n1,5,2\n1,7,4\n')).toThrow(InputError);
  expect(() => read('v\n1,5\n2,5\n')).toThrow('2 cells, but the header has 1');
  expect(() => read('a,b\n1,2\n3,4,5\n')).toThrow('line 3: 3 cells, but the header has 2');
});

test('a stream in small pieces is read alike', async () => {
  const bytes = new TextEncoder().encode(
    `# one\nx y\n${Array.from({ length: 50 }, (_, i) => `${i}.5  ${i}`).join('\n')}\n`,
  );
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.slice(at, at + 7);
  }
  let rows = 0;
  for await (const part of readTableParts(pieces())) {
    expect(part.columns.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(part.columns[1].values[0]).toBe(String(rows));
    expect(part.lines![0]).toBe(rows + 3);
    rows += part.rows;
  }
  expect(rows).toBe(50);
});
