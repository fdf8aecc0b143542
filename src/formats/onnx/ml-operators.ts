/** Operators of the domain ai.onnx.ml, in which scikit-learn's models are written. */
import { tensor } from '../../base/tensor.ts';
import { sigmoid, softmax } from '../../core/ops/activations.ts';
import type { NodeAttributes } from './node-attributes.ts';
import { uniform } from './per-unit.ts';
import { after, isConstant, isRows, type ReadContext, type ReadNode, refuse } from './read-context.ts';
import { type RowsValue, rowsOf } from './values.ts';

const float = 1;

/** (x - offset)·scale. */
const scaler: ReadNode = ([rows], attributes, context) => {
  const [offset, scale] = [attributes.numbers('offset'), attributes.numbers('scale')].map((each) =>
    uniform(Float64Array.from(each)),
  );
  if (!isRows(rows) || rows.axes !== undefined) return refuse('does not scale rows of numbers');
  const width = [offset, scale].map((each) => (typeof each === 'number' ? undefined : each.length)).find(Boolean);
  const fits = [offset, scale].every((each) => typeof each === 'number' || each.length === (rows.width ?? width));
  if (!fits) return refuse('has constants that do not fit the rows');
  // Integers become floats here.
  const stage = context.close({ ...rows, element: float });
  if (!('step' in stage)) return stage;
  const less = after(
    stage,
    { kind: 'affine', shift: typeof offset === 'number' ? -offset : offset.map((each) => -each) },
    rows.width ?? width,
  );
  return rowsOf(after(less, { kind: 'affine', scale }), float);
};

/** The rows times a matrix whose transpose is listed, plus a constant for each unit. */
function linear(rows: RowsValue, units: number, attributes: NodeAttributes, context: ReadContext) {
  const [coefficients, intercepts] = [attributes.numbers('coefficients'), attributes.numbers('intercepts')];
  const inputs = coefficients.length / units;
  const isMatrix = Number.isInteger(inputs) && inputs > 0 && (intercepts.length === 0 || intercepts.length === units);
  if (!isMatrix || rows.axes !== undefined || (rows.width !== undefined && rows.width !== inputs)) {
    return refuse('has coefficients that do not fit the rows');
  }
  const stage = context.close({ ...rows, element: float });
  if (!('step' in stage)) return stage;
  context.charge(coefficients.length);
  const weight = Float64Array.from(
    { length: coefficients.length },
    (_, i) => coefficients[(i % units) * inputs + Math.floor(i / units)],
  );
  const product = after(stage, { kind: 'product', weight: tensor([inputs, units], weight) }, units);
  return intercepts.length === 0 ? product : after(product, { kind: 'affine', shift: Float64Array.from(intercepts) });
}

const linearRegressor: ReadNode = ([rows], attributes, context) => {
  const [targets, transform] = [attributes.integer('targets', 1), attributes.text('post_transform', 'NONE')];
  if (!isRows(rows) || transform !== 'NONE' || !(targets >= 1)) return refuse('is not a linear regression');
  const stage = linear(rows, targets, attributes, context);
  return 'step' in stage ? rowsOf(stage, float) : stage;
};

/** The labels of classes: texts or whole numbers. The names of the attributes differ from operator to operator. */
function classesOf(attributes: NodeAttributes): string[] {
  const texts = ['classlabels_strings', 'classlabels_string'].flatMap((name) => attributes.texts(name));
  const numbers = ['classlabels_ints', 'classlabels_int64s'].flatMap((name) => attributes.integers(name) ?? []);
  return [...texts, ...numbers.map(String)];
}

/** The scores; its first output, the label, is not read. */
const linearClassifier: ReadNode = ([rows], attributes, context) => {
  const classes = classesOf(attributes);
  const transform = attributes.text('post_transform', 'NONE');
  attributes.ignore('multi_class');
  const activation = transform === 'SOFTMAX' ? softmax : transform === 'LOGISTIC' ? sigmoid : undefined;
  if (!isRows(rows) || (activation === undefined && transform !== 'NONE') || classes.length === 0) {
    return refuse('is not a classification by weighted sums');
  }
  const stage = linear(rows, classes.length, attributes, context);
  if (!('step' in stage)) return stage;
  context.noteClasses(classes);
  return rowsOf(activation === undefined ? stage : after(stage, { kind: 'activation', activation }), float);
};

/** Probabilities by their labels; the rows stay a list in the order of the labels. */
const zipMap: ReadNode = ([rows], attributes, context) => {
  context.noteClasses(classesOf(attributes));
  return isRows(rows) ? rows : refuse('does not name columns of numbers');
};

/** Division by the sum of each row, which is 1 after softmax. */
const normalizer: ReadNode = ([rows], attributes, context) => {
  const norm = attributes.text('norm', 'MAX');
  const stage = isRows(rows) ? context.close(rows) : undefined;
  const sumsToOne =
    stage !== undefined && 'step' in stage && stage.step.kind === 'activation' && stage.step.activation === softmax;
  return norm === 'L1' && sumsToOne ? rows! : refuse('divides each row by its norm');
};

/** Labels by their position. */
const arrayFeatureExtractor: ReadNode = ([labels, label], _attributes, context) => {
  if (!isConstant(labels) || label?.kind !== 'label') return refuse('does not look labels up');
  context.noteClasses(labels.texts ?? [...labels.numbers().data].map(String));
  return label;
};

/** By operator of the domain ai.onnx.ml. */
export const mlOperators: Readonly<Record<string, ReadNode>> = {
  Scaler: scaler,
  LinearRegressor: linearRegressor,
  LinearClassifier: linearClassifier,
  Normalizer: normalizer,
  ZipMap: zipMap,
  ArrayFeatureExtractor: arrayFeatureExtractor,
};

/** Operators whose numbers are their second output. */
export const secondOutput: ReadonlySet<string> = new Set(['LinearClassifier']);
