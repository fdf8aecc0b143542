/** How the kind of a feature was learned. */
import { type FeatureEncoding, featureLearners } from './index.ts';
import type { FeatureLearner } from './kind.ts';

export const learnerOf = ({ kind }: FeatureEncoding): FeatureLearner<FeatureEncoding> =>
  featureLearners.find((learner) => learner.kind.name === kind) as unknown as FeatureLearner<FeatureEncoding>;
