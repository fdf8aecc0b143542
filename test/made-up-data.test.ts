/**
 * A kind of feature and a table format are one file each. Both are defined here and added to the lists of entries. They
 * then train, save, load, predict and export, and no source names them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { choice, fields, finite } from '../src/base/readers.ts';
import { toRows } from '../src/base/tensor.ts';
import { columnName } from '../src/data/encode/column-fields.ts';
import { cycles } from '../src/data/encode/dates.ts';
import type { FeatureKind, FeatureLearner } from '../src/data/encode/features/kind.ts';
import { formatTitles, withoutEnding } from '../src/data/read/detect.ts';
import { readTableFile, readTableText } from '../src/data/read/file.ts';
import type { BinaryFormat, TextFormat } from '../src/data/read/format.ts';
import { fromRecords } from '../src/data/read/text-columns.ts';
import { presentNumbers, summarizeOwn } from '../src/data/table/columns.ts';
import { describe as describeTable } from '../src/data/table/describe.ts';
import { toOnnx } from '../src/formats/onnx/write.ts';
import { toPyTorch } from '../src/formats/pytorch.ts';
import { toTypeScript } from '../src/formats/typescript/write.ts';
import { load } from '../src/model/load.ts';
import { experiment } from '../src/net/setup.ts';
import { recordOf } from '../src/report/record.ts';
import { train } from '../src/train/train.ts';

/** The complete source of a kind of feature: the time of day of a date, without the day. */
interface ClockFeature {
  readonly kind: 'clock';
  readonly name: string;
  readonly fill: number;
}

vi.mock('../src/data/encode/features/index.ts', async (original) => {
  const clock: FeatureKind<ClockFeature> = {
    name: 'clock',
    read: fields({ kind: choice(['clock']), name: columnName, fill: finite }),
    transform: ({ fill }) => ({ cell: 'date', fill, periods: [cycles.day] }),
    inputNames: ({ name }) => [`${name} sin`, `${name} cos`],
  };
  const learner: FeatureLearner<ClockFeature> = {
    kind: clock,
    takes: ['date'],
    fillRule: 'median',
    fit: ({ column, rows }) => ({
      kind: 'clock',
      name: column.name,
      fill: summarizeOwn(presentNumbers(column, rows, 'date')).median,
    }),
    preview: () => 'the time of day',
    describe: () => 'sine and cosine of the time of day',
  };
  const entries = await original<typeof import('../src/data/encode/features/index.ts')>();
  // before the others, so that it gets the columns of dates
  return {
    featureKinds: [clock, ...entries.featureKinds],
    featureLearners: [learner, ...entries.featureLearners],
  };
});

/** The complete source of a table format: lines of cells between bars. */
vi.mock('../src/data/read/formats.ts', async (original) => {
  const bars: TextFormat = {
    name: 'bars',
    title: 'Bars',
    endings: ['.bars'],
    matches: (start) => start.startsWith('|'),
    read(text, options) {
      const [header, ...records] = text
        .trim()
        .split('\n')
        .map((line) => line.split('|').slice(1, -1));
      return fromRecords({ names: header, records, lines: [] }, options);
    },
  };
  const counted: BinaryFormat = {
    name: 'counted',
    title: 'Counted',
    endings: ['.counted'],
    magic: ['COUNTED'],
    async *parts(bytes, budget) {
      budget.checkColumns(1);
      budget.addRows(bytes[7], 1);
      yield { names: ['n'], columns: [Array.from({ length: bytes[7] }, (_, n) => n)], rows: bytes[7] };
    },
  };
  const { binaryFormats, textFormats } = await original<typeof import('../src/data/read/formats.ts')>();
  return { binaryFormats: [...binaryFormats, counted], textFormats: [bars, ...textFormats] };
});

const root = fileURLToPath(new URL('../src', import.meta.url));
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();
/** The sources, except tests, that contain a name as a text. */
const naming = (name: RegExp) =>
  sources.filter((file) => !file.endsWith('.test.ts') && name.test(readFileSync(join(root, file), 'utf8')));

