/** The kinds of feature. A new kind is its own file and a line here. */
import { categoryFeature } from './category.ts';
import { dateFeature } from './date.ts';
import { indexFeature } from './embedded.ts';
import type { FeatureKind } from './kind.ts';
import { numberFeature } from './number.ts';

/** A column is encoded as the first kind that takes it, or as the last kind whose option lists it. */
export const featureKinds = [numberFeature, categoryFeature, indexFeature, dateFeature] as const;

/** A feature of an encoding, of whatever kind. */
export type FeatureEncoding = (typeof featureKinds)[number] extends FeatureKind<infer F> ? F : never;
