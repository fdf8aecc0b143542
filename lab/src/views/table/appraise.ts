/** How good a trained model is: its baselines, the verdict, and predicted beside actual values. */
import { type Baselines, baselines, judge, type Model, type Setup, verdictText } from 'chainrule';
import { type Encoding, type FeatureEncoding, type Table, toUnits } from 'chainrule/data';
import { short } from './numbers.ts';
import type { Appraisal, ColumnInfo, Field, ModelScores } from './protocol.ts';

/** The maximum number of points in the picture. */
const maxPoints = 400;

/** The appraisal of a model that was trained with the setup. */
export async function appraise(setup: Setup, model: Model, columns: readonly ColumnInfo[]): Promise<Appraisal> {
  const found = await baselines(setup);
  const verdict = judge(found, model, setup);
  const { classes, encoding } = setup.prepared!;
  const names = { classes, target: encoding.target.name };
  return {
    baselines: scoresOf(found),
    about: aboutBaselines(found, setup),
    verdict: verdict && { ...verdict, text: verdictText(verdict, found, names, short) },
    classes,
    points: pointsOf(setup, model),
    fields: fieldsOf(model.encoding ?? encoding, columns),
  };
}

function scoresOf({ constant, linear }: Baselines): ModelScores[] {
  const of = (
    name: ModelScores['name'],
    { training, validation, test }: Baselines['constant'] | NonNullable<Baselines['linear']>,
  ) => ({
    name,
    training,
    validation,
    test,
  });
  return [...(linear === undefined ? [] : [of('linear', linear)]), of('constant', constant)];
}

function aboutBaselines({ constant, linear }: Baselines, { prepared }: Setup): string {
  const { classes, encoding } = prepared!;
  const always =
    classes === undefined
      ? `the mean of ${encoding.target.name}`
      : `"${classes[constant.value]}", with the class frequencies as probabilities`;
  const line =
    linear === undefined
      ? 'There is no linear baseline for this table.'
      : `Linear: a linear model, trained by L-BFGS with l2 ${short(linear.l2)}.`;
  return `${line} Constant: always ${always}.`;
}

/** Actual and predicted values of the held-out rows, at most some hundred of them. */
function pointsOf({ prepared, test, validation, ...training }: Setup, model: Model): Appraisal['points'] {
  const { encoding, classes } = prepared!;
  const part = test !== undefined ? 'test' : validation !== undefined ? 'validation' : 'training';
  const data = { test, validation, training }[part]!;
  const [rows, width] = data.targets.shape;
  if (classes !== undefined || width !== 1) return undefined;
  const predicted = toUnits(encoding, model.predictTensor(data.inputs)).data;
  const actual = toUnits(encoding, data.targets).data;
  const step = Math.max(1, rows / maxPoints);
  const at = Array.from({ length: Math.min(rows, maxPoints) }, (_, i) => Math.floor(i * step));
  return { part, of: rows, actual: at.map((r) => actual[r]), predicted: at.map((r) => predicted[r]) };
}

function fieldsOf({ features }: Encoding, columns: readonly ColumnInfo[]): Field[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return features.map((feature: FeatureEncoding): Field => {
    const { name, reading } = feature;
    if ('values' in feature) return { name, kind: 'category', values: feature.values };
    const { min, max } = byName.get(name)?.histogram ?? {};
    const kind = feature.kind === 'date' ? 'date' : 'number';
    return { name, kind, min, max, ...((reading?.numbers ?? reading?.dates) !== undefined && { hasSpelling: true }) };
  });
}

/** A row of the table, as the form shows it. */
export function rowOf(
  table: Table,
  index: number,
  fields: readonly Field[],
  target: string,
): {
  readonly cells: Record<string, string | number | null>;
  readonly actual: string | undefined;
} {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const cellOf = ({ name, kind, hasSpelling }: Field): string | number | null => {
    const text = columns.get(name)?.values[index];
    if (text === undefined) return null;
    const number = Number(text);
    return kind === 'number' && !hasSpelling && Number.isFinite(number) ? number : text;
  };
  return {
    cells: Object.fromEntries(fields.map((field) => [field.name, cellOf(field)])),
    actual: columns.get(target)?.values[index],
  };
}
