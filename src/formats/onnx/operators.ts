/** How the operators of the standard domain are read, apart from elementwise ones. */
import { type Tensor, tensor } from '../../base/tensor.ts';
import { transposed } from '../transpose.ts';
import { readActivation } from './activations.ts';
import { elementName, isFractional } from './constants.ts';
import { combine, unit } from './per-unit.ts';
import {
  after,
  isConstant,
  isRows,
  type NotUnderstood,
  perUnit,
  type ReadContext,
  type ReadNode,
  refuse,
} from './read-context.ts';
import { flatten, gather, joinedShape, reshape, shape, squeeze, unsqueeze } from './shape-operators.ts';
import { type PerUnit, type RowsValue, rowsOf, type Stage, type Value } from './values.ts';

const isStage = (found: Stage | NotUnderstood): found is Stage => 'step' in found;

const noProduct = 'is not a product of the rows with a constant matrix';

function product(rows: RowsValue, weight: Tensor, context: ReadContext): Stage | NotUnderstood {
  if (rows.axes !== undefined) return refuse(`multiplies rows of ${rows.axes.length} axes`);
  if (weight.data.length === 0) return refuse('has an empty matrix');
  const stage = context.close(rows);
  if (!isStage(stage)) return stage;
  const [inputs, units] = weight.shape;
  if (stage.width !== undefined && stage.width !== inputs) {
    return refuse(`needs ${inputs} numbers in a row, but gets ${stage.width}`);
  }
  // A matrix that several products share becomes several layers.
  context.charge(weight.data.length);
  return after(stage, { kind: 'product', weight }, units);
}

const matMul: ReadNode = ([rows, matrix], _attributes, context) => {
  if (!isRows(rows) || !isConstant(matrix) || matrix.shape.length !== 2) return refuse(noProduct);
  const stage = product(rows, matrix.numbers(), context);
  return isStage(stage) ? rowsOf(stage, rows.element) : stage;
};

const gemm: ReadNode = ([rows, matrix, added], attributes, context) => {
  const [alpha, beta] = [attributes.number('alpha', 1), attributes.number('beta', 1)];
  const [transA, transB] = [attributes.integer('transA', 0), attributes.integer('transB', 0)];
  if (!isRows(rows) || !isConstant(matrix) || matrix.shape.length !== 2 || transA !== 0) return refuse(noProduct);
  const given = transB === 0 ? matrix.numbers() : transposed(matrix.numbers());
  const weight =
    alpha === 1
      ? given
      : tensor(
          given.shape,
          given.data.map((value) => alpha * value),
        );
  const stage = product(rows, weight, context);
  if (!isStage(stage)) return stage;
  if (added === undefined) return rowsOf(stage, rows.element);
  const bias = isConstant(added) ? perUnit(added.numbers(), weight.shape[1]) : undefined;
  if (bias === undefined) return refuse('adds a value that is not one constant for each unit');
  const shift = beta === 1 ? bias : combine(bias, beta, (b, factor) => b * factor);
  return rowsOf(after(stage, { kind: 'affine', shift }), rows.element);
};

/** Constants by unit of a normalization; undefined if one is not such a constant. */
function constantsByUnit(given: readonly (Value | undefined)[], width: number | undefined): PerUnit[] | undefined {
  const found = given.map((each) => (isConstant(each) ? perUnit(each.numbers(), width) : undefined));
  return found.includes(undefined) ? undefined : (found as PerUnit[]);
}

/** γ(x - μ)/√(v + ε) + β, which is one scaling by unit. */
const batchNormalization: ReadNode = ([rows, ...statistics], attributes, context) => {
  const epsilon = attributes.number('epsilon', 1e-5);
  attributes.ignore('momentum');
  if (attributes.integer('training_mode', 0) !== 0) return refuse('normalizes by the batch, as in training');
  if (!isRows(rows) || rows.axes !== undefined) return refuse('does not normalize rows of numbers');
  const found = constantsByUnit(statistics, rows.width);
  if (found?.length !== 4) return refuse('has statistics that are not constants');
  const [gamma, beta, mean, variance] = found;
  const stage = context.close(rows);
  if (!isStage(stage)) return stage;
  const scale = combine(gamma, variance, (g, v) => g / Math.sqrt(v + epsilon));
  const shift = combine(
    beta,
    combine(mean, scale, (m, s) => m * s),
    (b, ms) => b - ms,
  );
  const width = stage.width ?? (typeof scale === 'number' ? undefined : scale.length);
  return rowsOf(after(stage, { kind: 'affine', scale, shift }, width), rows.element);
};

const layerNormalization: ReadNode = ([rows, scale, bias], attributes, context) => {
  const [axis, epsilon] = [attributes.integer('axis', -1), attributes.number('epsilon', 1e-5)];
  // It is about how a runtime computes.
  attributes.ignore('stash_type');
  if (!isRows(rows) || rows.axes !== undefined || ![-1, 1].includes(axis)) return refuse('does not normalize each row');
  const found = constantsByUnit(bias === undefined ? [scale] : [scale, bias], rows.width);
  if (found === undefined) return refuse('has weights that are not constants');
  const stage = context.close(rows);
  if (!isStage(stage)) return stage;
  const [gamma, beta] = found;
  const normalized = after(stage, { kind: 'normalization', epsilon });
  return rowsOf(after(normalized, { kind: 'affine', scale: gamma, shift: beta ?? 0 }), rows.element);
};

