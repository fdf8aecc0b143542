import { describe, expect, test } from 'vitest';
import { checkFeed, checkIndexFeed, type Feed, pickRows, sliceRows } from './feeds.ts';

const ids: Feed = { rowShape: [], type: 'int32', data: Int32Array.of(4, 0, 2) };
const pairs: Feed = { rowShape: [2], type: 'float64', data: Float64Array.of(1, 2, 3, 4, 5, 6) };

describe('rows of a feed', () => {
  test('pickRows copies the rows at the given positions and keeps the type', () => {
    expect(pickRows(ids, [2, 0])).toEqual({ ...ids, data: Int32Array.of(2, 4) });
    expect(pickRows(pairs, [2, 0])).toEqual({ ...pairs, data: Float64Array.of(5, 6, 1, 2) });
    expect(pickRows(pairs, [])).toEqual({ ...pairs, data: new Float64Array(0) });
  });

  test('sliceRows shares the memory of the feed', () => {
    const slice = sliceRows(pairs, 1, 2);
    expect([...slice.data]).toEqual([3, 4, 5, 6]);
    expect(slice.data.buffer).toBe(pairs.data.buffer);
  });
});

describe('a feed that does not fit is refused with the place and the fix', () => {
  const spec = { rowShape: [], type: 'int32' } as const;

  test.each([
    [undefined, 'a layer reads this feed, and the data do not have it'],
    [pairs, 'the feed is float64, but the layer reads int32'],
    [{ ...ids, rowShape: [1] }, 'a row has shape [1], but the layer reads rows of shape []'],
    [{ ...ids, data: Float64Array.of(4, 0, 2) }, 'the data are not of type Int32Array'],
    [{ ...ids, data: Int32Array.of(4) }, 'the feed has 1 number, but 3 rows need 3'],
  ] as const)('feed %#', (feed, what) => {
    expect(() => checkFeed(feed, spec, 3, 'data.feeds.ids')).toThrow(`data.feeds.ids: ${what}`);
  });

  test('the fix shows a feed that fits', () => {
    expect(() => checkFeed(undefined, spec, 3, 'data.feeds.ids')).toThrowErrorMatchingInlineSnapshot(`
      [InputError: data.feeds.ids: a layer reads this feed, and the data do not have it.
        Pass { rowShape: [], type: 'int32', data: Int32Array } with the numbers of 3 rows.]
    `);
  });

  test('an index outside the table: the message names the row and the value', () => {
    expect(() => checkIndexFeed(ids, 5, 'data.feeds.ids')).not.toThrow();
    expect(() => checkIndexFeed(ids, 4, 'data.feeds.ids')).toThrowErrorMatchingInlineSnapshot(`
      [InputError: data.feeds.ids: row 0 has the index 4, which is outside 0 to 3.
        Pass indices from 0 to 3, or give the layer a larger table.]
    `);
    const two: Feed = { rowShape: [2], type: 'int32', data: Int32Array.of(0, 1, 1, -1) };
    expect(() => checkIndexFeed(two, 2, 'data.feeds.ids')).toThrow('row 1 has the index -1, which is outside 0 to 1');
  });
});
