/**
 * How a table's columns become a network's numbers, as plain JSON that a model stores: features scaled or one-hot,
 * missing values filled, the classes and units of the target. `prepareTable` learns it, `rows.ts` applies it, and
 * `decode.ts` is the way back.
 */
import type { MissingOptions } from '../table/missing-marks.ts';
import { anEncoding } from './an-encoding.ts';
import { type FeatureEncoding, featureKinds } from './features/index.ts';
import type { FeatureKind } from './features/kind.ts';
import type { Scale } from './scaling.ts';
import { targetKindOf } from './targets/index.ts';
import { type TargetEncoding, targetReadings } from './targets/stored-target.ts';
import type { Task } from './task.ts';
import { type CellTransform, transformWidth } from './transform.ts';

export interface Encoding {
  readonly task: Task;
  readonly scale: Scale;
  readonly features: readonly FeatureEncoding[];
  readonly target: TargetEncoding;
}

/** The entry of a feature's kind. */
const kindOf = ({ kind }: FeatureEncoding): FeatureKind<FeatureEncoding> =>
  (featureKinds as readonly unknown[] as readonly FeatureKind<FeatureEncoding>[]).find(({ name }) => name === kind)!;

/** The transform of a feature's cells. */
export function transformOf(feature: FeatureEncoding): CellTransform {
  const transform = kindOf(feature).transform(feature);
  const marks = feature.reading?.missing;
  return marks === undefined ? transform : { ...transform, marks };
}

/** The marks of missing values that training was told, by column; undefined if it was told none. */
export function marksIn({ features, target }: Encoding): MissingOptions | undefined {
  const columns = [...features, ...targetReadings(target)].filter(
    ({ reading }) => reading?.missing ?? reading?.notMissing,
  );
  if (columns.length === 0) return undefined;
  const of = (key: 'missing' | 'notMissing') =>
    Object.fromEntries(columns.map(({ name, reading }) => [name, reading?.[key] ?? []]));
  return { missing: of('missing'), notMissing: of('notMissing') };
}

/** The names of the network's inputs, in order: `age`, and `island=Biscoe` for a category. */
export function inputNames(encoding: Encoding): string[] {
  anEncoding(encoding, 'inputNames: encoding');
  return encoding.features.flatMap((feature) => kindOf(feature).inputNames(feature));
}

/** The number of inputs of a row. */
export const inputWidth = ({ features }: Encoding): number =>
  features.reduce((sum, feature) => sum + transformWidth(transformOf(feature)), 0);

/** The inputs that are indices: their positions, and the number of indices with that of unknown categories. */
export function indexInputs({ features }: Encoding): { readonly input: number; readonly size: number }[] {
  let input = 0;
  return features.flatMap((feature) => {
    const transform = transformOf(feature);
    const at = input;
    input += transformWidth(transform);
    const isIndex = transform.cell === 'category' && transform.code === 'index';
    return isIndex ? [{ input: at, size: transform.values.length + 1 }] : [];
  });
}

/** The number of values in a row of targets. */
export const targetWidth = ({ target }: Encoding): number => targetKindOf(target).width(target);
