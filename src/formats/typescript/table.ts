/** The function from a row of the table to a prediction: encoding before the network, and labels or units after it. */
import type { OutputKind } from '../../data/encode/decode.ts';
import { type Encoding, transformOf } from '../../data/encode/encoding.ts';
import type { FeatureEncoding } from '../../data/encode/features/index.ts';
import { affine } from '../../data/encode/scaling.ts';
import { classesOf, columnsOf, numbersOf } from '../../data/encode/targets/stored-target.ts';
import type { CellTransform, NumericTransform } from '../../data/encode/transform.ts';
import type { CellKind } from '../../data/table/columns.ts';
import { type MarkChanges, missingMarks } from '../../data/table/missing-marks.ts';
import { scriptComment, scriptNumber, scriptString } from '../literals.ts';
import { bare } from './expressions.ts';

const literal = scriptNumber;
const quoted = scriptString;
/** A key of an object. Without brackets, `__proto__` would set its prototype. */
const key = (name: string) => (name === '__proto__' ? `[${quoted(name)}]` : quoted(name));
/** A value minus an offset. */
const less = (value: string, offset: number) =>
  offset < 0 ? `(${value} + ${literal(-offset)})` : `(${value} - ${literal(offset)})`;

const cellSource = `

/** Texts that mark a missing value, unless a column has others. */
const missing: readonly string[] = ${JSON.stringify(missingMarks)};

/** The text of a column's cell; undefined for a missing value, with a warning. */
function textOf(row: object, column: string, fill: unknown, warn: Warn, marks: readonly string[]): string | undefined {
  const cell = Object.hasOwn(row, column) ? (row as Record<string, unknown>)[column] : undefined;
  const text = String(cell ?? '').trim();
  if (!marks.includes(text) && !marks.some((mark) => decimal.test(mark) && Number(mark) === Number(text || NaN))) return text;
  warn(\`\${column}: a missing value is filled with \${fill}\`);
  return undefined;
}`;

const decimalSource = `

const decimal = /^[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?$/i;`;

const numberSource = `

/** A number; of a missing value, what fills it. */
function numberOf(row: object, column: string, fill: number, warn: Warn, marks = missing): number {
  const text = textOf(row, column, fill, warn, marks);
  if (text === undefined) return fill;
  if (!decimal.test(text) || !Number.isFinite(Number(text))) throw new RangeError(\`\${column}: "\${text}" is not a number\`);
  return Number(text);
}`;

/** The form in which texts with the same value are equal, by the kind of category. */
const canonicalText: Readonly<Record<CellKind, string>> = {
  text: 'text',
  boolean: 'text.toLowerCase()',
  number: '(decimal.test(text) ? String(Number(text)) : text)',
};

const categorySource = `

/** The index of a cell's category; −1, with a warning, for one that training did not see. */
function categoryOf(row: object, column: string, fill: string, values: readonly string[], warn: Warn, marks = missing, equal = (text: string) => text): number {
  const text = textOf(row, column, fill, warn, marks);
  const index = values.indexOf(text === undefined ? fill : equal(text));
  if (index === -1) warn(\`\${column}: "\${text}" is a category that training did not see\`);
  return index;
}`;

const knownSource = `

const oneHot = (index: number, count: number) => Array.from({ length: count }, (_, k) => Number(k === index));`;

const dateSource = `

const dateForm =
  /^(\\d{4}-\\d\\d)(?:(-\\d\\d)(?:[T ]((?:[01]\\d|2[0-3]):[0-5]\\d)(?::([0-5]\\d(?:[.,]\\d{1,9})?))?(?: ?(?:Z|([+-](?:[01]\\d|2[0-3]))(?::?([0-5]\\d))?))?)?)?$/;

/** A date of ISO 8601 (in UTC, where it has no offset), as days since 1970-01-01. */
function dateOf(row: object, column: string, fill: number, warn: Warn, marks = missing): number {
  const text = textOf(row, column, new Date(fill * 86_400_000).toISOString(), warn, marks);
  if (text === undefined) return fill;
  const [, day, end = '-01', time = '00:00', second = '0', hours = '+00', minutes = '00'] = dateForm.exec(text) ?? [];
  const midnight = Date.parse(\`\${day}\${end}T00:00Z\`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(\`\${day}\${end}\`);
  if (!isDay) throw new RangeError(\`\${column}: "\${text}" is not a date\`);
  return (Date.parse(\`\${day}\${end}T\${time}\${hours}:\${minutes}\`) + 1000 * Number(second.replace(',', '.'))) / 86_400_000;
}`;

