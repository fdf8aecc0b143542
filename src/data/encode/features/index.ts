/** The kinds of feature. A new kind is its own file and a line in each list. */
import { categoryFeature, categoryLearner } from './category.ts';
import { dateFeature, dateLearner } from './date.ts';
import { indexFeature, indexLearner } from './embedded.ts';
import type { FeatureKind, FeatureLearner } from './kind.ts';
import { numberFeature, numberLearner } from './number.ts';

export const featureKinds = [numberFeature, categoryFeature, indexFeature, dateFeature] as const;

/** A feature of an encoding, of whatever kind. */
export type FeatureEncoding = (typeof featureKinds)[number] extends FeatureKind<infer F> ? F : never;

/** A column is encoded as the first kind that takes it, or as the last kind whose option lists it. */
export const featureLearners = [
  numberLearner,
  categoryLearner,
  indexLearner,
  dateLearner,
] as readonly unknown[] as readonly FeatureLearner[];
