/** A column of dates: days since 1970-01-01, scaled, and the position in the year, the week and the day. */
import { choice, distinctTexts, fields, finite, type Reader } from '../../../base/readers.ts';
import { presentNumbers, summarize } from '../../table/columns.ts';
import type { ColumnReading } from '../../table/reading.ts';
import { columnFields } from '../column-fields.ts';
import { type Cycle, cycles, cyclesIn } from '../dates.ts';
import { readScaling, type Scaling, scalingOf } from '../scaling.ts';
import type { FeatureKind, FeatureLearner } from './kind.ts';
import { scalingText } from './number.ts';

/** Days since 1970-01-01, then sine and cosine of the phase in each cycle. */
export interface DateFeature {
  readonly kind: 'date';
  readonly name: string;
  readonly reading?: ColumnReading;
  /** Of the days. */
  readonly scaling: Scaling;
  /** Those in which the training dates differ. */
  readonly cycles: readonly Cycle[];
  /** Replaces a missing cell, in days. */
  readonly fill: number;
}

const readCycles: Reader<readonly Cycle[]> = (value, path) =>
  distinctTexts()(value, path).map((name, i) => choice(Object.keys(cycles) as Cycle[])(name, [...path, i]));

export const dateFeature: FeatureKind<DateFeature> = {
  name: 'date',
  read: fields({
    kind: choice(['date']),
    ...columnFields,
    scaling: readScaling,
    cycles: readCycles,
    fill: finite,
  }),
  transform: ({ scaling, cycles: found, fill }) => ({
    cell: 'date',
    fill,
    scaling,
    periods: found.map((cycle) => cycles[cycle]),
  }),
  inputNames: ({ name, cycles }) => [
    name,
    ...cycles.flatMap((cycle) => [`${name} ${cycle} sin`, `${name} ${cycle} cos`]),
  ],
};

export const dateLearner: FeatureLearner<DateFeature> = {
  kind: dateFeature,
  takes: ['date'],
  fillRule: 'median',
  fit({ column, rows, scale }) {
    const days = presentNumbers(column, rows, 'date');
    const summary = summarize(days);
    const { name } = column;
    return { kind: 'date', name, scaling: scalingOf(summary, scale), cycles: cyclesIn(days), fill: summary.median };
  },
  preview(column) {
    const found = cyclesIn(presentNumbers(column, undefined, 'date'));
    return ['a date: days since 1970', ...found.map((cycle) => `time of ${cycle}`)].join(', ');
  },
  describe: ({ scaling, cycles }, number) =>
    [
      `days since 1970: ${scalingText(scaling, number)}`,
      ...cycles.map((cycle) => `sine and cosine of the ${cycle}`),
    ].join(', '),
};
