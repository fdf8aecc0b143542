/** The notes on how rows were split, scaled and filled. */

import { count, firstOf, quote } from '../../base/wording.ts';
import type { ChosenFeature } from '../encode/choose-features.ts';
import { parseDate, showDate } from '../encode/dates.ts';
import { type Encoding, transformOf } from '../encode/encoding.ts';
import { learnerOf } from '../encode/features/learner.ts';
import type { Scale } from '../encode/scaling.ts';
import { showFill } from '../encode/transform.ts';
import type { Split } from '../split/split.ts';
import { cellsOf, parseNumber, profile } from '../table/columns.ts';
import { marksNote } from '../table/missing-marks.ts';
import { countWhere } from '../table/rows.ts';
import type { Column } from '../table/table.ts';

/** `241 rows for training, 69 for validation, 34 for test, stratified by class.` */
export function splitNote({ train, validation, test }: Split, isStratified: boolean): string {
  if (validation === undefined && test === undefined) return `All ${count(train.length, 'row')} are used for training.`;
  const sizes = [
    `${count(train.length, 'row')} for training`,
    validation && `${validation.length} for validation`,
    test && `${test.length} for test`,
  ];
  return `${sizes.filter(Boolean).join(', ')}${isStratified ? ', stratified by class' : ''}.`;
}

/** Notes on missing values that are filled: how many, the texts that marked them, and the fill. */
export function missingNotes(
  features: readonly ChosenFeature[],
  encoding: Encoding,
  rows: ArrayLike<number>,
): string[] {
  const notes = features.flatMap(({ column, profile: { missing } }, i) => {
    const { name, marks } = column;
    const cells = cellsOf(column);
    const found = missing === 0 ? 0 : countWhere(rows, (row) => !cells.has(row));
    if (found === 0) return [];
    const shown = marks.filter((mark) => mark !== '').map((mark) => `"${mark}"`);
    const marked = shown.length > 0 ? ` (${shown.join(', ')})` : '';
    const feature = encoding.features[i];
    const transform = transformOf(feature);
    const words = transform.cell === 'category' ? marksNote(column) : '';
    return [
      `"${name}": ${count(found, 'missing value')}${marked} filled with ${showFill(transform)}, the ${learnerOf(feature).fillRule} of the training split.${words}`,
    ];
  });
  return firstOf(notes);
}

/** Notes on columns whose numbers or dates are written in another way than 1234.5 and 2026-11-27. */
export function spellingNotes(features: readonly ChosenFeature[], targets: readonly Column[]): string[] {
  const columns = [
    ...features.filter(({ kind }) => kind.option === undefined).map(({ column }) => column),
    ...targets.filter((column) => ['number', 'date'].includes(profile(column).kind)),
  ];
  const notes = columns.flatMap((column) => {
    const { spelling } = profile(column);
    if (spelling === undefined) return [];
    const cells = cellsOf(column);
    const isPlain = (cell: string) => parseNumber(cell) !== undefined || parseDate(cell) !== undefined;
    for (let row = 0; ; row++) {
      const cell = cells.text(row);
      if (cell === undefined || (isPlain(cell) && row + 1 < profile(column).present)) continue;
      const value = spelling.dates === undefined ? String(cells.number(row)) : showDate(cells.date(row));
      return [`"${column.name}": ${quote(cell)} is read as ${value}, and the other cells alike.`];
    }
  });
  return firstOf(notes);
}

export const scaleNotes: Readonly<Record<Scale, string>> = {
  standard: 'Numeric columns are standardized: (x - mean)/std, with the mean and std of the training split.',
  minMax: 'Numeric features are scaled to [0, 1]: (x - min)/(max - min), with the range of the training split.',
  none: 'Numeric columns are not scaled.',
};