describe('a kind of feature is one entry', () => {
  const hours = Array.from({ length: 48 }, (_, r) => (7 * r) % 24);
  const lines = hours.map((hour, r) => {
    const date = `2026-03-${String(1 + (r % 28)).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00`;
    return `${r === 5 ? '' : date},${Math.sin((2 * Math.PI * hour) / 24)}`;
  });
  const table = readTableText(`when,warmth\n${lines.join('\n')}\n`, { name: 'day.csv' });
  const setup = experiment(
    {
      network: { layers: [{ dense: 1 }] },
      data: { file: 'day.csv', target: 'warmth' },
      training: { loss: 'mse', optimizer: { name: 'adam', learningRate: 0.1 }, stop: { epochs: 300 } },
    },
    { read: () => table },
  );
  const trained = train(setup);

  test('it encodes its columns with its own names', () => {
    expect(setup.prepared!.inputNames).toEqual(['when sin', 'when cos']);
    const [sine, cosine] = toRows(setup.inputs)[1];
    const angle = (2 * Math.PI * hours[1]) / 24;
    // the phase is the fraction of about 20,000 days: 14 of 53 bits are lost
    expect([sine, cosine].map((value, k) => Math.abs(value - [Math.sin(angle), Math.cos(angle)][k]))).toEqual([
      expect.closeTo(0, 10),
      expect.closeTo(0, 10),
    ]);
    expect(setup.notes).toContainEqual(expect.stringMatching(/^"when": 1 missing value filled with 2026-03/));
  });

  test('it trains, saves, loads and predicts', async () => {
    const { model, loss } = await trained;
    // the warmth is linear in the sine, except for the one filled row
    expect(loss.final).toBeLessThan(0.05);
    const again = load(model.save());
    expect(again.predictTable(table).predictions).toEqual(model.predictTable(table).predictions);
    expect(again.predictTable(table).warnings).toEqual([expect.stringMatching(/^"when": 1 missing value filled/)]);
  });

  test('an invalid stored form is refused when it is loaded', async () => {
    const { model } = await trained;
    const text = new TextDecoder('latin1').decode(model.save());
    const other = text.replace('\\"clock\\"', '\\"watch\\"');
    expect(() => load(Uint8Array.from(other, (character) => character.charCodeAt(0)))).toThrow(/data\.features\[0\]/);
  });

  test('it is described, in `chainrule data` and in the record of a run', async () => {
    const description = describeTable(table);
    expect(description.columns[0].asFeature).toBe('the time of day; missing values filled with the median');
    const versions = { chainrule: '0' };
    const record = recordOf({ name: 'run', versions, description }, setup as never, await trained);
    expect(record.data!.columns![0].use).toMatch(
      /^sine and cosine of the time of day; missing values filled with 2026/,
    );
  });

  test('every exporter writes it', async () => {
    const { model } = await trained;
    const { network, parameters, loss, optimizer, encoding, precision } = model;
    const written = { network, inputs: 2, parameters, loss, optimizer, encoding, precision };
    expect(toTypeScript(written)).toMatch(
      /\.\.\.numeric\(dateOf\(row, "when", \d+(\.\d+)?, warn\), undefined, \[1\]\)/,
    );
    expect(toPyTorch(written, 'm.safetensors').python).toMatch(/\*_numeric\(_date\(.*\), None, \[1(\.0)?\]\),/);
    expect(toOnnx(written as never).length).toBeGreaterThan(500);
  });

  test('no source names it', () => {
    expect(naming(/'clock'/)).toEqual([]);
  });
});

describe('a table format is one entry', () => {
  test('it is recognized by its content and read, as text or as bytes', async () => {
    const text = readTableText('|x|y|\n|1|a|\n|NA|b|\n', { name: 'a.bars' });
    expect(text.columns.map(({ name, values }) => [name, ...values])).toEqual([
      ['x', '1', undefined],
      ['y', 'a', 'b'],
    ]);
    const bytes = await readTableFile(Uint8Array.from([...new TextEncoder().encode('COUNTED'), 3]));
    expect(bytes.columns[0].values).toEqual(['0', '1', '2']);
  });

  test('messages and file names include it', async () => {
    expect(formatTitles.split(', ')).toEqual(expect.arrayContaining(['Bars', 'Counted']));
    expect(withoutEnding('people.bars.gz')).toBe('people');
    await expect(readTableFile(Uint8Array.of(0xff, 0x00, 0xff))).rejects.toThrow('Counted or gzip');
  });

  test('limits apply to it', async () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode('COUNTED'), 200]);
    await expect(readTableFile(bytes, { limits: { maxCells: 100 } })).rejects.toThrow('has 200 cells or more');
  });

  test('no source names it', () => {
    expect(naming(/'bars'|'counted'/)).toEqual([]);
  });

  test("only a built-in format's own file names it", () => {
    const names = ['parquet', 'arrow', 'json lines'];
    for (const name of names) {
      const own = naming(new RegExp(`'${name}'`));
      expect(own.length, `${name}: ${own.join(', ')}`).toBe(1);
    }
  });
});

// "number" and "date" are also kinds of cells, which a profile has
test('only their own files ask for a kind of feature', () => {
  expect(naming(/kind: '(category|index)'|kind (===|!==) '(category|index)'|case '(category|index)'/)).toEqual([
    'data/encode/features/category.ts',
    'data/encode/features/embedded.ts',
  ]);
  expect(naming(/feature\.kind (===|!==)|switch \(feature\.kind\)/)).toEqual([]);
});
