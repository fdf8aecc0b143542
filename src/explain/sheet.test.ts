import { expect, test } from 'vitest';
import { explain } from './explanation.ts';
import { mazur, page } from './fixtures.ts';
import { parseQuantity } from './quantity.ts';
import { blankSheet } from './sheet.ts';
import { trace } from './trace.ts';

test.each([
  ['the page', page()],
  ['the textbook example by averaged factors', page({ gradient: 'averagedFactors' })],
  ['Mazur', mazur()],
])("%s: every quantity of the worksheet is the address of its line's number", (_name, problem) => {
  const lines = explain(problem);
  const { quantities, tape } = trace(problem);
  const sheet = blankSheet(lines);
  expect(sheet.length).toBe(lines.length);
  for (const { quantity, value, after = 0 } of sheet) {
    expect(value).toBe('');
    if (after > 0) continue;
    const { node, index } = quantities.find(parseQuantity(quantity));
    const line = lines.find((each) => each.quantity === quantity && each.after === after);
    expect(tape.at(node, index).value).toBeCloseTo(line!.value, 14);
  }
});

test('the worksheet has the form of a worked example', () => {
  expect(blankSheet(explain(page())).filter((_, i) => i % 12 === 0)).toMatchInlineSnapshot(`
    [
      {
        "quantity": "layers.0.sum[0][0]",
        "value": "",
      },
      {
        "quantity": "loss[0][0]",
        "value": "",
      },
      {
        "quantity": "gradient(layers.1.sum[2][0])",
        "value": "",
      },
      {
        "quantity": "gradient(layers.0.weight[1][1])",
        "value": "",
      },
      {
        "after": 1,
        "quantity": "layers.0.sum[0][1]",
        "value": "",
      },
      {
        "after": 1,
        "quantity": "loss[1][0]",
        "value": "",
      },
    ]
  `);
});

test('lines without an address are left out', () => {
  const sheet = blankSheet(explain(page({ optimizer: { name: 'adam' }, clipNorm: 1, l2: 0.1 })));
  expect(sheet.filter(({ quantity }) => /optimizer|clipped|penalty|Norm/.test(quantity))).toEqual([]);
});
