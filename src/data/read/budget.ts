/**
 * Limits and checks for the readers of binary files. They ask the budget before they allocate, and throw `torn` if a size in
 * the file and its bytes disagree; their caller turns that into an InputError that names the file.
 */
import { checkLimit, type ReadLimits } from './limits.ts';

/** The bytes break the rules of their format. The message is a reason without a full stop, for people. */
export class Torn extends Error {}

export function torn(reason: string): never {
  throw new Torn(reason);
}

/** Compares what has been read of a file with the limits for its size. The checks throw InputErrors. */
export class Budget {
  readonly name: string;
  private readonly bytes: number;
  private readonly limits: ReadLimits | undefined;
  private cells = 0;
  private decompressed = 0;

  constructor(name: string, bytes: number, limits: ReadLimits | undefined) {
    this.name = name;
    this.bytes = bytes;
    this.limits = limits;
  }

  private check(limit: keyof ReadLimits, found: number): void {
    checkLimit(limit, found, { where: this.name, bytes: this.bytes, limits: this.limits });
  }

  /** Before the columns' names are read. */
  checkColumns(count: number): void {
    this.check('maxColumns', count);
  }

  /** Before rows are read. A row without columns counts as one cell, because it takes time too. */
  addRows(rows: number, columns: number): void {
    this.addCells(rows * Math.max(1, columns));
  }

  /** Before memory is allocated for `count` cells, or entries of a dictionary. */
  addCells(count: number): void {
    this.cells += count;
    this.check('maxCells', this.cells);
  }

  /** Before `count` bytes are decompressed, or copied into texts. */
  addBytes(count: number): void {
    this.decompressed += count;
    this.check('maxDecompressedBytes', this.decompressed);
  }
}

/** A count or size in a file's metadata: a whole number from 0 to `max`. */
export function checkCount(value: unknown, max: number, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
  if (typeof value !== 'number') return torn(`${what} is missing`);
  return torn(value > max ? `${what} is ${value}, but at most ${max} is possible` : `${what} is ${value}`);
}
