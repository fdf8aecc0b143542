/** A mistake in the computation of one line of a sheet, and the tools that every kind of mistake needs. */
import type { Formula } from '../../core/formula.ts';
import type { Scalar } from '../../explain/tape.ts';
import { samplesOf } from '../../explain/variable.ts';
import type { NumberNames } from '../subject.ts';
import { Words } from '../words.ts';
import type { Workings } from '../workings.ts';

/** The kinds of mistakes, in the words of their lists. */
export type MistakeKind =
  /** A term of a sum, or a bias, is left out. */
  | 'term'
  | 'bias'
  /** A sign is wrong; in the exponent; in the update. */
  | 'sign'
  | 'exponent'
  | 'update'
  /** An activation is not applied, is applied twice, or is another one; its derivative is of another number. */
  | 'activation'
  | 'derivative'
  /** A factor is left out or repeated; the learning rate; a divisor; a square. */
  | 'factor'
  | 'rate'
  | 'divisor'
  | 'square'
  /** Another number is used: of another index, sample or time; or any other. */
  | 'index'
  | 'sample'
  | 'time'
  | 'number'
  /** Numbers are averaged before instead of after, or added instead of averaged. */
  | 'average'
  /** An operation is another; brackets are left out. */
  | 'operation'
  | 'brackets'
  /** Numbers are rounded before they are used. */
  | 'early'
  /** The result is written down wrong. */
  | 'decimal'
  | 'digits'
  | 'cutOff';

/**
 * How common a mistake is: 0 for the usual ones; 1 for others of a known kind; 2 for any number in place of another, of which so
 * many are tried that only many digits are evidence.
 */
export type Rank = 0 | 1 | 2;

/** A computation with one mistake: some cells are computed differently. */
export interface Mistake {
  readonly kind: MistakeKind;
  readonly rank: Rank;
  /** Completes "follows if …". */
  readonly text: string;
  readonly cells: readonly number[];
  /** The changed value of one of them, from the present values of the others. */
  readonly value: (cell: number, now: Float64Array) => number;
}

/** A change of one cell. */
export const mistakeAt = (
  cell: number,
  kind: MistakeKind,
  rank: Rank,
  text: string,
  value: (now: Float64Array) => number,
): Mistake => ({ kind, rank, text, cells: [cell], value: (_, now) => value(now) });

/** A function of one number, and the cell of that number. */
export interface FunctionOf {
  readonly formula: Formula;
  readonly argument: number;
}

/** The workings of a sheet, with the names of their numbers. */
export class SheetWorkings {
  readonly workings: Workings;
  private readonly names: NumberNames;
  private readonly words: Words;
  private readonly labels = new Map<number, string>();
  private functions?: ReadonlyMap<number, readonly number[]>;
  /** The cells of a tensor at a time. */
  private readonly tensors = new Map<string, number[]>();

  constructor(workings: Workings, names: NumberNames) {
    this.workings = workings;
    this.names = names;
    this.words = new Words(workings, names);
    for (const [cell, { group, time }] of workings.cells.entries()) {
      const key = `${group} ${time}`;
      this.tensors.set(key, [...(this.tensors.get(key) ?? []), cell]);
    }
  }

  /** `h1·w1 + h2·w2`, or the name of the number. */
  label(cell: number): string {
    const label = this.labels.get(cell) ?? this.words.label(cell).replaceAll('exp(', 'e^(');
    this.labels.set(cell, label);
    return label;
  }

  /** Whether people see it as a number: it has a name. */
  isNamed(cell: number): boolean {
    return this.workings.cells[cell].scalar?.node.name !== undefined;
  }

  nodeName(cell: number): string {
    return this.workings.cells[cell].scalar?.node.name ?? '';
  }

  /** The elements of the same tensor at the same time. */
  tensorOf(cell: number): readonly number[] {
    const { group, time } = this.workings.cells[cell];
    return this.tensors.get(`${group} ${time}`)!;
  }

  /** The element of the same matrix with its two indices exchanged. */
  transposed(cell: number): number | undefined {
    const index = this.workings.cells[cell].scalar?.index;
    if (index?.length !== 2 || index[0] === index[1] || this.samples(cell).length > 0) return undefined;
    const [i, j] = index;
    return this.tensorOf(cell).find((other) => {
      const at = this.workings.cells[other].scalar?.index;
      return at?.length === 2 && at[0] === j && at[1] === i;
    });
  }

  /** The samples that a number belongs to. */
  samples(cell: number): readonly number[] {
    const scalar: Scalar | undefined = this.workings.cells[cell].scalar;
    const variable = scalar?.node.name === undefined ? undefined : this.names.of(scalar);
    return variable === undefined ? [] : [...samplesOf(variable)];
  }

  /** The function that a number is of one other number, as y of z; undefined of other numbers. */
  functionOf(cell: number): FunctionOf | undefined {
    const { scalar, from } = this.workings.cells[cell];
    const definition = scalar?.node.name === undefined ? undefined : scalar.definition;
    if (definition?.kind !== 'formula' || definition.from.length !== 1) return undefined;
    const { formula } = definition;
    if (formula.kind !== 'apply') return undefined;
    const written = this.workings.written.get(cell);
    const argument = written?.args[0] ?? from.find((operand) => !this.workings.isConstant(operand));
    return argument === undefined ? undefined : { formula, argument };
  }

  /** The numbers that are a function of a number. */
  functionsOf(cell: number): readonly number[] {
    if (this.functions === undefined) {
      const found = new Map<number, number[]>();
      for (const each of this.workings.cells.keys()) {
        const from = this.functionOf(each)?.argument;
        if (from !== undefined) found.set(from, [...(found.get(from) ?? []), each]);
      }
      this.functions = found;
    }
    return this.functions.get(cell) ?? [];
  }

  /** The operands of a cell, without the gaps of a sum's terms. */
  operands(cell: number): number[] {
    const { terms, from } = this.workings.cells[cell];
    return [...(terms ?? from)].filter((operand) => operand >= 0);
  }
}
