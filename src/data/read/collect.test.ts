import { describe, expect, test } from 'vitest';
import { collectRows } from '../inline/collect-rows.ts';
import { collectTable, type Row } from './collect-table.ts';
import { readTable } from './read.ts';

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
const complaint = async (call: () => Promise<unknown>) => {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

describe('a table', () => {
  const rows: Row[] = Array.from({ length: 3000 }, (_, r) => ({
    x: r / 3,
    ...(r % 5 > 0 && { c: `t${r % 4}` }),
    ok: r % 2 === 0,
  }));

  test('of rows, one by one or several at a time, equals that of their list', async () => {
    const wanted = readTable(rows);
    for (const source of [each(rows), each([rows.slice(0, 1500), rows.slice(1500)])]) {
      const table = await collectTable(source);
      expect(table.rows).toBe(3000);
      expect(table.columns.map(({ name, values }) => [name, values])).toEqual(
        wanted.columns.map(({ name, values }) => [name, values]),
      );
    }
  });

  test('of the bytes of a file', async () => {
    const table = await collectTable(each([new TextEncoder().encode('x,y\n1,2\n'), new TextEncoder().encode('3,4\n')]));
    expect(table.columns[1].values).toEqual(['2', '4']);
  });

  test('an error names its row', async () => {
    expect(await complaint(() => collectTable(each([{ x: 1 }, { x: [] as never }])))).toMatchInlineSnapshot(`
      "data: no column can be used. "x": its cell in data[1] is a list.
        Split lists and structures into columns of numbers and texts."
    `);
    expect(await complaint(() => collectTable(each([{ x: 1 }, 7 as never]), { name: 'rows' }))).toMatchInlineSnapshot(`
      "rows[1]: the row is not an object.
        Yield each row as { "column": value }."
    `);
    expect(await complaint(() => collectTable(each([])))).toMatchInlineSnapshot(`
      "data: the table is empty.
        Pass at least one row and one column."
    `);
    expect(await complaint(() => collectTable(each([{}, {}])))).toMatch('data: the table is empty.');
  });

  test('an error of the source itself is passed on', async () => {
    async function* broken() {
      yield { x: 1 };
      throw new Error('the connection is lost');
    }
    expect(await complaint(() => collectTable(broken()))).toBe('the connection is lost');
  });
});

describe('rows of numbers', () => {
  const batches = Array.from({ length: 50 }, (_, b) => ({
    inputs: Array.from({ length: 200 }, (__, r) => [b, r, b * r]),
    targets: Array.from({ length: 200 }, (__, r) => [b - r]),
  }));

  test('can be read in any order, to any position', async () => {
    const { stream, inputs } = await collectRows(each(batches), { targets: 'any' });
    expect(stream!.rows).toBe(10_000);
    expect(inputs.shape).toEqual([4096, 3]);
    const positions = [0, 199, 200, 5_432, 9_999];
    const [x, t] = [new Float64Array(15), new Float64Array(5)];
    stream!.read(positions, x, t, [4, 3, 2, 1, 0]);
    positions.forEach((position, i) => {
      const [b, r] = [Math.floor(position / 200), position % 200];
      expect([...x.slice((4 - i) * 3, (5 - i) * 3)]).toEqual([b, r, b * r]);
      expect(t[4 - i]).toBe(b - r);
    });
  });

  test('a batch may have only weights of 0 if another does not', async () => {
    const weigh = (weight: number) => ({ inputs: [[1], [2]], targets: [[1], [2]], weights: [weight, 0] });
    const { weights } = await collectRows(each([weigh(0), weigh(3)]), { targets: 'any' });
    expect([...weights!.data]).toEqual([0, 0, 3, 0]);
    expect(await complaint(() => collectRows(each([weigh(0), weigh(0)]), { targets: 'any' }))).toMatchInlineSnapshot(`
      "data.weights: all weights are 0.
        Give at least one row a weight above 0."
    `);
  });

  test('are kept in memory if they are few', async () => {
    const { stream, inputs } = await collectRows(each(batches.slice(0, 2)), { targets: 'any' });
    expect([stream, inputs.shape]).toEqual([undefined, [400, 3]]);
  });

  test('that do not match are reported with their batch', async () => {
    const bad = { inputs: [[1, 2, Number.NaN]], targets: [[1]] };
    expect(await complaint(() => collectRows(each([batches[0], bad]), { targets: 'any' }))).toMatchInlineSnapshot(`
      "data batch 1.inputs[0][2]: NaN is not a finite number.
        Replace it with a number, or leave the row out."
    `);
    const narrow = { inputs: [[1, 2]], targets: [[1]] };
    expect(await complaint(() => collectRows(each([batches[0], narrow]), { targets: 'any' }))).toMatchInlineSnapshot(`
      "data batch 1: rows of 2 numbers and 1 target, but those before have 3 and 1.
        Give every row the same columns."
    `);
    expect(await complaint(() => collectRows(each([]), { targets: 'any' }))).toMatchInlineSnapshot(`
      "data: the source has no rows.
        Yield at least one batch: { inputs, targets }."
    `);
  });
});
