/** The encoding of a table in ONNX: raw columns before the network, and labels, probabilities or units after it. */
import type { OutputKind } from '../../data/encode/decode.ts';
import type { Encoding } from '../../data/encode/encoding.ts';
import { affine } from '../../data/encode/scaling.ts';
import { classesOf, numbersOf } from '../../data/encode/targets/stored-target.ts';
import {
  type CategoryTransform,
  type CellTransform,
  markValues,
  type NumericTransform,
} from '../../data/encode/transform.ts';
import type { Element, Writer } from './writer.ts';

/** Whether a column is read as float64; other columns are text. */
export const isNumeric = (transform: CellTransform) => transform.cell !== 'category' || transform.of === 'number';

/** A numeric column with its missing values (NaN, and the marks that training was told) filled. */
function filled(w: Writer, column: string, fill: number, transform: CellTransform): string {
  const isMissing = markValues(transform)
    .map(Number)
    .map((mark) => w.node('Equal', [column, w.constant('double', [], [mark])]))
    .reduce((any, isMarked) => w.node('Or', [any, isMarked]), w.node('IsNaN', [column]));
  return w.node('Where', [isMissing, w.constant('double', [], [fill]), column]);
}

/** From a raw column of a table to the network's inputs [rows, width]. */
export const writeFeature = (w: Writer, transform: CellTransform, column: string): string =>
  transform.cell === 'category' ? writeCategories(w, transform, column) : writeNumeric(w, transform, column);

function writeNumeric(w: Writer, transform: NumericTransform & CellTransform, column: string): string {
  const { fill, scaling, periods } = transform;
  const value = filled(w, column, fill, transform.cell === 'date' ? { ...transform, marks: [] } : transform);
  const scaled = () => {
    if (scaling === 'none') return value;
    const [offset, divisor] = affine(scaling!);
    const less = w.node('Sub', [value, w.constant('double', [], [offset])]);
    return w.node('Div', [less, w.constant('double', [], [divisor])]);
  };
  const inputs = scaling === undefined ? [] : [scaled()];
  for (const period of periods) {
    // cos x = sin(x + π/2)
    for (const turn of [0, Math.PI / 2]) {
      const angle = w.node('Mul', [value, w.constant('double', [], [(2 * Math.PI) / period])]);
      inputs.push(w.node('Sin', [turn === 0 ? angle : w.node('Add', [angle, w.constant('double', [], [turn])])]));
    }
  }
  return w.cast(inputs.length === 1 ? inputs[0] : w.node('Concat', inputs, { axis: 1 }), 'float');
}

function writeCategories(w: Writer, transform: CategoryTransform & CellTransform, column: string): string {
  const { values, fill, of, code } = transform;
  const isIndex = code === 'index';
  if (of === 'number') {
    const each = w.constant('double', [1, values.length], values.map(Number));
    const hot = w.cast(w.node('Equal', [filled(w, column, Number(fill), transform), each]), 'float');
    if (!isIndex) return hot;
    const indices = Array.from(values, (_, i) => i + 1);
    return w.node('MatMul', [hot, w.constant('float', [values.length, 1], indices)]);
  }
  // An empty text is a missing value. A category that training did not see equals none of the keys.
  const spelled = (value: string, index: number): [string, bigint][] =>
    (of === 'boolean' ? [value, value.toUpperCase(), value[0].toUpperCase() + value.slice(1)] : [value]).map((text) => [
      text,
      BigInt(index),
    ]);
  // Indices begin at 1; an unknown category has index 0.
  const first = isIndex ? 1n : 0n;
  const missing = ['', ...markValues(transform).map(String)]
    .filter((text) => !values.includes(text))
    .map((text): [string, bigint] => [text, BigInt(values.indexOf(fill))]);
  const keys = [...values.flatMap(spelled), ...missing];
  const index = w.node('LabelEncoder', [column], {
    keys_strings: keys.map(([key]) => key),
    values_int64s: keys.map(([, value]) => value + first),
    default_int64: first - 1n,
  });
  if (isIndex) return w.cast(index, 'float');
  const each = w.constant(
    'int64',
    [1, values.length],
    values.map((_, i) => i),
  );
  return w.cast(w.node('Equal', [index, each]), 'float');
}

export interface Output {
  readonly name: string;
  readonly type: Element;
  readonly width?: number;
}

/** From the network's outputs to the labels or units of the target column. */
export function writeTarget(w: Writer, { target }: Encoding, outputs: string, kind: OutputKind): Output[] {
  const classes = classesOf(target);
  return classes === undefined ? [writeNumbers(w, target, outputs)] : writeClasses(w, classes, outputs, kind);
}

function writeNumbers(w: Writer, target: Encoding['target'], outputs: string): Output {
  const scalings = numbersOf(target).map(({ scaling }) => affine(scaling));
  const width = scalings.length;
  const each = (i: 0 | 1) =>
    w.constant(
      'double',
      width === 1 ? [] : [width],
      scalings.map((scaling) => scaling[i]),
    );
  const wide = w.cast(outputs, 'double');
  const scaled = w.node('Mul', [wide, each(1)]);
  return { name: w.node('Add', [scaled, each(0)], {}, 'prediction'), type: 'double', width };
}

function writeClasses(
  w: Writer,
  { of, values, coding }: NonNullable<ReturnType<typeof classesOf>>,
  outputs: string,
  kind: OutputKind,
): Output[] {
  const classes = values.length;
  const numbers = values.map(Number);
  const type: Element =
    of === 'text' ? 'string' : of === 'boolean' ? 'bool' : numbers.every(Number.isSafeInteger) ? 'int64' : 'double';
  const labels = w.constant(
    type,
    [classes],
    of === 'text' ? values : of === 'boolean' ? values.map((v) => Number(v === 'true')) : numbers,
  );
  const several = coding === 'oneHot';
  const probabilities = kind === 'logProbabilities' ? w.node('Exp', [outputs]) : outputs;
  const index = several
    ? w.node('ArgMax', [outputs], { axis: 1, keepdims: 0 })
    : w.node('Reshape', [
        w.cast(w.node('GreaterOrEqual', [outputs, w.scalar(coding === 'sign' ? 0 : 0.5)]), 'int64'),
        w.constant('int64', [1], [-1]),
      ]);
  const label: Output = { name: w.node('Gather', [labels, index], { axis: 0 }, 'label'), type };
  if (kind === 'scores' || coding === 'sign') return [label];
  const name = several
    ? w.node('Identity', [probabilities], {}, 'probabilities')
    : w.node('Concat', [w.node('Sub', [w.scalar(1), probabilities]), probabilities], { axis: 1 }, 'probabilities');
  return [label, { name, type: 'float', width: classes }];
}
