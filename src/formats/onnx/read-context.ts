/** What reading a node needs besides the node: constants by unit, notes, limits; and the stages that values become. */
import { listNames } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import { argument, constant, type Formula } from '../../core/formula.ts';
import { isFractional } from './constants.ts';
import { stageOf } from './expression.ts';
import { isScalar, type NodeAttributes } from './node-attributes.ts';
import { uniform } from './per-unit.ts';
import type { ConstantValue, PerUnit, RowsValue, Stage, Step, Value } from './values.ts';

/** Why a node is not understood, as the end of a sentence that begins with its name. */
export class NotUnderstood {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

export const refuse = (why: string) => new NotUnderstood(why);

/** Reads a node, from its inputs. An input that is left out is undefined. */
export type ReadNode = (
  inputs: readonly (Value | undefined)[],
  attributes: NodeAttributes,
  context: ReadContext,
) => Value | NotUnderstood;

/** The most elementwise operators between two products: spelled-out activations have about ten. */
const maxFormula = 64;

/** The most comparisons of a part of a formula with all activations, each of which takes about 0.1 ms. */
const maxComparisons = 5000;

class TooManyComparisons extends Error {}

export class ReadContext {
  readonly notes = new Set<string>();
  /** Counts numbers that are made. Throws an InputError beyond what the file justifies. */
  readonly charge: (count: number) => void;
  private readonly vectors = new Map<number, Float64Array>();
  private comparisons = 0;

  constructor(charge: (count: number) => void) {
    this.charge = charge;
  }

  /** Notes the order of the classes, whose labels a network does not hold. */
  noteClasses(classes: readonly string[]): void {
    if (classes.length > 0) this.notes.add(`The outputs are of the classes ${listNames(classes)}, in this order.`);
  }

  /** The stage of a value. */
  close(value: RowsValue): Stage | NotUnderstood {
    if (!isFractional(value.element)) return refuse('computes with whole numbers');
    if (value.size > maxFormula) return refuse(`follows more than ${maxFormula} elementwise operators`);
    const count = () => {
      this.comparisons += 1;
      if (this.comparisons > maxComparisons) throw new TooManyComparisons();
    };
    try {
      const stage = stageOf(value.base, value.formula, this.vectors, count);
      return stage ?? refuse('follows elementwise operators that are not an activation that chainrule has');
    } catch (error) {
      if (!(error instanceof TooManyComparisons)) throw error;
      return refuse('follows more elementwise operators than chainrule compares with its activations');
    }
  }

  /** A formula for a constant that is combined with rows of some width. */
  operand(given: Tensor, width: number | undefined): { formula: Formula; width?: number } | undefined {
    const found = perUnit(given, width);
    if (found === undefined) return undefined;
    if (typeof found === 'number') return { formula: constant(found), width };
    const index = this.vectors.size + 1;
    this.vectors.set(index, found);
    return { formula: argument(index), width: found.length };
  }
}

/** A stage after another. */
export const after = (before: Stage, step: Step, width = before.width): Stage => ({ before, step, width });

/** A constant as one number, or one for each unit of rows of that width; undefined if it has another shape. */
export function perUnit({ shape, data }: Tensor, width: number | undefined): PerUnit | undefined {
  if (isScalar({ shape })) return shape.length > 2 ? undefined : data[0];
  const isRow = shape.length === 1 || (shape.length === 2 && shape[0] === 1);
  if (!isRow || (width !== undefined && width !== data.length)) return undefined;
  return width === undefined ? data : uniform(data);
}

export const isRows = (value: Value | undefined): value is RowsValue => value?.kind === 'rows';
export const isConstant = (value: Value | undefined): value is ConstantValue => value?.kind === 'constant';
