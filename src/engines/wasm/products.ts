/**
 * Matrix products that a module leaves to a function it imports: the general matrix product of the BLAS (Dongarra and
 * others, "A set of level 3 basic linear algebra subprograms", 1990), its operands named by addresses in the memory.
 */
import type { ContractStep, Slot } from '../../plan/plan.ts';
import { type Context, type StepFunction, stepLocals } from './context.ts';
import { type Code, call, type ImportedFunction, i32, int, op } from './encoder.ts';
import { atMost, plus, times } from './writer.ts';

/**
 * C := A B over the memory, row by row. Of A: whether it is there transposed, where it starts, in bytes, and numbers from
 * row to row; so of B. C is [rows, columns], and `terms` are summed.
 */
export type Gemm = (
  leftTransposed: number,
  rightTransposed: number,
  rows: number,
  columns: number,
  terms: number,
  left: number,
  leftStride: number,
  right: number,
  rightStride: number,
  result: number,
  resultStride: number,
) => void;

export const gemmImport: ImportedFunction = {
  module: 'blas',
  name: 'gemm',
  type: { parameters: new Array<number>(11).fill(i32), results: [] },
};
/** It is the only imported function. */
const gemmNumber = 0;

/** A factor, and whether it is stored transposed. */
interface Factor {
  readonly slot: Slot;
  readonly transposed: boolean;
}

export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly terms: number;
  readonly left: Factor;
  readonly right: Factor;
  readonly result: Slot;
}

/** A contraction as a product of two matrices; undefined if it is none. */
export function productOf({ letters, inputs, outputs: [result] }: ContractStep): Product | undefined {
  const [row, column, ...others] = letters.output;
  if (inputs.length !== 2 || column === undefined || others.length > 0) return undefined;
  const leftIndex = letters.inputs.findIndex((axes) => axes.includes(row));
  const [left, right] = [leftIndex, 1 - leftIndex];
  const [leftAxes, rightAxes] = [letters.inputs[left], letters.inputs[right]];
  const summed = [...(leftAxes ?? '')].find((letter) => letter !== row);
  const isFactor = (axes: string, outer: string) => axes === `${outer}${summed}` || axes === `${summed}${outer}`;
  if (summed === undefined || summed === column || !isFactor(leftAxes, row) || !isFactor(rightAxes, column)) {
    return undefined;
  }
  const factor = (index: number, axes: string): Factor => ({
    slot: inputs[index],
    transposed: letters.inputs[index] !== axes,
  });
  const [rows, columns] = result.shape;
  return {
    rows,
    columns,
    terms: inputs[left].shape[leftAxes.indexOf(summed)],
    left: factor(left, `${row}${summed}`),
    right: factor(right, `${summed}${column}`),
    result,
  };
}

export const multiplications = ({ rows, columns, terms }: Product) => rows * columns * terms;

/** The rows or columns of a chunk: a thread takes at least this many. */
const chunkLength = 16;
/** The imported product is at least this many times as fast as the module's own. */
const speed = 4;

/** A product as a step: threads share the longer side of the result. */
export function productFunction(product: Product, { address, width }: Context): StepFunction {
  const { rows, columns, terms, left, right, result } = product;
  const { locals, from, to } = stepLocals();
  const byRows = rows >= columns;
  const length = byRows ? rows : columns;
  const [start, end] = [locals.add(i32), locals.add(i32)];
  const count: Code = [end.get, start.get, op['i32.sub']];
  const leftStride = left.transposed ? rows : terms;
  const rightStride = right.transposed ? terms : columns;
  // the start of the part: the next row or column of a factor is `step` numbers later
  const at = (slot: Slot, own: boolean, step: number): Code =>
    own ? plus(times(start.get, step * width), address(slot)) : int(address(slot));
  return {
    chunks: Math.ceil(length / chunkLength),
    cost: multiplications(product) / speed,
    body: locals.body([
      start.set(times(from.get, chunkLength)),
      end.set(times(to.get, chunkLength)),
      end.set(atMost(end, length)),
      int(Number(left.transposed)),
      int(Number(right.transposed)),
      byRows ? count : int(rows),
      byRows ? int(columns) : count,
      int(terms),
      at(left.slot, byRows, left.transposed ? 1 : terms),
      int(leftStride),
      at(right.slot, !byRows, right.transposed ? terms : 1),
      int(rightStride),
      at(result, true, byRows ? columns : 1),
      int(columns),
      call(gemmNumber),
    ]),
  };
}
