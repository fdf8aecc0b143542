/** Models exported as TypeScript predict the same as the models, and are valid TypeScript. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations, resolveActivation } from '../src/core/ops/activations.ts';
import { readTable } from '../src/data/read/read.ts';
import { toTypeScript } from '../src/formats/index.ts';
import {
  activate,
  adam,
  batchNorm,
  crossEntropy,
  dense,
  dropout,
  layerNorm,
  load,
  mse,
  network,
  residual,
  softmax,
  tanh,
  train,
} from '../src/index.ts';
import type { Model } from '../src/model/model.ts';
import { experiment } from '../src/net/setup.ts';
import { sampled } from './runs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-export-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The exported file as a module. */
async function written<Predict>(model: Model, name: string): Promise<{ predict: Predict }> {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, toTypeScript(model));
  return import(/* @vite-ignore */ file);
}

const wave = (r: number, c: number) => Math.sin(3 * r + 7 * c) * 2;
const rows = Array.from({ length: 12 }, (_, r) => Array.from({ length: 5 }, (_, c) => wave(r, c)));

describe('rows of numbers', () => {
  const numbered = activations.map(resolveActivation).map((activation, i) => [activation.name, activation, i] as const);
  test.each(numbered)('%s, in float64 and float32: to 1e-12', async (_, activation, i) => {
    const targets = rows.map((row) => [row[0], row[1]]);
    // in the short suite in one of them, in turn
    for (const precision of sampled(['float64', 'float32'] as const, 2, i)) {
      const net = network([dense(4, { activation }), dropout(0.3), dense(3, { activation, bias: false }), dense(2)]);
      const { model } = await train(
        net,
        { inputs: rows, targets },
        { loss: mse, optimizer: adam(), engine: 'wasm', precision, stop: { epochs: 3 } },
      );
      const { predict } = await written<(row: number[]) => number[]>(model, `${activation.name}-${precision}`);
      model.predict(rows).forEach((want, r) => {
        predict(rows[r]).forEach((y, k) => {
          expect(Math.abs(y - want[k])).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(want[k])));
        });
      });
    }
  });

  test.each([
    ['batchNorm', [dense(4), batchNorm(), activate(tanh), dense(2)]],
    ['layerNorm', [layerNorm(), dense(2)]],
    ['residual', [dense(4), residual([dense(3), dense(4)]), dense(2)]],
  ])('%s: to 1e-12', async (name, layers) => {
    const targets = rows.map((row) => [row[0], row[1]]);
    const options = { loss: mse, optimizer: adam(), stop: { epochs: 5 } } as const;
    const { model } = await train(network(layers), { inputs: rows, targets }, options);
    const { predict } = await written<(row: number[]) => number[]>(model, name);
    model.predict(rows).forEach((want, r) => {
      predict(rows[r]).forEach((y, k) => {
        expect(Math.abs(y - want[k])).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(want[k])));
      });
    });
  });

  test('a row of another length is refused', async () => {
    const { model } = await train(
      network([dense(1)]),
      { inputs: rows, targets: rows.map((row) => [row[2]]) },
      { loss: mse, optimizer: adam(), stop: { epochs: 1 } },
    );
    const { predict } = await written<(row: number[]) => number[]>(model, 'short');
    expect(() => predict([1, 2])).toThrow(new RangeError('a row has 5 numbers, not 2'));
  });
});

const penguins = readFileSync(join(root, 'examples/penguins.csv'), 'utf8');
const table = readTable(penguins, { name: 'penguins.csv' });

/** The cells of the table as in an application: numbers, booleans, text, and null for missing values. */
const asRows = (): Record<string, unknown>[] =>
  Array.from({ length: table.rows }, (_, r) =>
    Object.fromEntries(
      table.columns.map(({ name, values }) => {
        const cell = values[r];
        if (cell === undefined) return [name, null];
        return [name, Number.isNaN(Number(cell)) ? cell : Number(cell)];
      }),
    ),
  );

async function trained(data: object, loss: string, last: object): Promise<Model> {
  const setup = experiment(
    {
      network: {
        layers: [...('embed' in data ? [{ embedding: 'auto' }] : []), { dense: 8, activation: 'tanh' }, last],
      },
      data: { file: 'penguins.csv', ...data },
      training: { loss, optimizer: 'adam', batchSize: 32, stop: { epochs: 20 } },
    },
    { read: () => penguins },
  );
  return (await train(setup)).model;
}

