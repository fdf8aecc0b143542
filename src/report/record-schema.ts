/**
 * The schema of `run.json`. A record is written by a run and read again by `report` and `compare`, perhaps after it came
 * from elsewhere: every field is checked before a page is made of it.
 */
import * as z from 'zod/mini';
import {
  also,
  atLeast0,
  distinctTexts,
  finite,
  listOf,
  namedNumbers,
  numberOrNull,
  positiveWhole,
  type Same,
  wholeNumber,
} from '../base/checks.ts';
import { parseJson } from '../base/json.ts';
import { checkAgainst } from '../net/complaint.ts';
import { experimentSchema, type InlineDataJson } from '../net/schema.ts';
import type { RunRecord } from './record.ts';

const part = z.enum(['training', 'validation', 'test']);
const texts = () => listOf(z.string());
const numbers = () => listOf(finite());

const column = z.object({
  name: z.string(),
  kind: z.enum(['number', 'boolean', 'text', 'date', 'mixed', 'empty']),
  present: wholeNumber(),
  missing: wholeNumber(),
  marks: texts(),
  distinct: wholeNumber(),
  many: z.optional(z.boolean()),
  min: z.optional(numberOrNull()),
  mean: z.optional(numberOrNull()),
  max: z.optional(numberOrNull()),
  first: z.optional(z.string()),
  last: z.optional(z.string()),
  top: z.optional(listOf(z.object({ value: z.string(), rows: wholeNumber() }))),
  use: z.string(),
});

const data = z.object({
  target: z.string(),
  task: z.enum(['classification', 'regression']),
  classes: z.optional(distinctTexts({ min: 2 })),
  inputs: texts(),
  columns: z.optional(listOf(column)),
});

const share = z.object({ name: z.string(), training: wholeNumber(), validation: wholeNumber(), test: wholeNumber() });

const stop = z.object({
  reason: z.enum(['epochs', 'seconds', 'loss', 'patience', 'gradientNorm', 'aborted', 'diverged']),
  epoch: wholeNumber(),
  seconds: atLeast0(),
  evaluations: z.optional(wholeNumber()),
  cause: z.optional(z.string()),
});

/** As many rows as columns, and at least two of them. */
const matrix = also(listOf(listOf(wholeNumber()), { min: 2 }), (rows) => {
  const at = rows.findIndex((row) => row.length !== rows.length);
  return at === -1 ? undefined : { what: `${rows[at].length} columns, but there are ${rows.length} rows`, path: [at] };
});

/** Scores of so many target columns fill a page. */
const maxScores = 20_000;
const someScores = () => also(namedNumbers(maxScores), scoresFault);