const numericSource = `

/** A value, scaled, and its sine and cosine in cycles of these lengths. */
const numeric = (value: number, scaling: readonly [number, number] | undefined, periods: readonly number[]) => {
  const scaled = scaling === undefined ? [] : [(value - scaling[0]) / scaling[1]];
  const angles = periods.map((period) => 2 * Math.PI * (value / period - Math.floor(value / period)));
  return [...scaled, ...angles.flatMap((angle) => [Math.sin(angle), Math.cos(angle)])];
};`;

/**
 * The text of `predict` for rows of a table. Missing values are filled and columns are scaled as in training.
 */
export function tableText(encoding: Encoding, kind: OutputKind): string {
  const { features, target } = encoding;
  const columns = features.map((feature) => ({ name: feature.name, transform: transformOf(feature) }));
  const writers = features.map((feature) => `    ${inputText(feature)},`);
  const inputs = `network([\n${writers.join('\n')}\n  ])`;
  const several = columnsOf(target);
  const classes = classesOf(target);
  const predict =
    several !== undefined
      ? columnsText(several.columns, inputs)
      : classes === undefined
        ? numberText(target, inputs)
        : classesText(target.name, classes, kind, inputs);
  return `${rowText(columns)}\n\n${predict}`;
}

/** The type of a row, and the helpers that its cells need. */
function rowText(columns: readonly { readonly name: string; readonly transform: CellTransform }[]): string {
  const fields = columns.map(
    ({ name, transform }) => `  readonly ${quoted(name)}?: ${typeOf(transform)} | null | undefined;`,
  );
  const uses = (test: (transform: CellTransform) => boolean) => columns.some(({ transform }) => test(transform));
  const isNumber = (transform: CellTransform) => transform.cell === 'number';
  const helpers = [
    decimalSource,
    cellSource,
    uses(isNumber) && numberSource,
    uses(({ cell }) => cell === 'category') && categorySource,
    uses((transform) => transform.cell === 'category' && transform.code === 'oneHot') && knownSource,
    uses(({ cell }) => cell === 'date') && dateSource,
    uses((transform) => transform.cell !== 'category' && !isPlain(transform)) && numericSource,
  ];
  return `/** The columns that a prediction uses. A column that is left out counts as missing, as null does. */
export interface Row {
${fields.join('\n')}
}

/** Called with a warning about a missing value, and about a category that training did not see. */
export type Warn = (warning: string) => void;${helpers.filter((helper) => helper !== false).join('')}`;
}

/** The head of `predict`. */
const predictHead = (type: string) =>
  `/** Throws a RangeError for a text where a number or a date belongs. */
export function predict(row: Row, ${warnParameter}): ${type} {`;

/** Whether or not a column has categories: the callers of all models are alike. */
const warnParameter = 'warn: Warn = () => {}';

function columnsText(columns: NonNullable<ReturnType<typeof columnsOf>>['columns'], inputs: string): string {
  const each = columns.map(({ name, scaling }, k) => {
    const [offset, divisor] = affine(scaling);
    return `${key(name)}: y[${k}]! * ${literal(divisor)} + ${literal(offset)}`;
  });
  return `/** Predictions by column, in the units of the training table. */
export type Prediction = Record<${columns.map(({ name }) => quoted(name)).join(' | ')}, number>;

${predictHead('Prediction')}
  const y = ${inputs};
  return { ${each.join(', ')} };
}`;
}