describe('a table', () => {
  test.each([
    ['classes by softmax', { target: 'species' }, 'crossEntropy', { dense: 3, activation: 'softmax' }],
    ['classes by logSoftmax', { target: 'species' }, 'crossEntropy', { dense: 3, activation: 'logSoftmax' }],
    ['two classes by sigmoid', { target: 'sex' }, 'binaryCrossEntropy', { dense: 1, activation: 'sigmoid' }],
    ['two classes by hinge, which has no probabilities', { target: 'sex' }, 'hinge', { dense: 1 }],
    [
      'classes of embedded columns',
      { target: 'species', embed: ['island', 'sex'] },
      'crossEntropy',
      { dense: 3, activation: 'softmax' },
    ],
    ['several numbers', { target: ['body_mass_g', 'bill_depth_mm'] }, 'mse', { dense: 2 }],
    ['numbers', { target: 'body_mass_g', scale: 'minMax' }, 'mse', { dense: 1 }],
  ] as const)(
    '%s: labels, probabilities and units, missing values and unknown categories',
    async (name, data, loss, last) => {
      const model = await trained(data, loss, last);
      const { predict } = await written<(row: object) => unknown>(model, name.replaceAll(/\W+/g, '-'));
      const columns = model.encoding!.features.map((feature) => feature.name);
      const gaps = readTable(
        `${columns.join(',')}\n${columns.map((column) => (column === 'island' ? 'Atlantis' : 'NA')).join(',')}\n`,
        { name: 'gaps.csv' },
      );
      for (const [given, cells] of [
        [table, asRows()],
        [gaps, [{ island: 'Atlantis' }]],
      ] as const) {
        const { predictions, probabilities } = model.predictTable(given);
        cells.forEach((cell, r) => {
          const got = predict(cell);
          if (typeof got === 'number') {
            expect(Math.abs(got - (predictions[r] as number))).toBeLessThanOrEqual(1e-9 * Math.abs(got));
            return;
          }
          if (Array.isArray(data.target)) {
            const wanted = predictions[r] as unknown as Record<string, number>;
            expect(Object.keys(got as object)).toEqual(data.target);
            for (const [column, value] of Object.entries(got as Record<string, number>)) {
              expect(Math.abs(value - wanted[column])).toBeLessThanOrEqual(1e-9 * Math.abs(value));
            }
            return;
          }
          const { label, probabilities: p } = got as { label: unknown; probabilities?: Record<string, number> };
          expect(label).toBe(predictions[r]);
          expect(Object.keys(p ?? {})).toEqual(Object.keys(probabilities?.[r] ?? {}));
          for (const [key, value] of Object.entries(p ?? {})) {
            expect(Math.abs(value - probabilities![r][key])).toBeLessThanOrEqual(1e-12);
          }
        });
      }
    },
  );
});

test('a text among numbers is refused, and missing values and unknown categories are warnings, as in the library', async () => {
  const model = await trained({ target: 'species' }, 'crossEntropy', { dense: 3, activation: 'softmax' });
  const { predict } = await written<(row: object, warn?: (warning: string) => void) => { label: string }>(
    model,
    'warned',
  );
  const [whole] = asRows();
  const warningsOf = (row: object) => {
    const warnings: string[] = [];
    predict(row, (warning) => warnings.push(warning));
    return warnings;
  };
  expect(warningsOf(whole)).toEqual([]);
  expect(warningsOf({ ...whole, island: 'Elba', sex: 'NA', year: null })).toEqual([
    'island: "Elba" is a category that training did not see',
    'sex: a missing value is filled with male',
    ...('year' in whole ? [expect.stringContaining('year: a missing value')] : []),
  ]);
  expect(() => predict({ ...whole, bill_length_mm: 'long' })).toThrow(
    new RangeError('bill_length_mm: "long" is not a number'),
  );
  expect(() => predict({ ...whole, bill_length_mm: Number.NaN })).toThrow(RangeError);
  expect(predict({ ...whole, bill_length_mm: ` ${whole.bill_length_mm} ` })).toEqual(predict(whole));
});

