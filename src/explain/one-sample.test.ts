/** Explanations of one sample, and what all of their renderings share: marks, counts, notation and digits. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { experiment } from '../net/setup.ts';
import { explanation } from './explanation.ts';
import { page } from './fixtures.ts';
import { renderHtml } from './render/html.ts';
import { renderLatex } from './render/latex.ts';
import { renderTerminal } from './render/terminal.ts';

const example = readFileSync(new URL('../../examples/mazur-2-2-2.json', import.meta.url), 'utf8');
/** Two inputs, hidden units and outputs, one sample, biases that are not trained. */
const mazur = () => experiment(JSON.parse(example));

/** y = w·x with one sample and one output; there is no stop condition, because nothing is trained. */
const product = () =>
  experiment(
    {
      network: { layers: [{ dense: 1, bias: false, weight: [[2]] }] },
      data: { inputs: [[3]], targets: [[5]] },
      training: { loss: 'halfMse', optimizer: { name: 'sgd', learningRate: 0.1 } },
    },
    { withoutStop: true },
  );

describe('one sample', () => {
  test('neither its mark nor its number m is written, in the lines and in the page of the loss', () => {
    const shown = renderTerminal(explanation(mazur()));
    expect(shown).not.toMatch(/⁽¹⁾|\bm\b|sample 1/);
    expect(shown).toContain('E1 = (t1 − o1)²/2 = (0.01 − 0.751365)²/2 = 0.274811');
    expect(shown).toContain('  E = (t − y)²/2\n');
  });

  test('of one output: the loss is written out, because its only term is the loss itself', () => {
    const { lines } = explanation(product());
    const losses = lines.filter(({ quantity }) => quantity.startsWith('loss'));
    expect(losses.map(({ name, formula, value }) => `${name} = ${formula} = ${Number(value.toPrecision(6))}`)).toEqual([
      'E = (t − a1)²/2 = 0.5',
      'E′ = (t − a1′)²/2 = 0.005',
    ]);
  });

  test('with several samples, m and the marks are written', () => {
    const shown = renderTerminal(explanation(page()));
    expect(shown).toContain('E⁽¹⁾ = (t⁽¹⁾ − y⁽¹⁾)²/(2·m)');
    // one sample is shown, but sums run over all
    expect(renderTerminal(explanation(page(), { sample: 0 }))).toContain('∂E/∂y⁽¹⁾ = ');
  });
});

describe('the loss after the update', () => {
  test('every number in its formulas has a line of its own', () => {
    const { rows } = explanation(mazur());
    const names = new Set(rows.map(({ line }) => line.name));
    const after = rows.filter(({ line }) => line.phase === 'loss' && line.after === 1);
    const read = new Set(after.flatMap(({ line }) => line.formula.match(/[a-zA-Z]\w*′/g) ?? []));
    expect(read.size).toBeGreaterThan(10);
    expect([...read].filter((name) => !names.has(name))).toEqual([]);
  });

  test('a bias that is not trained has no prime', () => {
    const sums = explanation(mazur()).lines.filter(({ name }) => /^z\d_\d′$/.test(name));
    expect(sums.map(({ formula }) => formula)).toEqual([
      'x1·v11′ + x2·v21′ + b1_1',
      'x1·v12′ + x2·v22′ + b1_2',
      'h1′·w11′ + h2′·w21′ + b2_1',
      'h1′·w12′ + h2′·w22′ + b2_2',
    ]);
  });
});

describe('digits', () => {
  test('they hold in the lines and in every rendering; values keep all digits', () => {
    const short = explanation(page(), { digits: 3 });
    const [first] = short.lines.filter(({ quantity }) => quantity === 'layers.1.output[0][0]');
    expect(first.value).toBe(0.907207046882843);
    for (const text of [renderTerminal(short), renderHtml(short), renderLatex(short)]) {
      expect(text).toContain('0.907');
      expect(text).not.toContain('0.9072');
    }
    expect(renderTerminal(explanation(page(), { digits: 12 }))).toContain('0.907207046883');
  });

  test.each([0, 2.5, 18])('%s digits are refused', (digits) => {
    expect(() => explanation(page(), { digits })).toThrow('Give an integer from 1 to 17.');
  });
});

describe('the page', () => {
  const html = renderHtml(explanation(product()));

  test('the drawing has the notation of the formulas: indices below, layers above', () => {
    const svg = renderHtml(explanation(mazur())).split('<svg class="network"')[1];
    expect(svg).toContain('<tspan class="letter">h</tspan><tspan dy="4" class="index">1</tspan>');
    expect(html).toContain('<tspan class="letter">a</tspan>');
  });

  test('a wide table can be scrolled and says so on a phone; a narrow one does not', () => {
    expect(renderHtml(explanation(mazur()))).toContain('The table has 13 columns: scroll it sideways.');
    expect(html).toContain('<div class="scroll wide" tabindex="0"');
    expect(html).not.toContain('scroll it sideways');
  });
});
