/** Texts that mark a missing value: those that always do, and what the caller adds or takes away, for all columns or for one. */
import { fail } from '../../base/errors.ts';
import { normalForm } from './normal-form.ts';
import { parseNumber } from './number.ts';
import type { Column } from './table.ts';

/**
 * The texts that mark a missing value unless `notMissing` lists them. "NaN" is not among them: the result of a failed calculation
 * is an error in a numeric column, unless the caller passes `missing: ['NaN']`.
 */
export const missingMarks: readonly string[] = ['', 'NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', '?', '.'];

/** Texts for all columns, or for the columns that are named: `['NA']`, or `{ continent: ['NA'] }`. */
export type MarkLists = readonly string[] | Readonly<Record<string, readonly string[]>>;

export interface MissingOptions {
  /**
   * Texts that mark a missing value, in addition to `missingMarks`. A mark that is a number also marks other spellings of that
   * number: -999 marks "-999.0".
   */
  readonly missing?: MarkLists | undefined;
  /** Texts of `missingMarks` that are values after all, such as "NA" for Namibia. An empty cell is always missing. */
  readonly notMissing?: MarkLists | undefined;
  /** @internal The marks that a model's training was told, which the others change. */
  readonly ofModel?: MissingOptions | undefined;
}

/** The marks of a column that differ from `missingMarks`. A model stores them for each of its columns. */
export interface MarkChanges {
  readonly missing?: readonly string[];
  readonly notMissing?: readonly string[];
}

/** Decides which cells of a column are missing. */
export interface ColumnMarks extends MarkChanges {
  has(cell: string): boolean;
}

const optionNames = ['missing', 'notMissing'] as const;

const isList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** Throws an InputError for marks that are not lists of texts. */
function checkLists(options: MissingOptions): void {
  for (const name of optionNames) {
    const lists: unknown = options[name];
    if (lists === undefined || isList(lists)) continue;
    const isByColumn = Object.prototype.toString.call(lists) === '[object Object]';
    if (isByColumn && Object.values(lists as object).every(isList)) continue;
    fail({
      what: 'the marks are not a list of texts',
      where: ['data', name],
      fix: `Pass ${name}: ['NA'] for all columns, or ${name}: { age: ['NA'] } for one.`,
    });
  }
}

const listFor = (lists: MarkLists | undefined, column: string): readonly string[] => {
  if (lists === undefined || isList(lists)) return [];
  const own = Object.entries(lists).find(([name]) => normalForm(name) === column);
  return own?.[1] ?? [];
};
const forAll = (lists: MarkLists | undefined): readonly string[] => (isList(lists) ? lists : []);

/** The marks of a column with its changes. */
function marksWith({ missing = [], notMissing = [] }: MarkChanges): ColumnMarks {
  const texts = new Set([...missingMarks, ...missing]);
  for (const text of notMissing) texts.delete(text);
  const numbers = new Set(missing.map(parseNumber).filter((value) => value !== undefined));
  return {
    has:
      numbers.size === 0
        ? (cell) => texts.has(cell)
        : (cell) => texts.has(cell) || numbers.has(parseNumber(cell) as number),
    ...(missing.length > 0 && { missing }),
    ...(notMissing.length > 0 && { notMissing }),
  };
}

/** The marks of each column of a table. Marks of one column take precedence over marks of all columns. */
export class Marks {
  /** In the order in which they apply. */
  private readonly layers: readonly MissingOptions[];
  private readonly known = new Map<string, ColumnMarks>();
  private readonly shared: ColumnMarks | undefined;

  /** Throws an InputError for options that are not lists of texts. */
  constructor(options: MissingOptions = {}) {
    const { missing, notMissing, ofModel } = options;
    this.layers = [...(ofModel === undefined ? [] : [ofModel]), { missing, notMissing }];
    for (const layer of this.layers) checkLists(layer);
    const isForAll = (lists: MarkLists | undefined) => lists === undefined || isList(lists);
    const areForAll = this.layers.every((layer) => isForAll(layer.missing) && isForAll(layer.notMissing));
    this.shared = areForAll ? this.changed('') : undefined;
  }

  /** `column` is the name in Unicode's normal form NFC. */
  of(column: string): ColumnMarks {
    if (this.shared !== undefined) return this.shared;
    let found = this.known.get(column);
    if (found === undefined) {
      found = this.changed(column);
      this.known.set(column, found);
    }
    return found;
  }

  private changed(column: string): ColumnMarks {
    const usual = new Set(missingMarks);
    const marks = new Set(missingMarks);
    const apply = (added: readonly string[], removed: readonly string[]) => {
      for (const text of removed) if (text !== '') marks.delete(normalForm(text));
      for (const text of added) marks.add(normalForm(text));
    };
    for (const { missing, notMissing } of this.layers) {
      apply(forAll(missing), forAll(notMissing));
      apply(listFor(missing, column), listFor(notMissing, column));
    }
    return marksWith({
      missing: [...marks].filter((text) => !usual.has(text)),
      notMissing: [...usual].filter((text) => !marks.has(text)),
    });
  }
}

/** The marks of a column whose changes are known. */
export const marksOf = (changes: MarkChanges): ColumnMarks => marksWith(changes);

/** Marks that can also be a value of a column of texts, such as NA for Namibia. Empty without such marks. */
export function marksNote({ name, marks, marking }: Pick<Column, 'name' | 'marks' | 'marking'>): string {
  const words = marks.filter((mark) => /\p{L}/u.test(mark) && !marking?.missing?.includes(mark));
  if (words.length === 0) return '';
  const [first] = words;
  const flag = shownPart(`${name}=${first}`);
  return ` If "${first}" is a value here, pass --not-missing ${flag} (notMissing in a program or file).`;
}

/** A text as one word of a command. */
const shownPart = (text: string) => (/^[\w.=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
