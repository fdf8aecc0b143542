/** A numeric column: one input, scaled. */
import { choice, fields, finite } from '../../../base/readers.ts';
import { presentNumbers, summarizeOwn } from '../../table/columns.ts';
import type { ColumnReading } from '../../table/reading.ts';
import { columnFields } from '../column-fields.ts';
import { affine, readScaling, type Scaling, scalingOf } from '../scaling.ts';
import type { FeatureKind, FeatureLearner } from './kind.ts';

/** One input. */
export interface NumberFeature {
  readonly kind: 'number';
  readonly name: string;
  readonly reading?: ColumnReading;
  readonly scaling: Scaling;
  /** Replaces a missing cell, in the column's units. */
  readonly fill: number;
}

/** `(x − 3.5) / 2`. */
export function scalingText(scaling: Scaling, number: (value: number) => string): string {
  const [offset, divisor] = affine(scaling);
  return `(x ${offset < 0 ? '+' : '−'} ${number(Math.abs(offset))}) / ${number(divisor)}`;
}

export const numberFeature: FeatureKind<NumberFeature> = {
  name: 'number',
  read: fields({ kind: choice(['number']), ...columnFields, scaling: readScaling, fill: finite }),
  transform: ({ scaling, fill }) => ({ cell: 'number', fill, scaling, periods: [] }),
  inputNames: ({ name }) => [name],
};

export const numberLearner: FeatureLearner<NumberFeature> = {
  kind: numberFeature,
  takes: ['number'],
  // the median, because one outlier moves a mean as far as it likes
  fillRule: 'median',
  fit({ column, rows, scale }) {
    const summary = summarizeOwn(presentNumbers(column, rows));
    return { kind: 'number', name: column.name, scaling: scalingOf(summary, scale), fill: summary.median };
  },
  preview: () => 'a number',
  describe: ({ scaling }, number) =>
    scaling === 'none' ? 'a number, not scaled' : `a number: ${scalingText(scaling, number)}`,
};
