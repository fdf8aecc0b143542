/** The function from a row of the table to a prediction: encoding before the network, and labels or units after it. */
import type { OutputKind } from '../../data/encode/decode.ts';
import { type Encoding, transformOf } from '../../data/encode/encoding.ts';
import { affine } from '../../data/encode/scaling.ts';
import { classesOf, columnsOf, numbersOf } from '../../data/encode/targets/index.ts';
import { type CellTransform, markValues, type NumericTransform } from '../../data/encode/transform.ts';
import { scriptComment, scriptNumber, scriptString } from '../literals.ts';
import { bare } from './expressions.ts';

const literal = scriptNumber;
const quoted = scriptString;
/** A key of an object. Without brackets, `__proto__` would set its prototype. */
const key = (name: string) => (name === '__proto__' ? `[${quoted(name)}]` : quoted(name));
/** The cell of a column in a row. A name that every object has, such as `constructor`, counts only if the row itself has it. */
const cellOf = (name: string) =>
  name in Object.prototype
    ? `(Object.hasOwn(row, ${quoted(name)}) ? row[${quoted(name)}] : undefined)`
    : `row[${quoted(name)}]`;
/** A value minus an offset. */
const less = (value: string, offset: number) =>
  offset < 0 ? `(${value} + ${literal(-offset)})` : `(${value} - ${literal(offset)})`;

/** A cell, which is missing where it is a mark that training was told. */
function unmarked(cell: string, transform: CellTransform): string {
  const marks = markValues(transform);
  if (marks.length === 0) return cell;
  return `unless(${cell}, [${marks.map((mark) => (typeof mark === 'number' ? literal(mark) : quoted(mark))).join(', ')}])`;
}

const unlessSource = `

/** A cell, or undefined where it marks a missing value. */
const unless = <T>(cell: T, marks: readonly T[]): T | undefined => (marks.includes(cell) ? undefined : cell);`;

const knownSource = `

const known = (value: unknown, values: readonly string[]) => values.map((each) => Number(String(value) === each));`;

const dateSource = `

const dateForm =
  /^(\\d{4}-\\d\\d)(?:(-\\d\\d)(?:[T ]((?:[01]\\d|2[0-3]):[0-5]\\d)(?::([0-5]\\d(?:[.,]\\d{1,9})?))?(?: ?(?:Z|([+-](?:[01]\\d|2[0-3]))(?::?([0-5]\\d))?))?)?)?$/;

/** A date of ISO 8601 (in UTC, where it has no offset), as days since 1970-01-01. */
const date = (cell: string | null | undefined, fill: number) => {
  const text = cell?.trim();
  const [, day, end = '-01', time = '00:00', second = '0', hours = '+00', minutes = '00'] = dateForm.exec(text || '') ?? [];
  const midnight = Date.parse(\`\${day}\${end}T00:00Z\`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(\`\${day}\${end}\`);
  if (text && !isDay) throw new RangeError(\`"\${cell}" is not a date\`);
  return text ? (Date.parse(\`\${day}\${end}T\${time}\${hours}:\${minutes}\`) + 1000 * Number(second.replace(',', '.'))) / 86_400_000 : fill;
};`;

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
  const writers = columns.map(
    ({ name, transform }) => `    ${inputText(unmarked(cellOf(name), transform), transform)},`,
  );
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
  const fields = columns.map(({ name, transform }) => `  readonly ${quoted(name)}?: ${typeOf(transform)} | null;`);
  const uses = (test: (transform: CellTransform) => boolean) => columns.some(({ transform }) => test(transform));
  const usesKnown = uses((transform) => transform.cell === 'category' && transform.code === 'oneHot');
  const usesNumeric = uses((transform) => transform.cell !== 'category' && !isPlain(transform));
  return `/** The columns that a prediction uses. A column that is left out counts as missing. */
export interface Row {
${fields.join('\n')}
}${uses((transform) => markValues(transform).length > 0) ? unlessSource : ''}${usesKnown ? knownSource : ''}${uses(({ cell }) => cell === 'date') ? dateSource : ''}${usesNumeric ? numericSource : ''}`;
}

function columnsText(columns: NonNullable<ReturnType<typeof columnsOf>>['columns'], inputs: string): string {
  const each = columns.map(({ name, scaling }, k) => {
    const [offset, divisor] = affine(scaling);
    return `${key(name)}: y[${k}] * ${literal(divisor)} + ${literal(offset)}`;
  });
  return `/** Predictions by column, in the units of the training table. */
export type Prediction = Record<${columns.map(({ name }) => quoted(name)).join(' | ')}, number>;

export function predict(row: Row): Prediction {
  const y = ${inputs};
  return { ${each.join(', ')} };
}`;
}

function numberText(target: Encoding['target'], inputs: string): string {
  const [offset, divisor] = affine(numbersOf(target)[0].scaling);
  return `/** ${scriptComment(target.name)}, in the units of the training table. */
export function predict(row: Row): number {
  const [y] = ${inputs};
  return y * ${literal(divisor)} + ${literal(offset)};
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
  const index = coding === 'oneHot' ? 'y.indexOf(Math.max(...y))' : `Number(y[0] >= ${coding === 'sign' ? 0 : 0.5})`;
  const ofEach = values.map((value, k) => {
    const p = coding === 'oneHot' ? `p[${k}]` : k === 1 ? 'p[0]' : '1 - p[0]';
    return `${key(value)}: ${p}`;
  });
  const record = `Record<${values.map(quoted).join(' | ')}, number>`;
  return `/** The classes of ${scriptComment(name)}. */
export type Label = ${shown.join(' | ')};

export interface Prediction {
  readonly label: Label;${hasProbabilities ? `\n  readonly probabilities: ${record};` : ''}
}

const labels: readonly Label[] = [${shown.join(', ')}];

export function predict(row: Row): Prediction {
  const y = ${inputs};
  const label = labels[${index}];
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

/** The inputs of a cell, as elements of an array. */
function inputText(cell: string, transform: CellTransform): string {
  if (transform.cell === 'category') {
    const fill = `${cell} ?? ${quoted(transform.fill)}`;
    const values = `[${transform.values.map(quoted).join(', ')}]`;
    return transform.code === 'oneHot' ? `...known(${fill}, ${values})` : `1 + ${values}.indexOf(String(${fill}))`;
  }
  const { fill, scaling, periods } = transform;
  const [offset, divisor] = affine(scaling ?? 'none');
  const value = transform.cell === 'date' ? `date(${cell}, ${literal(fill)})` : `(${cell} ?? ${literal(fill)})`;
  if (!isPlain(transform)) {
    const scale = scaling === undefined ? 'undefined' : `[${literal(offset)}, ${literal(divisor)}]`;
    return `...numeric(${value}, ${scale}, [${periods.map(literal).join(', ')}])`;
  }
  return scaling === 'none' ? bare(value) : `${less(value, offset)} / ${literal(divisor)}`;
}
