import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { typesetGiven, typesetLines } from '../../explain/typeset.ts';
import { openExample } from './open-example.ts';
import { auditAnyExample } from './worked-examples.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../../examples/${name}.json`, import.meta.url)), 'utf8'));

test.each([
  ['textbook-3-2-1', 'network', 'gradient(layers.1.weight[0][0])', '∂E/∂w1'],
  ['skip-gram-2d', 'graph', 'gradient(centre[0])', '∂E/∂v1'],
  ['walks-four-nodes', 'graph', 'probability[0][2]', 'P(c | b, a)'],
])('%s: an opened example names, explains and audits its numbers', (file, subject, quantity, name) => {
  const json = read(file);
  const example = openExample(json);
  expect([example.subject, example.title, example.printed]).toEqual([subject, json.title, json.printed]);
  expect(example.nameOf(quantity).text).toBe(name);
  expect(example.isAddress(quantity)).toBe(true);
  expect(example.isAddress('<b>')).toBe(false);
  const found = example.audit(json.printed, { maxListed: 1 });
  expect(found.rows).toEqual(auditAnyExample(json, { maxListed: 1 }).rows);
  const { lines, ...step } = example.explain();
  const typeset = typesetLines({ lines, ...step });
  expect(typeset.length).toBe(lines.length);
  expect(lines.filter(({ formula }) => formula !== '').map(({ quantity: each }) => each)).toContain(quantity);
});

test('an experiment without printed numbers opens too, and a wrong one is refused with its path', () => {
  const { experiment } = read('mazur-2-2-2');
  expect(openExample(experiment).printed).toEqual([]);
  expect(() => openExample({ experiment: { ...experiment, network: { inputs: 2, layers: [] } } })).toThrow('layers');
  expect(() => openExample([])).toThrow('worked example');
});

test('a line is typeset with its rule, its formula and its numbers', () => {
  const lines = typesetLines(openExample(read('textbook-3-2-1')).explain());
  expect(lines[2]).toEqual({
    heading: 'Forward pass, sample 1',
    name: 's',
    formula: ['h_{1} \\cdot w_{1}', '+ h_{2} \\cdot w_{2}'],
    numbers: ['2.4 \\cdot 0.8', '+ 1.8 \\cdot 0.2'],
    value: '2.28',
  });
  const gradient = lines.find(({ name }) => name === '\\dfrac{\\partial E}{\\partial w_{1}}');
  expect(gradient?.numbers).toEqual(['0.0447885 \\cdot 1.5']);
});

test('what is given before a step is typeset: parameters, inputs and targets', () => {
  const { parameters, table } = typesetGiven(openExample(read('textbook-3-2-1')).explain(), { max: 5 });
  expect(parameters[0]).toEqual({
    name: 'layers.0.weight',
    elements: ['v_{11} = 0.15', 'v_{12} = 0.2', 'v_{21} = 0.6', 'v_{22} = 0.3', 'v_{31} = 0.3'],
    more: 1,
  });
  expect(table).toEqual({
    rowName: 'sample',
    columns: ['x_{1}', 'x_{2}', 'x_{3}', 't'],
    rows: [
      { number: 1, values: ['2', '3', '1', '0.64'] },
      { number: 2, values: ['1', '0', '2', '0.52'] },
      { number: 3, values: ['3', '1', '1', '0.36'] },
    ],
  });
});
