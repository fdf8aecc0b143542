/** The findings of the audit as text: each completes "follows if …". */

import { numberText } from '../explain/numbers.ts';
import type { Scalar } from '../explain/tape.ts';
import type { Cell } from './cell.ts';
import type { Grain, Rounded, Scope } from './rounding.ts';
import type { Slip } from './slip.ts';
import { type NumberNames, nameText } from './subject.ts';
import type { Workings } from './workings.ts';

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

function ordinal(index: number): string {
  return ordinals[index] ?? `${index + 1}th`;
}

/** `a, b and c`; beyond `limit`, the number of the others. */
export function listed(
  parts: readonly string[],
  limit = Number.POSITIVE_INFINITY,
  between = ', ',
  before = ' and ',
): string {
  if (parts.length > limit) return `${parts.slice(0, limit).join(between)}${before}${parts.length - limit} more`;
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(between)}${before}${parts.at(-1)}`;
}

export class Words {
  private readonly workings: Workings;
  private readonly names: NumberNames;

  constructor(workings: Workings, names: NumberNames) {
    this.workings = workings;
    this.names = names;
  }

  /** The name of a cell's number, or its formula in numbers that have names. */
  label(cell: number, depth = 0): string {
    const { scalar, text, terms, from, time } = this.workings.cells[cell];
    if (scalar?.node.name !== undefined) {
      const name = nameText(this.names, scalar);
      if (name !== undefined) return time > 1 ? `${name} after ${time} updates` : name;
    }
    if (text !== undefined) return text;
    if (depth > 3) return '…';
    const inner = (operand: number) => this.label(operand, depth + 1);
    if (terms !== undefined) {
      const parts: string[] = [];
      for (let t = 0; t < terms.length; t += 2) {
        parts.push(
          terms[t + 1] < 0 ? inner(terms[t]) : `${this.factor(terms[t], depth)}·${this.factor(terms[t + 1], depth)}`,
        );
      }
      return parts.length > 4 ? `${parts.slice(0, 3).join(' + ')} + …` : parts.join(' + ');
    }
    const primitive = this.workings.primitive(cell);
    const [a, b] = from;
    switch (primitive) {
      case 'add':
        return `${inner(a)} + ${inner(b)}`;
      case 'sub':
        return `${inner(a)} − ${this.factor(b, depth)}`;
      case 'mul':
        return a === b ? `${this.factor(a, depth)}²` : `${this.factor(a, depth)}·${this.factor(b, depth)}`;
      case 'div':
        return `${this.factor(a, depth)}/${this.factor(b, depth)}`;
      case 'neg':
        return `−${this.factor(a, depth)}`;
      default:
        return `${primitive === 'log' ? 'ln' : (primitive ?? 'max')}(${from.map(inner).join(', ')})`;
    }
  }

  private factor(cell: number, depth: number): string {
    const text = this.label(cell, depth + 1);
    return / [+−] |[·/]/.test(text) && !text.startsWith('∂') ? `(${text})` : text;
  }

  /** The named number whose computation a cell belongs to. */
  private owner(cell: number): string {
    return this.label(this.named(cell));
  }

  private named(cell: number): number {
    const { workings } = this;
    let at = cell;
    for (let steps = 0; steps < 50; steps++) {
      const { scalar } = workings.cells[at];
      if (scalar?.node.name !== undefined) break;
      const [next] = workings.reads[at];
      if (next === undefined) break;
      at = next.by;
    }
    return at;
  }

  /** The addresses of the numbers whose computation some cells belong to. */
  addresses(cells: readonly number[]): string[] {
    return [...new Set(cells.map((cell) => this.address(cell)))];
  }

  /** Of a slip: the addresses of the numbers whose computation contains it. */
  places({ extent, kind, of, in: cells }: Slip): string[] {
    const isSum = kind === 'sample' || kind === 'divisor';
    const everywhere = extent === 'everywhere' && !isSum;
    return this.addresses(everywhere ? this.workings.reads[of].map(({ by }) => by) : cells);
  }

  private address(cell: number): string {
    const { scalar, text } = this.workings.cells[this.named(cell)];
    return scalar?.node.name === undefined ? (text ?? '') : this.names.address(scalar);
  }

  private owners(cells: readonly number[]): string {
    const owners = [...new Set(cells.map((cell) => this.owner(cell)))];
    return owners.length > 4 ? `${owners[0]} to ${owners.at(-1)} (${owners.length} numbers)` : listed(owners);
  }

  private value(cell: number): string {
    return numberText(this.workings.values[cell]);
  }

  slip(slip: Slip): string {
    const { workings } = this;
    const { kind, extent, of, used } = slip;
    const label = this.label(of);
    switch (kind) {
      case 'number':
        return `${this.used(slip)} is used ${this.misread(slip)}`;
      case 'sign':
        if (this.isAddedGradient(slip)) return `the update adds ${this.numbered(of)} instead of subtracting it`;
        return extent === 'tensor' && Number.isNaN(used)
          ? `${label} and the rest of its tensor have the opposite sign, ${this.where(slip)}`
          : `${this.numbered(of)} has the opposite sign ${this.where(slip)}`;
      case 'swapped':
        return this.swapped(slip);
      case 'decimal':
        return `${numberText(used)} is used in place of ${this.numbered(of)}, its decimal point ${shiftText(slip.shift!)}, ${this.where(slip)}`;
      case 'inherited':
        return `${label} is printed as ${numberText(used, 15)}, not ${this.value(of)}, and later numbers are computed from the print`;
      case 'factor':
        return `the factor ${label} and the rest of its tensor are left out, ${this.where(slip)}`;
      case 'sample': {
        const recounted = slip.recounted ? ', and the divisor counts only the remaining samples' : '';
        return `sample ${slip.sample! + 1} is left out of ${this.sums(slip)}${recounted}${this.again(slip)}`;
      }
      case 'divisor': {
        const [first] = slip.in;
        const term =
          slip.sample !== undefined
            ? `the ${ordinal([...new Set(workings.cells[first].samples)].indexOf(slip.sample))} sample's term`
            : `the ${ordinal(slip.term!)} term`;
        const divisor = slip.divisor!.length > 1 ? `1/(${slip.divisor})` : `1/${slip.divisor}`;
        return `${divisor} divides only ${term} of ${this.sums(slip)}${this.again(slip)}`;
      }
    }
  }

  /** Whether one update has the wrong direction. */
  private isAddedGradient({ of, in: cells, extent }: Slip): boolean {
    const { cells: all } = this.workings;
    return extent === 'once' && cells.length === 1 && isUpdate(all[cells[0]]) && isGradient(all[of]);
  }

  private swapped(slip: Slip): string {
    const [a, b] = this.workings.cells[slip.of].from.map((cell) => this.label(cell));
    const where = this.where(slip);
    switch (slip.swap!) {
      case 'added':
        return `${a} and ${b} are added, not multiplied, ${where}`;
      case 'multiplied':
        return `${a} and ${b} are multiplied, not added, ${where}`;
      case 'divided':
        return `${a} is divided by ${b}, not multiplied, ${where}`;
      case 'timesDivisor':
        return `${a} is multiplied by ${b}, not divided, ${where}`;
      case 'factorsAdded':
        return `the factors of each term are added, not multiplied, ${where}`;
      case 'termsMultiplied':
        return `the terms are multiplied, not added, ${where}`;
    }
  }

  /** Of a substituted number: the substitute. */
  used({ used, source }: Slip): string {
    const names = source!.cells.map((cell) => this.label(cell));
    return `${numberText(used)}${names.length === 0 ? '' : ` (${listed(names, 2)})`}`;
  }

  /** Of a substituted number: the number that it replaces, and where. */
  misread(slip: Slip): string {
    return `in place of ${this.numbered(slip.of)} ${this.where(slip)}`;
  }

  private where(slip: Slip): string {
    const where = slip.extent === 'everywhere' ? 'wherever it is used' : `in ${this.owners(slip.in)}`;
    return `${where}${this.again(slip)}`;
  }

  /** States that a slip occurs at each step, unless the names of its numbers already show it. */
  private again({ repeated, extent, in: cells }: Slip): string {
    const isClear = extent !== 'everywhere' && new Set(cells.map((cell) => this.owner(cell))).size > 1;
    return repeated && !isClear ? ', at each step' : '';
  }

  private sums(slip: Slip): string {
    return slip.extent === 'everywhere' ? `all ${slip.in.length} sums over the samples` : this.owners(slip.in);
  }

  private numbered(cell: number): string {
    const value = this.value(cell);
    const text = this.label(cell);
    return this.workings.isConstant(cell)
      ? `the divisor ${text === value ? value : `${text} = ${value}`}`
      : `${text} = ${value}`;
  }

  rounded({ parts, carried }: Rounded): string {
    if (carried) return 'the earlier printed values are used as printed';
    return listed(parts.map(({ scope, grain }) => `${this.scope(scope)} rounded to ${grainText(grain)}`));
  }

  private scope({ what, kind, cells }: Scope): string {
    switch (what) {
      case 'everything':
        return 'every intermediate number is';
      case 'kind':
        return `every ${kindWords[kind!] ?? kind} is`;
      case 'tensor':
        return `${this.label(cells[0])} and the rest of its tensor are`;
      case 'number':
        return `${this.numbered(cells[0])} is`;
    }
  }
}

const nameOf = ({ node }: Scalar) => node.name ?? '';
/** Whether a cell belongs to the update of a parameter. */
export const isUpdate = ({ host }: Cell): boolean => nameOf(host).startsWith('updated(');
export const isGradient = ({ scalar }: Cell): boolean => scalar !== undefined && nameOf(scalar).startsWith('gradient(');

/** How far a decimal point is shifted: `one place to the right`. */
export function shiftText(shift: number): string {
  const places = Math.abs(shift) === 1 ? 'one place' : `${Math.abs(shift)} places`;
  return `${places} to the ${shift > 0 ? 'right' : 'left'}`;
}

const kindWords: Readonly<Record<string, string>> = {
  output: 'output of a layer',
  sum: 'weighted sum',
  input: 'averaged input',
  gradient: 'derivative of the loss',
  parameterGradient: 'derivative of the loss with respect to a weight or bias',
  unitGradient: 'derivative of the loss with respect to a sum or output',
  factor: 'factor of the chain rule',
  weight: 'updated weight',
};

function grainText({ unit, count }: Grain): string {
  return unit === 'digits' ? `${count} digits` : `${count} decimals`;
}
