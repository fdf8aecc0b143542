import { describe, expect, test } from 'vitest';
import { explanation } from '../explain/explanation.ts';
import { renderJson } from '../explain/render/json.ts';
import { experiment } from '../net/setup.ts';
import { open, type Printed, page } from './fixtures.ts';
import { audit } from './index.ts';

describe('a worksheet', () => {
  test.each(['textbook-3-2-1', 'mazur-2-2-2', 'sklearn-3-2-1'])(
    '%s: filled in with the computed numbers, it agrees',
    (name) => {
      const { setup } = open(name);
      const shown = explanation(setup);
      const { experiment: json, printed } = JSON.parse(renderJson(shown, { blank: true, experiment: setup.json })) as {
        experiment: unknown;
        printed: Printed;
      };
      expect(printed.length).toBeGreaterThan(20);
      expect(audit(setup, printed).rows).toEqual([]);
      const values = new Map(shown.lines.map(({ quantity, after, value }) => [`${quantity} ${after}`, value]));
      const filled = printed.map((row) => ({
        ...row,
        value: values.get(`${row.quantity} ${row.after ?? 0}`)!.toPrecision(6),
      }));
      const again = experiment({ experiment: json, printed: filled });
      const { rows, ok } = audit(again, again.worked!.printed);
      expect(rows).toHaveLength(printed.length);
      expect(rows.filter(({ status }) => status !== 'agrees')).toEqual([]);
      expect(ok).toBe(true);
    },
  );

  test('blank rows are left out of the audit', () => {
    const { rows } = audit(page.setup, [
      { quantity: 'loss', value: '' },
      { quantity: 'layers.1.output[0][0]', value: '0.907' },
    ]);
    expect(rows.map(({ quantity }) => quantity)).toEqual(['layers.1.output[0][0]']);
  });
});

describe('bad input', () => {
  const message = (printed: Printed) => {
    try {
      audit(page.setup, printed);
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  };

  test('an invalid quantity', () => {
    expect(message([{ quantity: 'weight[0]', value: '1' }])).toMatchInlineSnapshot(`
      "printed[0].quantity: "weight[0]" is not the address of a number.
        Write loss, loss[s][k], target[s][k], layers.N.input|sum|output[s][k], layers.N.weight[i][j] or layers.N.bias[j], or gradient(…) or factor(…, …) of them; s may be mean."
    `);
  });

  test('an index out of range', () => {
    expect(
      message([
        { quantity: 'loss', value: '1' },
        { quantity: 'layers.0.weight[3][0]', value: '1' },
      ]),
    ).toMatchInlineSnapshot(`
      "printed[1].quantity: layers.0.weight[3][0] is not in layers.0.weight, which is [3, 2].
        Indices count from 0."
    `);
  });

  test('a missing layer', () => {
    expect(message([{ quantity: 'layers.2.output[0][0]', value: '1' }])).toMatchInlineSnapshot(`
      "printed[0].quantity: there is no layers.2.output.
        The network has layers.0 to layers.1."
    `);
  });

  test('a value that is not a number', () => {
    expect(message([{ quantity: 'loss', value: '0,234' }])).toMatchInlineSnapshot(`
      "printed[0].value: "0,234" is not a number.
        Write the digits as printed: "0.234" or "1.5e-7"."
    `);
  });

  test('a negative or fractional number of updates', () => {
    expect(message([{ quantity: 'loss', value: '0.234', after: -1 }])).toMatchInlineSnapshot(`
      "printed[0].after: -1 is not a number of updates.
        Give an integer from 0."
    `);
    expect(message([{ quantity: 'loss', value: '0.234', after: 1.5 }])).toMatchInlineSnapshot(`
      "printed[0].after: 1.5 is not a number of updates.
        Give an integer from 0."
    `);
  });
});

test('a quantity that a layer declares is audited like any other', () => {
  const setup = experiment({
    network: { layers: [{ dense: 2, activation: 'tanh' }, { layerNorm: true }, { dense: 1 }] },
    data: { inputs: [[0.5], [-1]], targets: [[1], [0]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1 } },
  });
  const of = ['layers.1.rowMean[1]', 'layers.1.normalized[0][1]', 'gradient(layers.1.rowVariance[0])'];
  const before = explanation(setup).lines.filter(({ after }) => after === 0);
  const lines = new Map(before.map(({ quantity, value }) => [quantity, value]));
  const printed = of.map((quantity) => ({ quantity, value: lines.get(quantity)!.toPrecision(6) }));
  expect(audit(setup, printed).rows.map(({ status }) => status)).toEqual(['agrees', 'agrees', 'agrees']);
});
