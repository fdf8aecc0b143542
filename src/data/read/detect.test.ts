import { expect, test } from 'vitest';
import { refuseMarkup } from './detect.ts';
import { readTableFile, readTableText } from './file.ts';
import { readTableStream } from './stream.ts';

const page = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>a, b</body></html>\n';

test('a web page that was saved as a table is called one, whole or in a stream', async () => {
  const bytes = new TextEncoder().encode(page.padEnd(200_000));
  const message = 'people.csv: it is a web page (HTML), not a file of data.';
  expect(() => readTableText(page, { name: 'people.csv' })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: people.csv: it is a web page (HTML), not a file of data.
      Open it in a browser, and download the file itself; GitHub links to it under "Raw".]
  `);
  await expect(readTableFile(bytes, { name: 'people.csv' })).rejects.toThrow(message);
  await expect(readTableStream(bytes, { name: 'people.csv', maxPlainLength: 1000 })).rejects.toThrow(message);
});

test.each(['\ufeff<html lang="en">', '\n  <!-- saved -->\n<!doctype HTML>', '<table><tr><td>1</td></tr></table>'])(
  '%j is a web page',
  (start) => expect(() => refuseMarkup(start, 'x')).toThrow('it is a web page'),
);

test('many comments take no longer than one', () => {
  const start = performance.now();
  refuseMarkup('<!---->'.repeat(580), 'x');
  expect(performance.now() - start).toBeLessThan(200);
});

test('XML is called XML', () => {
  expect(() => refuseMarkup('<?xml version="1.0"?>\n<Workbook/>', 'x.xls')).toThrow('x.xls: it is XML, not a table.');
});

test.each(['<5,>5\n1,2\n', 'html,body\n1,2\n', '<tablespace>,n\na,1\n'])('%j is a table', (text) => {
  expect(readTableText(text).columns).toHaveLength(2);
});
