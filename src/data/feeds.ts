/**
 * Named feeds: a data set as a map from a name to the numbers of its rows. A training step takes some rows of every feed.
 * A row may have any shape, and its numbers are floating-point or integers, such as the ids of nodes.
 */

import { type Kind, kind, oneOf, record, recordOf } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import type { Where } from '../base/reference.ts';
import { type Shape, showShape, size } from '../base/shape.ts';
import { aShape } from '../base/tensor.ts';
import { count } from '../base/wording.ts';

/** The shape and the type of a feed's rows. */
export interface FeedSpec {
  /** The shape of one row: `[3]` for three numbers, `[]` for a single one. */
  readonly rowShape: Shape;
  readonly type: 'float64' | 'int32';
}

export interface Feed extends FeedSpec {
  /** The numbers of all rows, one row after the other: a Float64Array for float64, an Int32Array for int32. */
  readonly data: Float64Array | Int32Array;
}

export type Feeds = ReadonlyMap<string, Feed>;

/** Feeds of a caller, by name: each by its form. */
export const someFeeds: Kind = recordOf(
  record({
    rowShape: aShape,
    type: oneOf('float64', 'int32'),
    data: kind(
      'a Float64Array or an Int32Array',
      (data: unknown) => data instanceof Float64Array || data instanceof Int32Array,
    ),
  }),
);

/** The rows at the given positions, in that order, as a feed of their own. */
export function pickRows(feed: Feed, positions: ArrayLike<number>): Feed {
  const { data, rowShape } = feed;
  const width = size(rowShape);
  const length = positions.length * width;
  const out = feed.type === 'int32' ? new Int32Array(length) : new Float64Array(length);
  for (let r = 0; r < positions.length; r++) {
    out.set(data.subarray(positions[r] * width, (positions[r] + 1) * width), r * width);
  }
  return { ...feed, data: out };
}

/** `rows` consecutive rows from row `start`; they share the feed's memory. */
export function sliceRows(feed: Feed, start: number, rows: number): Feed {
  const width = size(feed.rowShape);
  return { ...feed, data: feed.data.subarray(start * width, (start + rows) * width) };
}

/**
 * Checks a feed against what the network reads under its name and against the number of rows. `where` is the path of
 * the feed, such as `data.feeds.ids`. Throws an InputError if the feed is missing or differs.
 */
export function checkFeed(feed: Feed | undefined, { rowShape, type }: FeedSpec, rows: number, where: Where): void {
  const array = type === 'int32' ? 'Int32Array' : 'Float64Array';
  const wanted = `{ rowShape: ${showShape(rowShape)}, type: '${type}', data: ${array} }`;
  const fix = `Pass ${wanted} with the numbers of ${count(rows, 'row')}.`;
  const refuse = (what: string) => fail({ what, where, fix });
  if (feed === undefined) {
    fail({ what: 'a layer reads this feed, and the data do not have it', where, fix });
  }
  if (feed.type !== type) refuse(`the feed is ${feed.type}, but the layer reads ${type}`);
  if (String(feed.rowShape) !== String(rowShape)) {
    refuse(`a row has shape ${showShape(feed.rowShape)}, but the layer reads rows of shape ${showShape(rowShape)}`);
  }
  if (Object.prototype.toString.call(feed.data) !== `[object ${array}]`) refuse(`the data are not of type ${array}`);
  const length = rows * size(rowShape);
  if (feed.data.length !== length) {
    refuse(`the feed has ${count(feed.data.length, 'number')}, but ${count(rows, 'row')} need ${length}`);
  }
}

/**
 * Checks the integers of a feed that a kernel reads as indices: from 0 up to, but not including, `limit`.
 * Throws an InputError that names the first row with another value, and the value.
 */
export function checkIndexFeed({ data, rowShape }: Feed, limit: number, where: Where): void {
  for (let i = 0; i < data.length; i++) {
    if (data[i] >= 0 && data[i] < limit) continue;
    fail({
      what: `row ${Math.floor(i / size(rowShape))} has the index ${data[i]}, which is outside 0 to ${limit - 1}`,
      where,
      fix: `Pass indices from 0 to ${limit - 1}, or give the layer a larger table.`,
    });
  }
}