test('the exported file passes the strictest checks, and a row of a wrong type does not', () => {
  writeFileSync(
    join(folder, 'use.ts'),
    `import { type Label, predict } from './classes-by-softmax.ts';
const label: Label = predict({ island: 'Biscoe', bill_length_mm: 39.1, sex: null }).label;
const most: number = predict({}).probabilities.Adelie;
// @ts-expect-error: a number is wanted
predict({ bill_length_mm: '39.1' });
console.log(label, most);
`,
  );
  const options = [
    '--strict --noEmit --noUnusedLocals --noUnusedParameters --target es2023 --module nodenext',
    // what tsc --init turns on, and more
    '--noUncheckedIndexedAccess --exactOptionalPropertyTypes --verbatimModuleSyntax --isolatedModules --erasableSyntaxOnly',
    '--noUncheckedSideEffectImports --noImplicitReturns --noImplicitOverride --noFallthroughCasesInSwitch',
    '--noPropertyAccessFromIndexSignature --skipLibCheck false',
  ]
    .join(' ')
    .split(' ');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const call = [
    ...options,
    '--allowImportingTsExtensions',
    '--types',
    'node',
    '--typeRoots',
    join(root, 'node_modules/@types'),
  ];
  execFileSync(join(root, 'node_modules/.bin/tsc'), [...call, '--ignoreConfig', ...files], {
    cwd: folder,
    stdio: 'pipe',
  });
});

test('JSON contains a description that rebuilds the network, and every weight', async () => {
  const model = await trained({ target: 'species' }, 'crossEntropy', { dense: 3, activation: 'softmax' });
  const { parameters, experiment: json, data } = JSON.parse(JSON.stringify(load(model.save())));
  expect(Object.keys(parameters)).toEqual([...model.parameters.keys()]);
  expect(parameters['layers.0.weight'].data).toEqual([...model.parameters.get('layers.0.weight')!.data]);
  expect(json.network.layers).toHaveLength(2);
  expect(data.target.values).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
});

test('dates of a table, with and without a time', async () => {
  const when = Array.from({ length: 60 }, (_, i) => {
    const text = new Date(1.7e12 + i * 123_456_789).toISOString();
    return [text, text.slice(0, 10), text.slice(0, 19).replace('T', ' '), `${text.slice(0, 19)}+02:00`][i % 4];
  });
  const given = readTable({ when, y: when.map((_, i) => Math.sin(i)) });
  const { model } = await train(
    network([dense(4), dense(1)]),
    { table: given, target: 'y' },
    { loss: mse, optimizer: adam(), stop: { epochs: 5 } },
  );
  const { predict } = await written<(row: object) => number>(model, 'dates');
  const wanted = model.predictTable(given).predictions as number[];
  when.forEach((cell, r) => {
    expect(Math.abs(predict({ when: cell }) - wanted[r])).toBeLessThan(1e-9);
  });
  expect(predict({})).toBeCloseTo(
    model.predictTable(readTable([{ when: null }, { when: when[0] }])).predictions[0] as number,
    9,
  );
  expect(() => predict({ when: 'tomorrow' })).toThrow('"tomorrow" is not a date');
  // The same texts that reading accepts, and no others.
  const forms = [
    '2026-11',
    '2024-02-29 23:59',
    '2026-11-27T10:00+01',
    '2026-11-27 10:00 Z',
    '2026-11-27 10:00:07,25 -0130',
  ];
  for (const cell of forms) {
    const [of] = model.predictTable(readTable([{ when: cell }])).predictions as number[];
    expect(Math.abs(predict({ when: cell }) - of), cell).toBeLessThan(1e-9);
  }
  for (const cell of [
    '2026-02-30',
    '2026-13',
    '2026-11-27T24:00',
    '2026-11-27 10:00:60',
    '11/27/2026',
    '2026-11T10:00',
  ]) {
    expect(() => model.predictTable(readTable([{ when: cell }])), cell).toThrow();
    expect(() => predict({ when: cell }), cell).toThrow(`"${cell}" is not a date`);
  }
});

test('names in a table cannot end a comment or become code', async () => {
  const names = ['a- -b', '__proto__', 'x"] ?? 1, "'];
  const target = 'end */ throw new Error() /*\u2028throw 1;';
  const cells = Array.from({ length: 24 }, (_, r) => [r - 30, r % 5, r * 2, r % 2 === 0 ? '__proto__' : 'other']);
  const line = (each: readonly unknown[]) => each.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',');
  const text = [line([...names, target]), ...cells.map(line)].join('\n');
  const given = readTable(`${text}\n`, { name: 'names.csv' });
  const { model } = await train(
    network([dense(3, { activation: tanh }), dense(2, { activation: softmax })]),
    { table: given, target },
    { loss: crossEntropy, optimizer: adam(), stop: { epochs: 3 } },
  );
  const { predict } = await written<(row: object) => { probabilities: object }>(model, 'names');
  const { probabilities } = model.predictTable(given);
  cells.forEach((row, r) => {
    const got = predict(Object.fromEntries(names.map((name, i) => [name, row[i]]))).probabilities;
    expect(Object.entries(got)).toHaveLength(2);
    expect(Object.values(got)[0]).toBeCloseTo(Object.values(probabilities![r])[0], 12);
  });
});
