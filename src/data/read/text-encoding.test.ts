import { expect, describe as group, test } from 'vitest';
import { readTableFile } from './file.ts';
import { readTableStream } from './stream.ts';
import { encodingOf } from './text-encoding.ts';

const text = 'name\tage\nZoë 😀\t31\nLi\t7\n';
const names = ['Zoë 😀', 'Li'];

/** UTF-16 with its byte order mark, as Excel saves "Unicode text". */
function utf16(content: string, isLittle: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * content.length + 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfeff, isLittle);
  for (let i = 0; i < content.length; i++) view.setUint16(2 * i + 2, content.charCodeAt(i), isLittle);
  return bytes;
}

/** Windows-1252: the letters of Latin-1 have their code points. */
const latin = (content: string) => Uint8Array.from(content, (letter) => letter.charCodeAt(0));

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const complaint = (bytes: Uint8Array) =>
  readTableFile(bytes, { name: 'people.csv' }).then(
    () => 'no complaint',
    (error: Error) => error.message,
  );

group('UTF-16 with a byte order mark', () => {
  test.each([
    ['little-endian', true],
    ['big-endian', false],
  ])('%s: the cells, whole and in pieces of any size', async (_name, isLittle) => {
    const bytes = utf16(text, isLittle);
    const whole = await readTableFile(bytes);
    expect(whole.columns.map(({ name }) => name)).toEqual(['name', 'age']);
    expect(whole.columns[0].values).toEqual(names);
    for (const size of [1, 2, 3, 7]) {
      const { columns } = await readTableStream(pieces(bytes, size));
      expect(columns.map(({ name }) => name)).toEqual(['name', 'age']);
      expect(columns[0].values).toEqual(names);
    }
  });

  test('JSON too; a text cut within a character is an error', async () => {
    const { columns } = await readTableFile(utf16('[{"a": "ü"}, {"a": "b"}]', true));
    expect(columns[0].values).toEqual(['ü', 'b']);
    expect(await complaint(utf16(text, true).subarray(0, -1))).toContain('it is not UTF-8 text');
  });

  test('no other bytes are taken for it', () => {
    expect(encodingOf(Uint8Array.of(0xff, 0xfe, 0, 0))).toBe('utf-8');
    expect(encodingOf(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe('utf-8');
    expect(encodingOf(Uint8Array.of(0x61, 0))).toBe('utf-8');
    expect(encodingOf(new Uint8Array())).toBe('utf-8');
  });
});

group('other encodings are refused', () => {
  test('Windows-1252 is named, with a word to recognize it by', async () => {
    expect(await complaint(latin('city,n\nOslo,1\nMálaga,2\nZürich,3\n'))).toMatchInlineSnapshot(`
      "people.csv: the text is not UTF-8: it seems to be Windows-1252 (Latin-1), in which it contains "Málaga".
        Save it as "CSV UTF-8", or convert it: iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv."
    `);
  });

  const unnamed = [
    ['Windows-1251, with a letter beyond ASCII in most places', latin('ã,n\nÌîñêâà,1\nÒâåðü,2\n')],
    [
      'UTF-8 that is damaged in one place',
      Uint8Array.of(...new TextEncoder().encode('city\nMálaga\nZürich\n'), 0xe9, 0x2c, 0x0a),
    ],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d)],
  ] as const;
  test.each(unnamed)('%s is not called Windows-1252', async (_name, bytes) => {
    expect(await complaint(bytes)).toBe(
      'people.csv: it is not UTF-8 text, Parquet, Arrow or gzip.\n  Save it as CSV or JSON in UTF-8.',
    );
  });
});
