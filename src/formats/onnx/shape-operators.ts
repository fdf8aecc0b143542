/** Operators that change the shape of rows. They are read if predictions stay rows of numbers. */
import { isConstant, isRows, type ReadNode, refuse } from './read-context.ts';
import type { RowsValue } from './values.ts';

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
