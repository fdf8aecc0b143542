/** A column of categories as one index each, for an embedding as the network's first layer. */
import { nanWarnings } from '../stored.ts';
import { type Categories, categoriesOf, fitCategories } from './category.ts';
import type { FeatureKind, FeatureLearner } from './kind.ts';

/** One input: from 1 for the first value, 0 for a category that training did not see. */
export interface IndexFeature extends Categories {
  readonly kind: 'index';
}

export const indexFeature: FeatureKind<IndexFeature> = {
  name: 'index',
  read: categoriesOf('index'),
  transform: ({ of, values, fill }) => ({ cell: 'category', of, values, fill, code: 'index' }),
  inputNames: ({ name }) => [name],
};

export const indexLearner: FeatureLearner<IndexFeature> = {
  kind: indexFeature,
  takes: [],
  option: 'embed',
  fillRule: 'most frequent value',
  fit: (column) => ({ kind: 'index', ...fitCategories(column) }),
  preview: (_, { counts }) => `an index from 1 to ${counts.size}`,
  describe: ({ values }) => `an index from 1 to ${values.length}; 0 for an unknown category`,
  warnings: ({ name }, profile) => nanWarnings(name, profile),
};