/** `r2(height)` is a metric of a column: a page has a row for each column and a cell for each metric. */
function scoresFault(scores: Readonly<Record<string, number>>): string | undefined {
  const names = Object.keys(scores);
  const metrics = new Set(names.map((name) => name.replace(/\(.*$/s, '')));
  const columns = new Set(names.map((name) => name.slice(name.indexOf('('))));
  const cells = metrics.size * columns.size;
  return cells > 3 * maxScores ? `${metrics.size} metrics of ${columns.size} columns are too many` : undefined;
}

const scores = { training: someScores(), validation: someScores(), test: someScores() };

const baselines = z.object({
  constant: z.object({ value: numberOrNull(), ...scores }),
  linear: z.optional(
    z.object({ l2: atLeast0(), strength: atLeast0(), rows: wholeNumber(), iterations: wholeNumber(), ...scores }),
  ),
  measured: z.optional(wholeNumber()),
  verdict: z.optional(
    z.object({
      part: z.enum(['test', 'validation']),
      rows: wholeNumber(),
      of: z.optional(wholeNumber()),
      metric: z.enum(['accuracy', 'macroRecall', 'rootMeanSquaredError']),
      inTraining: z.optional(z.boolean()),
      network: numberOrNull(),
      baseline: z.enum(['constant', 'linear']),
      score: numberOrNull(),
      standardError: numberOrNull(),
      interval: z.optional(z.tuple([z.number(), z.number()])),
      networkInterval: z.optional(z.tuple([z.number(), z.number()])),
      outcome: z.enum(['better', 'noBetter', 'worse']),
      text: z.string(),
    }),
  ),
});

const gradients = also(
  z.object({ rows: wholeNumber(), epochs: listOf(wholeNumber()), norms: z.record(z.string(), listOf(numberOrNull())) }),
  ({ epochs, norms }) => {
    const [name] = Object.entries(norms).find(([, list]) => list.length !== epochs.length) ?? [];
    return name === undefined ? undefined : { what: `it does not have ${epochs.length} norms`, path: ['norms', name] };
  },
);

const histogram = also(
  z.object({ from: finite(), to: finite(), counts: listOf(wholeNumber(), { min: 1, max: 100 }) }),
  ({ from, to }) => (from < to && Number.isFinite(to - from) ? undefined : '"from" is not below "to"'),
);

const fraction = () => z.number().check(z.gte(0), z.lte(1));
const point = z.readonly(z.tuple([fraction(), fraction()]));
/** More points, and more drawings, than a run records. */
const max = 2000;
const maxDrawings = 30;

const figures = z.object({
  part,
  rows: wholeNumber(),
  roc: z.optional(
    listOf(z.object({ label: z.string(), area: fraction(), points: listOf(point, { min: 2, max }) }), {
      max: maxDrawings,
    }),
  ),
  calibration: z.optional(
    z.object({
      label: z.optional(z.string()),
      bins: listOf(z.object({ predicted: fraction(), found: fraction(), rows: wholeNumber() }), { max }),
      error: numberOrNull(),
    }),
  ),
  numbers: z.optional(
    listOf(
      also(
        z.object({ name: z.string(), truth: numbers(), predicted: numbers(), residuals: z.optional(histogram) }),
        ({ truth, predicted }) =>
          truth.length === predicted.length && truth.length <= max
            ? undefined
            : `${truth.length} true values and ${predicted.length} predictions`,
      ),
      { max: maxDrawings },
    ),
  ),
  weights: listOf(z.object({ name: z.string(), shape: listOf(positiveWhole(), { max: 8 }), histogram }), {
    max: maxDrawings,
  }),
});

/** The path of the first of the rows in an experiment that is not numbers. */
function rowsFault({ inputs, targets, weights, validation }: InlineDataJson): readonly PropertyKey[] | undefined {
  const isNumber = (value: unknown) => typeof value === 'number';
  const isRow = (row: unknown) => isNumber(row) || (Array.isArray(row) && row.length > 0 && row.every(isNumber));
  for (const [name, list] of Object.entries({ inputs, targets, weights: weights ?? [] })) {
    const at = (list as readonly unknown[]).findIndex((row) => !isRow(row));
    if (at !== -1) return [name, at];
  }
  const inner = validation && rowsFault(validation as InlineDataJson);
  return inner && ['validation', ...inner];
}

const recordSchema = also(
  z.object({
    name: z.string(),
    versions: z.object({ chainrule: z.string(), node: z.optional(z.string()) }),
    experiment: experimentSchema,
    parameters: wholeNumber(),
    rows: z.object({ training: positiveWhole(), validation: wholeNumber(), test: wholeNumber() }),
    data: z.optional(data),
    shares: z.optional(listOf(share)),
    stop,
    loss: z.object({ first: numberOrNull(), final: numberOrNull(), best: numberOrNull() }),
    kept: z.optional(z.object({ epoch: wholeNumber(), why: z.enum(['best', 'diverged']) })),
    metrics: someScores(),
    validation: someScores(),
    test: someScores(),
    confusion: z.optional(z.object({ part, matrix })),
    engine: z.object({
      name: z.string(),
      precision: z.enum(['float64', 'float32']),
      threads: positiveWhole(),
      arithmetic: z.enum(['strict', 'fast']),
      why: z.string(),
      memory: atLeast0(),
    }),
    baselines: z.optional(baselines),
    steps: z.optional(wholeNumber()),
    seconds: z.optional(
      z.object({
        reading: z.optional(atLeast0()),
        compiling: z.optional(atLeast0()),
        training: z.optional(atLeast0()),
        evaluating: z.optional(atLeast0()),
        baselines: z.optional(atLeast0()),
      }),
    ),
    gradients: z.optional(gradients),
    figures: z.optional(figures),
    command: z.optional(z.string()),
    changes: z.optional(
      listOf(z.object({ epoch: wholeNumber(), option: z.string(), from: z.string(), to: z.string() })),
    ),
    notes: texts(),
    warnings: texts(),
  }),
  ({ data: table, confusion, experiment: { data: rows } }) => {
    const fault = 'file' in rows ? undefined : rowsFault(rows);
    if (fault !== undefined)
      return { what: 'it is neither a number nor a row of numbers', path: ['experiment', 'data', ...fault] };
    const classes = table?.classes?.length;
    if (classes === undefined || confusion === undefined || confusion.matrix.length === classes) return undefined;
    return { what: `${confusion.matrix.length} rows, but there are ${classes} classes`, path: ['confusion', 'matrix'] };
  },
);

const isSame: Same<z.infer<typeof recordSchema>, RunRecord> = true;
void isSame;

const fix = 'Use the run.json that a run wrote.';

/** The record in the text of a `run.json`; a number that JSON has no word for is NaN. Throws an InputError naming `file`. */
export function parseRecord(text: string, file: string): RunRecord {
  const value = parseJson(text, file);
  const record = checkAgainst(recordSchema, value, { file, fix });
  // with its keys in the order in which the page shows them
  return { ...record, experiment: (value as RunRecord).experiment };
}
