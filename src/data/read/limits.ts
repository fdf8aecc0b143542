/**
 * How much larger than its file a table may be. A few bytes can claim millions of cells, columns or nested lists; every
 * reader checks the limits before it allocates, so that the cost of a file follows its size.
 */

import { anObject } from '../../base/arguments.ts';
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';

/** Limits on a file. Raise them for a file that you trust, or lower them. */
export interface ReadLimits {
  /** The maximum of rows times columns. Default: 1 Mi plus 1 for each byte of the file, and 16 for each byte beyond 1 MiB. */
  readonly maxCells?: number;
  /** The maximum number of columns, which in JSON are the distinct keys. Default 100,000. */
  readonly maxColumns?: number;
  /** The maximum depth of nested lists and objects in JSON. Default 64. */
  readonly maxDepth?: number;
  /** The maximum size after decompression. Default: 32 MiB plus 32 bytes for each compressed byte, 64 beyond the first MiB. */
  readonly maxDecompressedBytes?: number;
}

const mebibyte = 2 ** 20;
const beyondFirst = (bytes: number) => Math.max(0, bytes - mebibyte);

/**
 * The default of each limit for a file of so many bytes. With them, a file of 1 MB takes at most 2 seconds and 512 MB: a cell
 * takes about a microsecond and up to 100 bytes, a decompressed byte about 10 nanoseconds. A larger file gets more for each
 * byte: it is seldom an attack, and columns with few values compress to a sixtieth.
 */
const defaults: { readonly [K in keyof ReadLimits]-?: (bytes: number) => number } = {
  maxCells: (bytes) => mebibyte + bytes + 15 * beyondFirst(bytes),
  maxColumns: () => 100_000,
  maxDepth: () => 64,
  maxDecompressedBytes: (bytes) => 32 * (mebibyte + bytes + beyondFirst(bytes)),
};

/** The names of the limits, as in `ReadLimits`. */
export const limitNames = Object.keys(defaults) as readonly (keyof ReadLimits)[];

/** Throws an InputError for an unknown limit, or a value that is not a positive number. `where` names the options. */
export function checkLimits(limits: ReadLimits | undefined, where = 'limits'): void {
  if (limits === undefined) return;
  anObject(limits, where);
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(defaults, name)) {
      fail({ what: `unknown limit "${name}"`, where, fix: `The limits are: ${limitNames.join(', ')}.` });
    }
    if (value !== undefined && !(typeof value === 'number' && value >= 1)) {
      fail({
        what: `${show(value)} is not a valid limit`,
        where: `${where}.${name}`,
        fix: 'Pass a number of at least 1, or Infinity for no limit.',
      });
    }
  }
}

/** The limit for a file of so many bytes, before decompression. */
export const limitOf = (name: keyof ReadLimits, limits: ReadLimits | undefined, bytes: number): number =>
  limits?.[name] ?? defaults[name](bytes);

const nouns = {
  maxCells: 'cells',
  maxColumns: 'columns',
  maxDepth: 'levels of nesting',
  maxDecompressedBytes: 'after decompression',
} as const;

/** The flag of a limit on the command line: `--max-cells`. */
export const limitFlag = (name: keyof ReadLimits): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A file with its limits. */
export interface LimitedSource {
  /** Names the file in an error. */
  readonly where: string;
  /** The number of its bytes: all, or those that have been read so far. */
  readonly bytes: number;
  readonly limits?: ReadLimits;
}

/**
 * Throws an InputError if `found` is beyond the limit: `checkLimit('maxColumns', 200_000, { where: 'wide.csv', bytes: 1e6 })`
 * refuses the file, because the limit is 100,000.
 */
export function checkLimit(name: keyof ReadLimits, found: number, { where, bytes, limits }: LimitedSource): void {
  const limit = limitOf(name, limits, bytes);
  if (found <= limit) return;
  const shown = (n: number) => (name === 'maxDecompressedBytes' ? showBytes(n) : n.toLocaleString('en-US'));
  const of = limits?.[name] === undefined ? ` for a file of ${showBytes(bytes)}` : '';
  fail({
    what: `the file has ${shown(found)} ${nouns[name]} or more, but the limit${of} is ${shown(limit)}`,
    where,
    fix: `If you trust the file, raise the limit: ${limitFlag(name)} on the command line, or limits: { ${name}: … } in a program.`,
  });
}

/** Checks the size of a table with so many rows and columns. A row without cells counts as one cell, as does a blank line. */
export function checkTableSize(rows: number, columns: number, source: LimitedSource, blankLines = 0): void {
  checkLimit('maxColumns', columns, source);
  checkLimit('maxCells', rows * Math.max(1, columns) + blankLines, source);
}

/** The limits as numbers, for contents whose own size does not count, such as those of a compressed file. */
export function fixedLimits({ bytes, limits }: LimitedSource): ReadLimits {
  return Object.fromEntries(limitNames.map((name) => [name, limitOf(name, limits, bytes)]));
}

/** The number of bytes that a value in memory counts as, where limits follow the number of values. */
const bytesOfValue = 8;

/** Rows in memory as a source, whose limits follow the number of values. */
export const valuesAsSource = (values: number, where: string, limits: ReadLimits | undefined): LimitedSource => ({
  where,
  bytes: bytesOfValue * values,
  limits,
});
