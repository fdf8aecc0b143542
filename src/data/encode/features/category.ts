/** A column of categories: one-hot, an input for each category. */
import { choice, distinctTexts, fields, type Reader, refuse, text } from '../../../base/readers.ts';
import { show } from '../../../base/show.ts';
import {
  type CellKind,
  categoriesAs,
  countValues,
  mostFrequent,
  type Profile,
  presentCells,
  sortCategories,
} from '../../table/columns.ts';
import type { ColumnReading } from '../../table/reading.ts';
import type { Column } from '../../table/table.ts';
import { cellKind, columnFields } from '../column-fields.ts';
import { checkCategories, checkCountable, nanWarnings } from '../stored.ts';
import type { FeatureKind, FeatureLearner, TrainingColumn } from './kind.ts';

/** The categories of a column, however they are coded. */
export interface Categories {
  readonly name: string;
  readonly reading?: ColumnReading;
  readonly of: CellKind;
  /** Sorted, in canonical form. */
  readonly values: readonly string[];
  /** Replaces a missing cell. */
  readonly fill: string;
}

/** One input for each value: 1 where the cell has that value, else 0. */
export interface CategoryFeature extends Categories {
  readonly kind: 'category';
}

/** A reader of the stored form of categories, of this kind. */
export function categoriesOf<const K extends string>(kind: K): Reader<Categories & { readonly kind: K }> {
  const read = fields({
    kind: choice([kind]),
    ...columnFields,
    of: cellKind,
    values: distinctTexts(1),
    fill: text,
  });
  return (value, path) => {
    const found = read(value, path);
    checkCategories(found, path);
    if (!found.values.includes(found.fill)) {
      refuse(`${show(found.fill)} is not one of the values`, [...path, 'fill']);
    }
    return found;
  };
}

/** The categories of the training split; the most frequent one fills. Throws an InputError for too many to count. */
export function fitCategories({ column, profile, rows, table }: TrainingColumn): Categories {
  const { name } = column;
  checkCountable(profile, table, name, 'Leave the column out of the features, or merge its rare values.');
  const of = categoriesAs(profile);
  const counts = countValues(of, presentCells(column, rows));
  const [[fill]] = mostFrequent(of, counts);
  return { name, of, values: sortCategories(of, counts.keys()), fill };
}

// one input for each category: beyond this most of the network's weights belong to one column
const manyCategories = 100;

function manyWarnings({ name }: Column, { counts }: Profile): string[] {
  if (counts.size <= manyCategories) return [];
  return [
    `"${name}" has ${counts.size} categories, one input each. Embed it (embed: ["${name}"]), leave it out, or merge its rare values.`,
  ];
}

/** Values that are named on a page. */
const maxShownValues = 8;

export const categoryFeature: FeatureKind<CategoryFeature> = {
  name: 'category',
  read: categoriesOf('category'),
  transform: ({ of, values, fill }) => ({ cell: 'category', of, values, fill, code: 'oneHot' }),
  inputNames: ({ name, values }) => values.map((value) => `${name}=${value}`),
};

export const categoryLearner: FeatureLearner<CategoryFeature> = {
  kind: categoryFeature,
  takes: ['text', 'boolean'],
  option: 'categories',
  fillRule: 'most frequent value',
  fit: (column) => ({ kind: 'category', ...fitCategories(column) }),
  preview: (_, { counts }) => `one-hot, ${counts.size} inputs`,
  describe({ values }) {
    const shown = values.length > maxShownValues ? [...values.slice(0, maxShownValues), '…'] : values;
    return `one-hot, ${values.length} inputs: ${shown.join(', ')}`;
  },
  warnings: (column, profile) => [...manyWarnings(column, profile), ...nanWarnings(column.name, profile)],
};