const acrossUnits =
  (operator: string): ReadNode =>
  ([rows], attributes, context) => {
    const activation = readActivation(operator, attributes);
    if (activation === undefined || !isRows(rows) || rows.axes !== undefined) return refuse('does not mix each row');
    const stage = context.close(rows);
    if (!isStage(stage)) return stage;
    return rowsOf(after(stage, { kind: 'activation', activation }), rows.element);
  };

const cast: ReadNode = ([rows], attributes, context) => {
  const to = attributes.integer('to', 0);
  attributes.ignore('saturate', 'round_mode');
  if (rows?.kind === 'rowCount') return rows;
  if (!isRows(rows)) return refuse('does not convert rows of numbers');
  if (!isFractional(to)) {
    if (!isFractional(rows.element) && [6, 7].includes(to) && rows.element !== 9) return { ...rows, element: to };
    return refuse(`converts numbers to ${elementName(to)}, which drops their fractions`);
  }
  if (to === 10 || to === 16) {
    context.notes.add(
      `The model computes in ${elementName(to)}; chainrule computes in float64, so values differ slightly.`,
    );
  }
  return { ...rows, element: to };
};

const identity: ReadNode = ([value]) => value ?? refuse('has no input');

const dropout: ReadNode = ([value, _ratio, training], attributes) => {
  attributes.ignore('ratio', 'seed');
  const isTraining = training !== undefined && !(isConstant(training) && training.numbers().data[0] === 0);
  return isTraining ? refuse('drops units in predictions, too') : (value ?? refuse('has no input'));
};

/** Columns side by side: of several inputs of the graph, or scalings of the same rows. */
const concat: ReadNode = (inputs, attributes, context) => {
  const axis = attributes.integer('axis', 0);
  const joined = axis === 0 ? joinedShape(inputs) : undefined;
  if (joined !== undefined) return joined;
  const parts = inputs.filter(isRows);
  if (![-1, 1].includes(axis) || parts.length !== inputs.length || parts.some(({ axes }) => axes !== undefined)) {
    return refuse('does not put columns side by side');
  }
  const widths = parts.map(({ width }) => width);
  const total = widths.reduce<number>((sum, width) => sum + (width ?? Number.NaN), 0);
  if (!(total <= 1e6)) return refuse('puts columns side by side whose number is not known');
  const [{ element }] = parts;
  const names = parts.flatMap(({ base: { step }, size }) => (size === 0 && step.kind === 'input' ? step.names : []));
  if (names.length > 0) {
    const areDifferent =
      new Set(names).size === names.length && parts.every(({ base, size }) => size === 0 && base.step.kind === 'input');
    if (!areDifferent) return refuse('repeats an input of the graph');
    context.notes.add(`Rows hold the inputs of the graph in this order: ${names.join(', ')}.`);
    return rowsOf({ step: { kind: 'input', names }, width: total }, element);
  }
  return scalingsSideBySide(parts, total, context);
};

/** [scale₁·x + shift₁, scale₂·x + shift₂, …] as one product with a matrix, and its bias. */
function scalingsSideBySide(parts: readonly RowsValue[], total: number, context: ReadContext): Value | NotUnderstood {
  const stages: Stage[] = [];
  for (const part of parts) {
    const stage = context.close(part);
    if (!isStage(stage)) return stage;
    stages.push(stage);
  }
  const scales = (stage: Stage, x: Stage) => stage.step.kind === 'affine' && stage.before === x;
  // x itself may be one of the parts.
  const x = [stages[0], stages[0].before].find(
    (each) => each !== undefined && stages.every((stage) => stage === each || scales(stage, each)),
  );
  if (x?.width === undefined) return refuse('puts columns of different branches side by side');
  const { width } = x;
  context.charge(width * total);
  const weight = new Float64Array(width * total);
  const bias = new Float64Array(total);
  stages.forEach((stage, k) => {
    const { scale = 1, shift = 0 } = stage !== x && stage.step.kind === 'affine' ? stage.step : {};
    for (let i = 0; i < width; i++) {
      weight[i * total + k * width + i] = unit(scale, i);
      bias[k * width + i] = unit(shift, i);
    }
  });
  const joined = after(x, { kind: 'product', weight: tensor([width, total], weight) }, total);
  return rowsOf(after(joined, { kind: 'affine', shift: bias }), parts[0].element);
}

/** Position of the largest number: a label, which follows from the probabilities. */
const argMax: ReadNode = ([rows], attributes) => {
  attributes.ignore('keepdims', 'select_last_index');
  const isOfRow = [-1, 1].includes(attributes.integer('axis', 0));
  return isRows(rows) && isOfRow ? { kind: 'label' } : refuse('is not the position of the largest number of each row');
};

/** By operator of the standard domain. */
export const operators: Readonly<Record<string, ReadNode>> = {
  MatMul: matMul,
  Gemm: gemm,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Softmax: acrossUnits('Softmax'),
  LogSoftmax: acrossUnits('LogSoftmax'),
  Cast: cast,
  Identity: identity,
  Dropout: dropout,
  Flatten: flatten,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Shape: shape,
  Gather: gather,
  Concat: concat,
  ArgMax: argMax,
};
