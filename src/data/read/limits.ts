/**
 * How much a table may grow beyond the bytes that hold it. A few bytes can claim millions of cells, columns or nested
 * lists; every reader asks here before it allocates, so that the cost of a file follows its size.
 */
import { showBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';

/** Limits on a file that is read. Each can be raised (or lowered) by whoever trusts the file. */
export interface ReadLimits {
  /** Rows times columns. Default: 1 Mi and 1 for each byte of the file; 16 for each byte beyond the first MiB. */
  readonly maxCells?: number;
  /** Columns of a table, which in JSON are its distinct keys. Default 100,000. */
  readonly maxColumns?: number;
  /** Lists and objects inside each other, in JSON. Default 64. */
  readonly maxDepth?: number;
  /** Bytes after decompression. Default: 32 MiB and 32 for each compressed byte; 64 for each byte beyond the first MiB. */
  readonly maxDecompressedBytes?: number;
}

const mebibyte = 2 ** 20;
const beyondFirst = (bytes: number) => Math.max(0, bytes - mebibyte);

/**
 * The default of each limit for a file of so many bytes. A file of 1 MB takes no more than 2 seconds and 512 MB then: a cell
 * takes about a microsecond and up to 100 bytes until it is described, a decompressed byte about 10 nanoseconds. A larger
 * file gets more for each byte: it is seldom an attack, and columns of few values compress to a sixtieth.
 */
const defaults: { readonly [K in keyof ReadLimits]-?: (bytes: number) => number } = {
  maxCells: (bytes) => mebibyte + bytes + 15 * beyondFirst(bytes),
  maxColumns: () => 100_000,
  maxDepth: () => 64,
  maxDecompressedBytes: (bytes) => 32 * (mebibyte + bytes + beyondFirst(bytes)),
};

/** The names of the limits, as options have them. */
export const limitNames = Object.keys(defaults) as readonly (keyof ReadLimits)[];

/** Throws an InputError where an option is no limit, or its value is not a positive number. `where` names the options. */
export function checkLimits(limits: ReadLimits | undefined, where = 'limits'): void {
  if (limits === undefined) return;
  if (typeof limits !== 'object' || limits === null) {
    fail({ what: 'the limits are not an object', where, fix: 'Pass { maxCells: 1e9 }, for example.' });
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(defaults, name)) {
      fail({ what: `unknown limit "${name}"`, where, fix: `There are: ${limitNames.join(', ')}.` });
    }
    if (value !== undefined && !(typeof value === 'number' && value >= 1)) {
      fail({
        what: `${String(value)} is not a limit`,
        where: `${where}.${name}`,
        fix: 'Pass a number of at least 1, or Infinity for no limit.',
      });
    }
  }
}

/** The limit for a file of which so many bytes (compressed ones, where it is compressed) are known. */
export const limitOf = (name: keyof ReadLimits, limits: ReadLimits | undefined, bytes: number): number =>
  limits?.[name] ?? defaults[name](bytes);

const nouns = {
  maxCells: 'cells',
  maxColumns: 'columns',
  maxDepth: 'levels of nesting',
  maxDecompressedBytes: 'after decompression',
} as const;

/** `--max-cells`: how the command line calls a limit. */
export const limitFlag = (name: keyof ReadLimits): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What is read, for its limits. */
export interface LimitedSource {
  /** Names the file in an error. */
  readonly where: string;
  /** How many bytes of it are known: all of them, or those that have come so far. */
  readonly bytes: number;
  readonly limits?: ReadLimits;
}

/**
 * Throws an InputError where `found` is beyond the limit: `checkLimit('maxColumns', 200_000, { where: 'wide.csv', bytes: 1e6 })`
 * refuses the file, because the limit is 100,000.
 */
export function checkLimit(name: keyof ReadLimits, found: number, { where, bytes, limits }: LimitedSource): void {
  const limit = limitOf(name, limits, bytes);
  if (found <= limit) return;
  const shown = (n: number) => (name === 'maxDecompressedBytes' ? showBytes(n) : n.toLocaleString('en-US'));
  const of = limits?.[name] === undefined ? ` for a file of ${showBytes(bytes)}` : '';
  fail({
    what: `it holds ${shown(found)} ${nouns[name]} or more, but the limit${of} is ${shown(limit)}`,
    where,
    fix: `If you trust the file, raise the limit: ${limitFlag(name)} on the command line, or limits: { ${name}: … } in a program.`,
  });
}

/** Checks the size of a table of so many rows and columns. A row without cells counts as one, and so does a blank line. */
export function checkTableSize(rows: number, columns: number, source: LimitedSource, blankLines = 0): void {
  checkLimit('maxColumns', columns, source);
  checkLimit('maxCells', rows * Math.max(1, columns) + blankLines, source);
}

/** The limits as numbers, for a part of a file whose own size says nothing, such as what was compressed. */
export function fixedLimits({ bytes, limits }: LimitedSource): ReadLimits {
  return Object.fromEntries(limitNames.map((name) => [name, limitOf(name, limits, bytes)]));
}

/** Bytes that stand for one value in memory, where limits follow the number of values that were given. */
const bytesOfValue = 8;

/** Rows that a program gives, as a source whose limits follow how many values they have. */
export const valuesAsSource = (values: number, where: string, limits: ReadLimits | undefined): LimitedSource => ({
  where,
  bytes: bytesOfValue * values,
  limits,
});
