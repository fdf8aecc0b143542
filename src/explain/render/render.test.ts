import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { hostileNames } from '../../../test/hostile.ts';
import { runs, sampled } from '../../../test/runs.ts';
import { printable, printableLine } from '../../base/printable.ts';
import { explanation } from '../explanation.ts';
import { classes, page, randomProblem } from '../fixtures.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderLatex } from './latex.ts';
import { renderTerminal } from './terminal.ts';

const explained = explanation(page());
const larger = explanation(classes());

describe('the page as HTML', () => {
  const pages = [
    ['the worked example', explained],
    ['classes', larger],
  ] as const;
  test.each(sampled(pages, 2))('%s: it fetches nothing, and contains every quantity', (_name, each) => {
    const html = renderHtml(each);
    expect(html).not.toMatch(/<(script|link|img|iframe|object)\b|@import|url\(|\b(src|srcset)=/i);
    // URLs of namespaces are names, not fetched
    const addresses = [...html.matchAll(/https?:\/\/[^"'\s<)]+/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
    const { document } = parseHTML(html);
    const shown = [...document.querySelectorAll('[data-quantity]')].map(
      (line) => `${line.getAttribute('data-quantity')} ${line.getAttribute('data-after')}`,
    );
    expect(shown).toEqual(each.lines.map(({ quantity, after }) => `${quantity} ${after}`));
    expect(document.querySelectorAll('math').length).toBeGreaterThan(each.lines.length);
    expect(document.querySelectorAll('svg').length).toBeGreaterThan(2);
  });

  test('a blank worksheet has a space for each result', () => {
    const html = renderHtml(explained, { blank: true });
    for (const result of ['0.907207', '0.048856', '0.770369', '<mn>2.4</mn>', '0.0592621', '0.16·x1'])
      expect(html).not.toContain(result);
    for (const given of ['0.15', '0.64']) expect(html).toContain(given);
    expect(html.match(/class="fill"/g)).toHaveLength(explained.lines.length);
  });
});

describe('in the terminal', () => {
  test('the worked example', () => {
    const text = renderTerminal(explained, { width: 90 });
    expect(text.slice(0, text.indexOf('Forward pass, sample 3'))).toMatchInlineSnapshot(`
      "Step 1 of training, number by number
        Network: 3 inputs, dense 2 linear, dense 1 sigmoid
        Loss: halfMse
        Optimizer: sgd (learningRate 0.5)
        Gradient: exact; updates simultaneous
        Step 1: epoch 1, all 3 samples

      Observations
        • Layer 1 is linear, so layers 1 and 2 together can compute no more than one layer
          could: the whole network is one sigmoid of the inputs: y = sigmoid(0.16·x1 + 0.54·x2 +
          0.34·x3). Only the way it learns differs.

      Weights before the step
        v11 = 0.15   v12 = 0.2   v21 = 0.6   v22 = 0.3   v31 = 0.3   v32 = 0.5
        w1 = 0.8   w2 = 0.2

      Forward pass as a table
        ┌────────┬────┬────┬────┬──────┬─────┬──────┬──────────┬──────┐
        │ sample │ x1 │ x2 │ x3 │   h1 │  h2 │    s │        y │    t │
        ├────────┼────┼────┼────┼──────┼─────┼──────┼──────────┼──────┤
        │      1 │  2 │  3 │  1 │  2.4 │ 1.8 │ 2.28 │ 0.907207 │ 0.64 │
        │      2 │  1 │  0 │  2 │ 0.75 │ 1.2 │ 0.84 │ 0.698465 │ 0.52 │
        │      3 │  3 │  1 │  1 │ 1.35 │ 1.4 │ 1.36 │  0.79576 │ 0.36 │
        └────────┴────┴────┴────┴──────┴─────┴──────┴──────────┴──────┘

      Forward pass, sample 1
        h1 = x1·v11 + x2·v21 + x3·v31 = 2·0.15 + 3·0.6 + 1·0.3 = 2.4
        h2 = x1·v12 + x2·v22 + x3·v32 = 2·0.2 + 3·0.3 + 1·0.5 = 1.8
        s = h1·w1 + h2·w2 = 2.4·0.8 + 1.8·0.2 = 2.28
        y = 1/(1 + e^(−s)) = 1/(1 + e^(−2.28)) = 0.907207

      Forward pass, sample 2
        h1 = x1·v11 + x2·v21 + x3·v31 = 1·0.15 + 0·0.6 + 2·0.3 = 0.75
        h2 = x1·v12 + x2·v22 + x3·v32 = 1·0.2 + 0·0.3 + 2·0.5 = 1.2
        s = h1·w1 + h2·w2 = 0.75·0.8 + 1.2·0.2 = 0.84
        y = 1/(1 + e^(−s)) = 1/(1 + e^(−0.84)) = 0.698465

      "
    `);
    for (const line of text.split('\n')) expect([...line.replace(/\p{M}/gu, '')].length).toBeLessThanOrEqual(90);
  });

  test('a blank worksheet has no results', () => {
    const text = renderTerminal(explained, { blank: true });
    for (const result of ['0.907207', '0.048856', '0.770369', '= 2.4']) expect(text).not.toContain(result);
    expect(text).toContain('h1 = x1·v11 + x2·v21 + x3·v31 = ………');
  });
});

test('JSON is the list of lines, or a blank worksheet with its experiment', () => {
  expect(JSON.parse(renderJson(explained))).toEqual(explained.lines);
  const sheet = JSON.parse(renderJson(explained, { blank: true, experiment: { seed: 1 } }));
  expect(Object.keys(sheet)).toEqual(['experiment', 'printed']);
  expect(sheet.printed[0]).toEqual({ quantity: 'layers.0.sum[0][0]', value: '' });
});

test('numbers that are not finite are null in JSON', () => {
  const wild = explanation(page({ optimizer: { name: 'sgd', learningRate: 1e200 } }), { step: 3 });
  expect(renderJson(wild).includes('"value": null')).toBe(true);
  expect(renderHtml(wild).includes('∞')).toBe(true);
});

test('LaTeX has only ASCII and accented letters, for any symbols', () => {
  const named = { ...page(), symbols: { 'layers.0.output': 'ŷ', 'layers.1.weight': '重', target: 'τ_1' } };
  const tex = renderLatex(explanation(named));
  expect(tex).toMatch(/^[\n\x20-\x7e\u00c0-\u017f]*$/);
  expect(tex).toContain('\\hat{y}_{1}');
  expect(tex).toContain('\\tau_{1}');
});

describe('malicious symbols and names', () => {
  const named = (name: string, other: string) => ({
    ...page(),
    symbols: {
      'layers.0.weight': name,
      'layers.0.output': other,
      target: `${other}_${name}`,
      loss: `√(${other})`,
      'layers.1.sum': `${name}/${other}`,
    },
    inputNames: [name, other, name + other],
    outputNames: [other],
  });

  /** Elements and attributes of the page that could run code, fetch or link. */
  function reachesOut(html: string): string[] {
    const { document } = parseHTML(html);
    return [...document.querySelectorAll('*')].flatMap((element) => {
      const tag = element.tagName.toLowerCase();
      if (/^(script|img|iframe|object|embed|link|base|form|input|foreignobject|image|use|video|audio)$/.test(tag))
        return [tag];
      return [...element.attributes].flatMap(({ name, value }) =>
        /^on|^(src|srcset|action|data|xlink:href)$/.test(name) || (name === 'href' && !/^#[\w-]+$/.test(value))
          ? [`${tag} ${name}`]
          : [],
      );
    });
  }

  test.each(sampled([...hostileNames.entries()], 12))('are plain text on the page, %i', (_i, name) => {
    const problem = named(name, 'y');
    const html = renderHtml(explanation(problem));
    expect(reachesOut(html)).toEqual([]);
    const { document } = parseHTML(html);
    expect(document.querySelector('.setting').textContent).toContain(`is ${printable(name)}`);
  });

  test('are printed by a terminal without effect', () => {
    for (const name of sampled(hostileNames, 3, 2)) {
      const text = renderTerminal(explanation(named(name, 'y')));
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      expect(text).toContain(printableLine(name.slice(0, 20)).slice(0, 20));
    }
  });

  test('of any characters: every formula is typeset, and none contains a TeX command', () => {
    const piece = fc.constantFrom(
      ...'\\{}$&#^_~%√/()∞²̂̃ĸ重α2ab \n\u0000\ud800\u202e\'"<>'.split(''),
      '\\input',
      '^^5c',
      'ln ',
      '\\href{x}{y}',
    );
    const any = fc.oneof(
      piece,
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('\u0301\u0302', '\u20d7', '◌'),
    );
    const symbol = fc.array(any, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(symbol, symbol, (name, other) => {
        const each = explanation(named(name, other));
        const html = renderHtml(each);
        expect(reachesOut(html)).toEqual([]);
        expect(html).not.toContain('untypeset');
        expect(renderLatex(each)).not.toMatch(/\\(input|href)(?![a-z])|\^\^/);
      }),
      { seed: 3, numRuns: runs(1, 25) },
    );
  });
});

test('every random network renders in every format', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { problem, step } = randomProblem(seed);
      const each = explanation(problem, { step });
      for (const blank of [false, true]) {
        for (const text of [
          renderHtml(each, { blank }),
          renderLatex(each, { blank }),
          renderTerminal(each, { blank }),
        ]) {
          if (/undefined|\[object|untypeset/.test(text))
            throw new Error(`seed ${seed}: ${/.{60}(undefined|\[object).{60}/.exec(text)?.[0]}`);
        }
      }
    }),
    { seed: 1, numRuns: runs(2, 60) },
  );
});
