/** Nodes whose inputs are all constants: their result is a constant. */
import { size } from '../../base/shape.ts';
import { tensor } from '../../base/tensor.ts';
import { argument, evaluate } from '../../core/formula.ts';
import { isFractional } from './constants.ts';
import { elementwise } from './elementwise.ts';
import type { NodeAttributes } from './node-attributes.ts';
import { type NotUnderstood, type ReadContext, refuse } from './read-context.ts';
import type { ConstantValue } from './values.ts';

/** Folds a node. Inputs that are left out are undefined. */
type Fold = (
  inputs: readonly (ConstantValue | undefined)[],
  attributes: NodeAttributes,
  context: ReadContext,
) => ConstantValue | NotUnderstood;

/** A constant that is computed when it is first read. */
function computed(
  shape: readonly number[],
  element: number,
  compute: () => Float64Array,
  { charge }: ReadContext,
): ConstantValue {
  let found: ReturnType<typeof tensor> | undefined;
  return {
    kind: 'constant',
    shape,
    element,
    numbers() {
      if (found === undefined) charge(size(shape));
      found ??= tensor(shape, compute());
      return found;
    },
  };
}

const stridesOf = (shape: readonly number[]) => shape.map((_, axis) => size(shape.slice(axis + 1)));

/** The elements of `data` [shape] at each place of a tensor of shape `to`, by how far each axis of `to` moves in it. */
function gathered(data: Float64Array, to: readonly number[], strides: readonly number[]): Float64Array {
  const steps = stridesOf(to);
  return Float64Array.from(
    { length: size(to) },
    (_, i) =>
      data[to.reduce((place, length, axis) => place + (Math.floor(i / steps[axis]) % length) * strides[axis], 0)],
  );
}

const transpose: Fold = ([given], attributes, context) => {
  const rank = given!.shape.length;
  const order = attributes.integers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (order.length !== rank || new Set(order).size !== rank || order.some((axis) => !(axis >= 0 && axis < rank))) {
    return refuse('permutes axes that are not there');
  }
  const strides = stridesOf(given!.shape);
  const to = order.map((axis) => given!.shape[axis]);
  return computed(
    to,
    given!.element,
    () =>
      gathered(
        given!.numbers().data,
        to,
        order.map((axis) => strides[axis]),
      ),
    context,
  );
};

/** Numbers of any shape under another shape. */
function reshaped(given: ConstantValue, shape: readonly number[], context: ReadContext): ConstantValue | NotUnderstood {
  const isShape = shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (!isShape || shape.length > 8 || size(shape) !== size(given.shape))
    return refuse('gives a constant a shape that does not fit');
  return computed(shape, given.element, () => given.numbers().data, context);
}

const listOf = (given: ConstantValue | undefined, attributes: NodeAttributes, name: string) =>
  attributes.integers(name) ?? (given === undefined ? undefined : [...given.numbers().data]);

const reshape: Fold = ([given, shape], attributes, context) => {
  const allowZero = attributes.integer('allowzero', 0) !== 0;
  const asked = listOf(shape, attributes, 'shape') ?? [];
  const known = asked.map((length, axis) => (length === 0 && !allowZero ? given!.shape[axis] : length));
  const rest = size(given!.shape) / known.filter((length) => length !== -1).reduce((a, b) => a * b, 1);
  return reshaped(
    given!,
    known.map((length) => (length === -1 ? rest : length)),
    context,
  );
};

const flatten: Fold = ([given], attributes, context) => {
  const { shape } = given!;
  const axis = attributes.integer('axis', 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return reshaped(given!, [size(shape.slice(0, at)), size(shape.slice(at))], context);
};

const squeeze: Fold = ([given, axes], attributes, context) => {
  const { shape } = given!;
  const asked = listOf(axes, attributes, 'axes')?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  return reshaped(
    given!,
    shape.filter((length, axis) => !(asked?.includes(axis) ?? length === 1)),
    context,
  );
};

const unsqueeze: Fold = ([given, axes], attributes, context) => {
  const asked = listOf(axes, attributes, 'axes') ?? [];
  const rank = given!.shape.length + asked.length;
  const ones = new Set(asked.map((axis) => (axis < 0 ? axis + rank : axis)));
  const left = [...given!.shape];
  return reshaped(
    given!,
    Array.from({ length: rank }, (_, axis) => (ones.has(axis) ? 1 : (left.shift() ?? 1))),
    context,
  );
};

/** Converts as C does: fractions are dropped, and float is rounded. */
const cast: Fold = ([given], attributes, context) => {
  const to = attributes.integer('to', 0);
  attributes.ignore('saturate', 'round_mode');
  const convert =
    to === 1
      ? Math.fround
      : to === 11
        ? (x: number) => x
        : to === 9
          ? (x: number) => Number(x !== 0)
          : [6, 7].includes(to)
            ? Math.trunc
            : undefined;
  // Numbers of 16 bits become others only if the constant has more.
  const keeps = to === given!.element ? (x: number) => x : convert;
  if (keeps === undefined) return refuse('converts a constant to a type that chainrule does not compute with');
  return computed(given!.shape, to, () => given!.numbers().data.map(keeps), context);
};

const unchanged: Fold = ([given]) => given ?? refuse('has no input');

const dropout: Fold = ([given], attributes) => {
  attributes.ignore('ratio', 'seed');
  return given ?? refuse('has no input');
};

const folds: Readonly<Record<string, Fold>> = {
  Transpose: transpose,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Cast: cast,
  Identity: unchanged,
  Dropout: dropout,
};

/** The shape of operands that are repeated along axes of length 1, as in NumPy; undefined if they do not fit. */
function broadcast(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = shapes.reduce((most, { length }) => Math.max(most, length), 0);
  const to = Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
  const fits = shapes.every((shape) =>
    shape.every((length, axis) => length === 1 || length === to[axis + rank - shape.length]),
  );
  return fits ? to : undefined;
}

const foldElementwise =
  (name: string): Fold =>
  (inputs, attributes, context) => {
    const operator = elementwise[name];
    const present = inputs.filter((each) => each !== undefined);
    const formula = operator.build(
      inputs.map((each) => each && argument(present.indexOf(each))),
      attributes,
    );
    const shape = broadcast(present.map((each) => each.shape));
    if (formula === undefined || shape === undefined) return refuse('combines constants that do not fit');
    const { element } = present[present.length - 1];
    const isWhole = !isFractional(element);
    // In whole numbers, only these operations agree with those of fractions.
    if (isWhole && !['Add', 'Sub', 'Mul', 'Neg'].includes(name)) return refuse('computes with whole numbers');
    const compute = () => {
      const operands = present.map((each) => {
        const strides = stridesOf(each.shape);
        const own = shape.map((_, axis) => {
          const at = axis - shape.length + each.shape.length;
          return at < 0 || each.shape[at] === 1 ? 0 : strides[at];
        });
        return gathered(each.numbers().data, shape, own);
      });
      return Float64Array.from({ length: size(shape) }, (_, i) =>
        evaluate(
          formula,
          operands.map((data) => data[i]),
        ),
      );
    };
    return computed(shape, operator.isTest ? 9 : element, compute, context);
  };

/** How a node of constants is folded; undefined if its operator is not known. */
export const foldOf = (operator: string): Fold | undefined =>
  Object.hasOwn(folds, operator)
    ? folds[operator]
    : Object.hasOwn(elementwise, operator)
      ? foldElementwise(operator)
      : undefined;
