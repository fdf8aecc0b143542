/** What training was told about missing values belongs to the model. */
import { describe, expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { toRows } from '../../base/tensor.ts';
import type { Encoding } from '../encode/encoding.ts';
import { readEncoding } from '../encode/read-encoding.ts';
import { encodeRows } from '../encode/rows.ts';
import { prepareTable } from '../prepare/prepare.ts';
import { readTableText } from '../read/file.ts';
import { type ReadOptions, readTable } from '../read/read.ts';
import { readTableStream } from '../read/stream.ts';
import type { MissingOptions } from './missing-marks.ts';

/** An encoding as it comes back from a model file. */
const stored = (text: string, target: string, options: ReadOptions, split = {}): Encoding => {
  const { encoding } = prepareTable(readTable(text, options), { target, scale: 'none', split }, 1);
  return readEncoding(JSON.parse(JSON.stringify(encoding)), ['data']);
};
const inputsOf = (encoding: Encoding, text: string, options: MissingOptions = {}) =>
  toRows(encodeRows(encoding, readTableText(text, options)).inputs);
const csv = (header: string, rows: readonly (readonly unknown[])[]) =>
  `${header}\n${rows.map((row) => row.join(',')).join('\n')}\n`;

describe('a mark that training was told', () => {
  const rows = Array.from({ length: 20 }, (_, i) => [i === 3 ? -999 : 10.5 + (i % 5), i * i, i % 2 ? 'a' : 'b']);
  const encoding = stored(csv('temp,z,y', rows), 'y', { missing: ['-999'] });

  test('is filled when a table is read without it', () => {
    const [first, second] = inputsOf(encoding, 'temp,z\n11.5,3\n-999,3\n');
    expect(first).toEqual([11.5, 3]);
    expect(second).toEqual([12.5, 3]);
  });
  test('that is a number also marks its other spellings, and numbers of JSON', () => {
    expect(inputsOf(encoding, 'temp,z\n-999.0,3\n')[0][0]).toBe(12.5);
    expect(inputsOf(encoding, '[{"temp":-999,"z":3}]')[0][0]).toBe(12.5);
  });
  test('belongs to all columns, or to the one that is named', () => {
    expect(inputsOf(encoding, 'temp,z\n11.5,-999\n')[0][1]).toBeGreaterThan(0);
    const one = stored(csv('temp,z,y', rows), 'y', { missing: { temp: ['-999'] } });
    expect(inputsOf(one, 'temp,z\n-999,-999\n')[0]).toEqual([12.5, -999]);
  });
  test('leaves out rows of a target that is marked', () => {
    const marked = rows.map(([a, b, c], i) => [a, b, i === 7 ? 'unknown' : c]);
    const told = stored(csv('temp,z,y', marked), 'y', { missing: { y: ['unknown'] } });
    const { rows: kept } = encodeRows(told, readTableText(csv('temp,z,y', marked)), { targets: true });
    expect(kept).toHaveLength(19);
  });
  test('is a number again if the reader of the new table is told so', () => {
    expect(inputsOf(encoding, 'temp,z\n-999,3\n', { notMissing: ['-999'] })[0][0]).toBe(12.5);
  });
});

describe('a usual mark that is a value', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [['NA', 'AS', 'EU', 'AF'][i % 4], i === 5 ? '' : 'NA', i % 3]);
  const text = csv('continent,gap,y', rows);

  test('is one in all columns or in the named one, also in the model', () => {
    const encoding = stored(text, 'y', { notMissing: { continent: ['NA'] } });
    expect(encoding.features[0]).toMatchObject({ values: ['AF', 'AS', 'EU', 'NA'], reading: { notMissing: ['NA'] } });
    // a table that was read without the option
    expect(inputsOf(encoding, 'continent\nNA\nEU\n')).toEqual([
      [0, 0, 0, 1],
      [0, 0, 1, 0],
    ]);
    expect(readTable(text, { notMissing: ['NA'] }).columns[1].values.filter((cell) => cell === undefined)).toHaveLength(
      1,
    );
  });
  test('is a class of the target', () => {
    const { classes, notes } = prepareTable(readTable(text, { notMissing: ['NA'] }), { target: 'continent' }, 1);
    expect(classes).toEqual(['AF', 'AS', 'EU', 'NA']);
    const without = prepareTable(readTable(text), { target: 'continent' }, 1);
    expect([...notes, ...without.notes].join('\n')).toContain(
      'Left out 10 rows without "continent" ("NA"). If "NA" is a value here, pass --not-missing continent=NA',
    );
  });
  test('an empty cell stays missing', () => {
    expect(readTable('a,b\n1,\n', { notMissing: [''] }).columns[1].values).toEqual([undefined]);
  });
});

test('a large table, which is packed, is read with the marks', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `${i % 7 === 0 ? '-999.00' : i / 8},${i % 5 === 0 ? 'NA' : 'x'}`);
  const bytes = new TextEncoder().encode(`a,b\n${rows.join('\n')}\n`);
  const { columns } = await readTableStream(bytes, {
    missing: ['-999'],
    notMissing: { b: ['NA'] },
    maxPlainLength: 10,
  });
  expect(columns.map(({ packed }) => packed!.profile.missing)).toEqual([429, 0]);
  expect(columns[1].values.slice(0, 2)).toEqual(['NA', 'x']);
});

test('marks that are not lists of texts are refused', () => {
  for (const missing of ['NA', [1], { a: 'NA' }, null]) {
    expect(() => readTable('a\n1\n', { missing: missing as never })).toThrow(InputError);
  }
});

test('exported models know the marks', async () => {
  const { toOnnx } = await import('../../formats/onnx/write.ts');
  const { toPyTorch } = await import('../../formats/pytorch.ts');
  const { toTypeScript } = await import('../../formats/typescript/write.ts');
  const { experiment } = await import('../../net/setup.ts');
  const { tableExperiment } = await import('../../net/table-experiment.ts');
  const { train } = await import('../../train/train.ts');
  const rows = Array.from({ length: 40 }, (_, i) => [
    i === 3 ? -999 : i % 7,
    i === 4 ? 'None' : 'rg'[i % 2],
    (i * 5) % 11,
  ]);
  const table = readTable(csv('temp,colour,y', rows), { missing: ['-999', 'None'] });
  const json = tableExperiment(table, { data: { file: 't.csv', target: 'y', task: 'regression' } });
  const setup = experiment({ ...json, training: { ...json.training, stop: { epochs: 1 } } }, { read: () => table });
  const { model } = await train(setup);
  const source = toTypeScript(model);
  expect(source).toMatch(/numberOf\(row, "temp", .*, warn, \["", "NA", .*"-999", "None"\]\)/);
  expect(source).toMatch(/categoryOf\(row, "colour", .*, warn, \["", "NA", .*"-999", "None"\]\)/);
  const python = Object.values(toPyTorch(model, 'm')).map(String).join('\n');
  expect(python).toContain('_unless(row.get("temp"), [-999.0, "-999"])');
  expect(toOnnx(model).length).toBeGreaterThan(0);
  // the TypeScript predicts what the model does
  const { stripTypeScriptTypes } = (await import('node:module')) as {
    stripTypeScriptTypes?: (source: string) => string;
  };
  // Node 20 has no such function
  if (stripTypeScriptTypes === undefined) return;
  const code = `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(source))}`;
  const { predict } = (await import(/* @vite-ignore */ code)) as { predict(row: object): number };
  const marked = model.predictTable(readTable([{ temp: -999, colour: 'None' }])).predictions[0] as number;
  expect(predict({ temp: -999, colour: 'None' })).toBeCloseTo(marked, 5);
});
