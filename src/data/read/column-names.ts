/** The columns of rows that are objects: their names, and those that cannot be used. */
import { normalForm } from '../table/normal-form.ts';
import { checkColumnNames, columnNames, type LeftOut } from '../table/table.ts';
import { checkLimit, type LimitedSource, limitOf, type ReadLimits, valuesAsSource } from './limits.ts';

/** A row with its keys as names of columns: the row itself, if they are in Unicode's normal form and none is empty. */
function withNormalKeys<T extends object>(row: T): T {
  const keys = Object.keys(row);
  if (keys.every((key) => key !== '' && normalForm(key) === key)) return row;
  const names = columnNames(keys);
  return Object.fromEntries(keys.map((key, k) => [names[k], (row as Record<string, unknown>)[key]])) as T;
}

/** The column names of rows, collected as rows come. Refuses more columns and cells than the limits allow. */
export class ColumnNames {
  private readonly found: Set<string>;
  /** Columns that cannot be used, with the reason. */
  private readonly unusable = new Map<string, string>();
  private rows = 0;
  private blankLines = 0;
  private values = 0;
  private list?: readonly string[];
  /** The number of cells that is known to be allowed. */
  private allowed = 0;
  private readonly name: string;
  private readonly source: LimitedSource;

  /** `known` names exist before any row; without a `source`, the limits follow the number of values. */
  constructor(
    name: string,
    {
      known = [],
      source,
      limits,
    }: {
      readonly known?: readonly string[];
      readonly source?: Omit<LimitedSource, 'where'>;
      readonly limits?: ReadLimits;
    },
  ) {
    this.name = name;
    this.found = new Set(known);
    // a row counts as a value, so that empty rows count
    const given = () => valuesAsSource(this.values + this.rows, name, limits).bytes;
    this.source = {
      where: name,
      get bytes() {
        return source === undefined ? given() : source.bytes;
      },
      limits: source === undefined ? limits : source.limits,
    };
  }

  /** Adds the keys of a row; returns the row with its keys in Unicode's normal form. */
  add<T extends object>(given: T): T {
    const { found } = this;
    const before = found.size;
    const row = withNormalKeys(given);
    for (const key of Object.keys(row)) {
      found.add(key);
      this.values++;
    }
    this.rows++;
    if (found.size !== before) {
      this.list = undefined;
      checkLimit('maxColumns', found.size, this.source);
    }
    this.checkCells();
    return row;
  }

  /** Leaves a column out, because of a cell that is a list or a structure. */
  leaveOut(key: string, cell: unknown, place: string): void {
    if (this.unusable.has(key)) return;
    this.unusable.set(key, `its cell in ${place} is a ${Array.isArray(cell) ? 'list' : 'structure'}`);
    this.list = undefined;
  }

  get leftOut(): readonly LeftOut[] {
    return Array.from(this.unusable, ([name, reason]) => ({ name, reason }));
  }

  /** Adds blank lines. */
  addBlank(lines: number): void {
    this.blankLines += lines;
    this.checkCells();
  }

  private checkCells(): void {
    const cells = this.rows * Math.max(1, this.found.size) + this.blankLines;
    if (cells <= this.allowed) return;
    checkLimit('maxCells', cells, this.source);
    this.allowed = limitOf('maxCells', this.source.limits, this.source.bytes);
  }

  /** All names so far, without the columns that are left out. Throws an InputError for an empty name. */
  all(): readonly string[] {
    if (this.list === undefined) {
      this.list = [...this.found].filter((name) => !this.unusable.has(name));
      checkColumnNames(this.list, this.name);
    }
    return this.list;
  }
}
