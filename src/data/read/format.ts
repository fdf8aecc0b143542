/** The interface of a table format. Each format is defined in its own file; `formats.ts` lists the formats. */
import type { LeftOut, Table } from '../table/table.ts';
import type { Budget } from './budget.ts';
import type { LimitedSource } from './limits.ts';
import type { Part } from './parts.ts';
import type { ReadOptions } from './read.ts';

interface TableFormat {
  /** The name in the places of errors: `csv "people.csv" line 3`. */
  readonly name: string;
  /** The name for people. */
  readonly title: string;
  /** The usual endings of a file's name. The contents decide the format, not the ending. */
  readonly endings: readonly string[];
}

/** A format of bytes, recognized by the first of them. */
export interface BinaryFormat extends TableFormat {
  /** Characters of Latin-1 with which a file begins. */
  readonly magic: readonly string[];
  /**
   * The rows of a file in parts. It asks the budget before it allocates, and throws where the file breaks the rules. Columns of lists,
   * structures and bytes are left out by their type, and never read.
   */
  parts(bytes: Uint8Array, budget: Budget): AsyncGenerator<Part>;
}

/** A format of UTF-8 text. */
export interface TextFormat extends TableFormat {
  /** Whether a text that begins so is in this format. The first format that matches reads it. */
  matches(start: string): boolean;
  /** The table in a whole text. Throws an InputError. */
  read(text: string, options: ReadOptions, source: LimitedSource): Table;
  /** Reads a text in pieces; left out where a text must be whole. `columns` may exist whether or not a row has them. */
  stream?(source: LimitedSource, columns?: readonly string[]): BatchReader;
}

/** Records, with the names of their columns and the lines on which they start. */
export interface TextBatch {
  readonly names: readonly string[];
  readonly records: readonly (readonly (string | undefined)[])[];
  readonly lines: readonly number[];
  /** All columns so far that cannot be used; they are not among the names. */
  readonly leftOut?: readonly LeftOut[];
  /** What was passed over so far, in sentences. */
  readonly notes?: readonly string[];
}

/** Reads a text that comes in pieces. */
export interface BatchReader {
  /** Takes the next piece; returns the records that are complete now. */
  push(text: string): TextBatch;
  /** The last records. */
  end(): TextBatch;
}

/** The number of characters that are read at a time. */
export const pieceLength = 2 ** 18;
