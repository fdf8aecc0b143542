/** Columns of binary formats that cannot be used, as their type or a cell shows, and the indices of pandas. */
import type { LeftOut } from '../table/table.ts';

/** A cell shows that its column cannot be used. The message is the reason, as the end of "left out: …". */
class UnusableCell extends Error {}

export function unusable(reason: string): never {
  throw new UnusableCell(reason);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text in UTF-8. Other bytes are not text, and the column cannot be used: replacement characters would make different cells equal. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return unusable('its cells are bytes that are not text in UTF-8');
  }
}

/** The columns of a file that are used, and those that are left out so far. */
export class UsedColumns<C extends { readonly name: string }> {
  used: readonly C[];
  leftOut: LeftOut[] = [];

  /** `reason` says why a column cannot be used; undefined if nothing is against it. */
  constructor(all: readonly C[], reason: (column: C) => string | undefined) {
    this.used = all.filter((column) => {
      const found = reason(column);
      if (found !== undefined) this.leftOut.push({ name: column.name, reason: found });
      return found === undefined;
    });
  }

  /** The cells of all columns, without those of columns of which a cell shows that they cannot be used. */
  read<T>(cells: (column: C) => T): T[] {
    const found: T[] = [];
    for (const column of this.used) this.readOne(column, () => found.push(cells(column)));
    return found;
  }

  /** Calls a function that reads cells of one column, which is left out if a cell shows that it cannot be used. */
  readOne(column: C, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof UnusableCell)) throw error;
      this.used = this.used.filter((each) => each !== column);
      this.leftOut = [...this.leftOut, { name: column.name, reason: error.message }];
    }
  }

  /** The names of the columns, and what a part says of the others. */
  part(indices: readonly string[]) {
    const names = this.used.map(({ name }) => name);
    const own = indices.filter((name) => names.includes(name));
    return {
      names,
      ...(this.leftOut.length > 0 && { leftOut: this.leftOut }),
      ...(own.length > 0 && { indices: own }),
    };
  }
}

/** The columns that pandas' metadata call an index. An index that counts the rows has no column. */
export function pandasIndices(json: string | undefined): readonly string[] {
  if (json === undefined) return [];
  try {
    const { index_columns: indices } = JSON.parse(json) as { index_columns?: unknown };
    return Array.isArray(indices) ? indices.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
