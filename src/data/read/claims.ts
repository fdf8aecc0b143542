/**
 * What a binary file claims about itself, compared with what it may hold. Its readers ask here before they allocate, and
 * throw `torn` where a claim and the bytes disagree. Nothing else in them throws on purpose: whoever calls them makes an
 * InputError of it, which names the file.
 */
import { checkLimit, type ReadLimits } from './limits.ts';

/** The bytes break the rules of their format. The message is a reason without a full stop, for people. */
export class Torn extends Error {}

export function torn(reason: string): never {
  throw new Torn(reason);
}

/** What is read of one file so far, against the limits for a file of its size. Its checks throw InputErrors. */
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

  /** Before rows are read. One without columns counts as a cell: it takes time all the same. */
  addRows(rows: number, columns: number): void {
    this.addCells(rows * Math.max(1, columns));
  }

  /** Before `count` cells, or entries of a dictionary, take memory. */
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
  return torn(value > max ? `${what} is ${value}, and at most ${max} can be` : `${what} is ${value}`);
}
