import { describe, expect, test } from 'vitest';
import { InputError } from '../base/errors.ts';
import { dense } from '../net/layers/dense.ts';
import { mse } from '../net/losses.ts';
import { network } from '../net/network.ts';
import { sgd } from '../net/optimizers.ts';
import { History, type HistoryRow, historyCsv, historyLimit, parseHistory } from './history.ts';
import { train } from './train.ts';

const rowOf = (epoch: number, more: Partial<HistoryRow> = {}): HistoryRow => ({
  epoch,
  step: 3 * epoch,
  loss: 1 / epoch,
  learningRate: 0.1,
  gradientNorm: 1 / 3,
  seconds: epoch / 1000,
  ...more,
});

/** The epochs that a history of so many holds. */
function epochsAfter(count: number): number[] {
  const history = new History();
  let last = rowOf(1);
  for (let epoch = 1; epoch <= count; epoch++) {
    last = rowOf(epoch);
    history.add(last);
  }
  history.finish(last);
  return history.rows.map(({ epoch }) => epoch);
}

describe('thinning', () => {
  test('up to 10,000 epochs there is a row for each', () => {
    expect(historyLimit).toBe(10_000);
    expect(epochsAfter(1)).toEqual([1]);
    expect(epochsAfter(2)).toEqual([1, 2]);
    expect(epochsAfter(10_000)).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
  });

  test.each([10_001, 10_002, 15_000, 19_999, 20_000, 20_001, 40_000, 65_537, 123_456])(
    'of %i epochs at most 10,000 rows are left, evenly spaced, the first and the last among them',
    (count) => {
      const epochs = epochsAfter(count);
      expect(epochs.length).toBeLessThanOrEqual(10_000);
      // as many rows as possible: every second row of a full history is dropped at once
      expect(epochs.length).toBeGreaterThanOrEqual(5_000);
      expect(epochs[0]).toBe(1);
      expect(epochs.at(-1)).toBe(count);
      const gaps = epochs.slice(1).map((epoch, i) => epoch - epochs[i]);
      const [stride] = gaps;
      expect(stride).toBe(2 ** Math.ceil(Math.log2(count / 10_000)));
      // all equal, except for the one before the last row
      expect(gaps.slice(0, -1).every((gap) => gap === stride)).toBe(true);
      expect(gaps.at(-1)).toBeGreaterThan(0);
      expect(gaps.at(-1)).toBeLessThanOrEqual(2 * stride);
    },
  );

  test('a history without epochs has no rows', () => {
    expect(new History().rows).toEqual([]);
  });
});

describe('history.csv', () => {
  test('has the columns of the contract, then those of the metrics; missing values are empty', () => {
    const rows = [
      rowOf(1, { validationLoss: 0.5, metrics: { accuracy: 0.25, macroF1: 0.2 } }),
      rowOf(2, { loss: Number.NaN, validationLoss: Number.POSITIVE_INFINITY, gradientNorm: 1e-300 }),
    ];
    expect(historyCsv(rows)).toBe(
      [
        'epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds,validationAccuracy,validationMacroF1',
        '1,3,1,0.5,0.1,0.3333333333333333,0.001,0.25,0.2',
        '2,6,,,0.1,1e-300,0.002,,',
        '',
      ].join('\n'),
    );
  });

  test('the validation column is empty without validation rows; without epochs there is only a header', () => {
    expect(historyCsv([rowOf(1)])).toBe(
      'epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds\n1,3,1,,0.1,0.3333333333333333,0.001\n',
    );
    expect(historyCsv([])).toBe('epoch,step,loss,validationLoss,learningRate,gradientNorm,seconds\n');
  });

  test('is read back with the same bits', async () => {
    const validation = { inputs: [[3]], targets: [[5]] };
    const data = { inputs: [[0], [1], [2]], targets: [[1], [3], [4.5]], validation };
    const training = { loss: mse, optimizer: sgd({ learningRate: 0.05 }), stop: { epochs: 12 } };
    const { history } = await train(network([dense(1)]), data, training);
    // of one row, R² is not a number: it is written as an empty cell, and read as NaN
    expect(history[0].metrics!.r2).toBeNaN();
    expect(parseHistory(historyCsv(history), 'history.csv')).toEqual(history);
    const { history: plain } = await train(network([dense(1)]), { inputs: [[1]], targets: [[1]] }, training);
    const again = parseHistory(historyCsv(plain), 'history.csv');
    expect(again).toEqual(plain.map(({ metrics, validationLoss, ...row }) => row));
    expect(historyCsv(again)).toBe(historyCsv(plain));
  });

  test('a loss that was not finite is read back as NaN', () => {
    const rows = [rowOf(1), rowOf(2, { loss: Number.POSITIVE_INFINITY })];
    expect(parseHistory(historyCsv(rows), 'history.csv')).toEqual([rows[0], { ...rows[1], loss: Number.NaN }]);
    expect(parseHistory(historyCsv([]), 'history.csv')).toEqual([]);
  });

  test('another table or a changed file is refused', () => {
    const complaint = (text: string) => {
      try {
        parseHistory(text, 'runs/a/history.csv');
      } catch (error) {
        if (error instanceof InputError) return error.message;
        throw error;
      }
      return 'no complaint';
    };
    const good = historyCsv([rowOf(1), rowOf(2)]);
    const messages = [
      '',
      'species,island\nAdelie,Dream\n',
      good.replace('gradientNorm', 'norm'),
      good.replace('0.5', 'half'),
    ];
    expect(messages.map(complaint).join('\n')).toMatchInlineSnapshot(`
      "runs/a/history.csv: there is no column "epoch".
        Use the history.csv that a run wrote.
      runs/a/history.csv: there is no column "epoch".
        Use the history.csv that a run wrote.
      runs/a/history.csv: there is no column "gradientNorm".
        Use the history.csv that a run wrote.
      runs/a/history.csv line 3: "half" is not a number.
        Use the file as a run wrote it."
    `);
  });
});