function numberText(target: Encoding['target'], inputs: string): string {
  const [offset, divisor] = affine(numbersOf(target)[0].scaling);
  return `/** ${scriptComment(target.name)}, in the units of the training table. */
${predictHead('number')}
  const y = ${inputs};
  return y[0]! * ${literal(divisor)} + ${literal(offset)};
}`;
}

function classesText(
  name: string,
  { of, values, coding }: NonNullable<ReturnType<typeof classesOf>>,
  kind: OutputKind,
  inputs: string,
): string {
  const shown = values.map((value) =>
    of === 'text' ? quoted(value) : of === 'number' ? literal(Number(value)) : String(value === 'true'),
  );
  const hasProbabilities = kind !== 'scores' && coding !== 'sign';
  const scores = kind === 'logProbabilities' ? 'Array.from(y, Math.exp)' : 'y';
  const index = coding === 'oneHot' ? 'y.indexOf(Math.max(...y))' : `Number(y[0]! >= ${coding === 'sign' ? 0 : 0.5})`;
  const ofEach = values.map((value, k) => {
    const p = coding === 'oneHot' ? `p[${k}]!` : k === 1 ? 'p[0]!' : '1 - p[0]!';
    return `${key(value)}: ${p}`;
  });
  const record = `Record<${values.map(quoted).join(' | ')}, number>`;
  return `/** The classes of ${scriptComment(name)}. */
export type Label = ${shown.join(' | ')};

export interface Prediction {
  readonly label: Label;${hasProbabilities ? `\n  readonly probabilities: ${record};` : ''}
}

const labels: readonly Label[] = [${shown.join(', ')}];

${predictHead('Prediction')}
  const y = ${inputs};
  const label = labels[${index}]!;
${hasProbabilities ? `  const p = ${scores};\n  return { label, probabilities: { ${ofEach.join(', ')} } };` : '  return { label };'}
}`;
}

const typeOf = (transform: CellTransform) => {
  if (transform.cell === 'category') return { number: 'number', boolean: 'boolean', text: 'string' }[transform.of];
  return { number: 'number', date: 'string' }[transform.cell];
};

/** Whether a number becomes a single input without a helper function. */
const isPlain = ({ cell, scaling, periods }: NumericTransform) =>
  cell === 'number' && scaling !== undefined && periods.length === 0;

/** The marks of a column that differ from the usual ones, as an argument. */
function marksText({ missing = [], notMissing = [] }: MarkChanges): string {
  const others = [...missingMarks.filter((mark) => !notMissing.includes(mark)), ...missing];
  return others.length === missingMarks.length && missing.length === 0 ? '' : `[${others.map(quoted).join(', ')}]`;
}

/** The inputs of a column's cell, as elements of an array. */
function inputText(feature: FeatureEncoding): string {
  const transform = transformOf(feature);
  const column = `row, ${quoted(feature.name)}`;
  const marks = marksText(feature.reading ?? {});
  if (transform.cell === 'category') {
    const { of, values, fill, code } = transform;
    const equal = of === 'text' ? '' : `, (text) => ${bare(canonicalText[of])}`;
    const more = equal === '' && marks === '' ? '' : `, ${marks || 'missing'}${equal}`;
    const index = `categoryOf(${column}, ${quoted(fill)}, [${values.map(quoted).join(', ')}], warn${more})`;
    return code === 'oneHot' ? `...oneHot(${index}, ${values.length})` : `1 + ${index}`;
  }
  const { cell, fill, scaling, periods } = transform;
  const [offset, divisor] = affine(scaling ?? 'none');
  const value = `${cell}Of(${column}, ${literal(fill)}, warn${marks && `, ${marks}`})`;
  if (!isPlain(transform)) {
    const scale = scaling === undefined ? 'undefined' : `[${literal(offset)}, ${literal(divisor)}]`;
    return `...numeric(${value}, ${scale}, [${periods.map(literal).join(', ')}])`;
  }
  return scaling === 'none' ? value : `${less(value, offset)} / ${literal(divisor)}`;
}
