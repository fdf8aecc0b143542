/** Operators that change the shape of rows. They are read if predictions stay rows of numbers. */
import { tensor } from '../../base/tensor.ts';
import { isConstant, isRows, type ReadNode, refuse } from './read-context.ts';
import type { RowsValue, Value } from './values.ts';

const changesRows = 'changes what is a row';

/** Rows whose axes after the first became one. */
const flattened = ({ axes, ...rows }: RowsValue): RowsValue =>
  axes === undefined || axes.length === 0 ? rows : { ...rows, width: axes.reduce((a, b) => a * b, 1) };

export const flatten: ReadNode = ([rows], attributes) => {
  const axis = attributes.integer('axis', 1);
  if (!isRows(rows) || rows.axes?.length === 0) return refuse(changesRows);
  const isFirst = axis === 1 || axis === -(rows.axes?.length ?? 1);
  return isFirst ? flattened(rows) : refuse(changesRows);
};

export const reshape: ReadNode = ([rows, shape], attributes) => {
  const allowZero = attributes.integer('allowzero', 0);
  const lengths = attributes.integers('shape') ?? (isConstant(shape) ? [...shape.numbers().data] : undefined);
  if (!isRows(rows) || lengths === undefined || (allowZero !== 0 && lengths.includes(0))) return refuse(changesRows);
  const flat = flattened(rows);
  const [first, second] = lengths;
  // [-1] of rows with one number: a list of numbers
  if (lengths.length === 1 && flat.width === 1) return { ...flat, axes: [] };
  if (lengths.length !== 2) return refuse(changesRows);
  const keepsWidth = second === flat.width || (second === 0 && rows.axes === undefined);
  // -1 is the rest: all of the row, if the first axis is kept.
  const keepsRows = second === -1 && first === 0;
  return keepsWidth || keepsRows ? flat : refuse(changesRows);
};

/** Only the axis of rows with one number can go. */
export const squeeze: ReadNode = ([rows, given], attributes) => {
  const axes = attributes.integers('axes') ?? (isConstant(given) ? [...given.numbers().data] : []);
  if (!isRows(rows) || rows.width !== 1 || rows.axes !== undefined) return refuse(changesRows);
  const isLast = axes.length === 0 || (axes.length === 1 && (axes[0] === 1 || axes[0] === -1));
  return isLast ? { ...rows, axes: [] } : refuse(changesRows);
};

// Exporters write x.view(x.size(0), -1) as Shape, Gather, Unsqueeze, Concat and Reshape.

export const shape: ReadNode = ([rows]) => (isRows(rows) ? { kind: 'shape' } : refuse('is the shape of another value'));

export const gather: ReadNode = ([lengths, index], attributes) => {
  const isFirst = isConstant(index) && index.shape.length < 2 && index.numbers().data[0] === 0;
  if (lengths?.kind !== 'shape' || !isFirst || attributes.integer('axis', 0) !== 0)
    return refuse('selects by position');
  return { kind: 'rowCount' };
};

export const unsqueeze: ReadNode = ([value], attributes) => {
  attributes.integers('axes');
  return value?.kind === 'rowCount' ? value : refuse(changesRows);
};

/** A shape of the number of rows and of constants. In a Reshape, the length 0 keeps that axis. */
export function joinedShape(lengths: readonly (Value | undefined)[]): Value | undefined {
  const [first, ...rest] = lengths;
  const constants = rest.filter(isConstant).flatMap((each) => [...each.numbers().data]);
  if (first?.kind !== 'rowCount' || !rest.every(isConstant) || constants.includes(0)) return undefined;
  const data = [0, ...constants];
  return { kind: 'constant', element: 7, shape: [data.length], numbers: () => tensor([data.length], data) };
}
