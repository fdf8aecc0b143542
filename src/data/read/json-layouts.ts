/**
 * The layouts in which JSON holds a table: rows, columns, and those of pandas' `to_json`. A layout whose rows and columns cannot be
 * told apart is an error that names the layout that can.
 */
import { fail } from '../../base/errors.ts';
import { columnNames, shortName } from '../table/table.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areCounted = (keys: readonly string[]) => keys.every((key) => /^\d+$/.test(key));

/** One text of its key: the layouts that are told apart by their first bytes only. */
export type Layout = 'columns' | 'split' | 'table' | 'nested' | 'wrapped';

/** The key under which an object has its rows, if there is exactly one. */
function keyOfRows(value: Json): string | undefined {
  const found = Object.keys(value).filter((key) => {
    const rows = value[key];
    return Array.isArray(rows) && rows.length > 0 && rows.every(isObject);
  });
  return found.length === 1 ? found[0] : undefined;
}

/** The layout of an object; undefined for a row, and for everything else. */
export function layoutOf(value: unknown): Layout | undefined {
  if (!isObject(value)) return undefined;
  const cells = Object.values(value);
  if (cells.length === 0) return undefined;
  const { columns, data, schema } = value;
  if (Array.isArray(columns) && Array.isArray(data) && (data.length === 0 || data.every(Array.isArray))) return 'split';
  if (isObject(schema) && Array.isArray(schema.fields) && Array.isArray(data)) return 'table';
  if (cells.every(Array.isArray)) return keyOfRows(value) === undefined ? 'columns' : 'wrapped';
  if (cells.every(isObject)) return 'nested';
  return keyOfRows(value) === undefined ? undefined : 'wrapped';
}

const advice = 'With pandas, write to_json(..., orient="records").';

/** The rows or columns in a JSON value, in the form that `readTable` takes. Throws an InputError that names the layout. */
export function tableIn(value: unknown, where: string): unknown {
  if (Array.isArray(value) && Array.isArray(value[0])) {
    fail({
      what: 'the rows are lists without the names of their columns, as pandas writes with to_json(orient="values")',
      where,
      fix: `${advice} Or write rows as objects: [{ "column": value }, …].`,
    });
  }
  switch (layoutOf(value)) {
    case 'split':
      return fromSplit(value as Json, where);
    case 'table':
      return (value as Json).data;
    case 'nested':
      return fromNested(value as Readonly<Record<string, Json>>, where);
    case 'wrapped': {
      const key = keyOfRows(value as Json)!;
      return fail({
        what: `the JSON is an object whose rows are under "${shortName(key)}"`,
        where,
        fix: `Write that list alone into the file: [{ "column": value }, …].`,
      });
    }
    default:
      return value;
  }
}

/** pandas' orient="split": names, rows as lists, and an index, which is left out if it counts the rows. */
function fromSplit({ columns, data, index }: Json, where: string): unknown {
  const names = columnNames((columns as readonly unknown[]).map(String));
  const rows = data as readonly (readonly unknown[])[];
  rows.forEach((row, r) => {
    if (row.length === names.length) return;
    fail({
      what: `the row has ${row.length} cells, but "columns" has ${names.length} names`,
      where: `${where}.data[${r}]`,
      fix: `Write a cell for every column. ${advice}`,
    });
  });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    fail({
      what: `two columns are named "${shortName(twice)}"`,
      where: `${where}.columns`,
      fix: 'Give each column a different name.',
    });
  }
  const table: Record<string, readonly unknown[]> = Object.create(null) as Record<string, readonly unknown[]>;
  const counts = !Array.isArray(index) || index.every((value, i) => value === i);
  if (!counts && Array.isArray(index) && index.length === rows.length) table[columnNames([''])[0]] = index;
  names.forEach((name, c) => {
    table[name] = rows.map((row) => row[c]);
  });
  return table;
}

/** pandas' default, columns of cells by the index; or orient="index", rows by the index. */
function fromNested(value: Readonly<Record<string, Json>>, where: string): unknown {
  const outer = Object.keys(value);
  const inner = [...new Set(outer.flatMap((key) => Object.keys(value[key])))];
  const [outerCounted, innerCounted] = [areCounted(outer), areCounted(inner)];
  if (innerCounted && !outerCounted) {
    return Object.fromEntries(outer.map((name) => [name, inner.map((key) => value[name][key])]));
  }
  if (outerCounted && !innerCounted) return outer.map((key) => value[key]);
  return fail({
    what: 'the JSON is an object of objects, as pandas writes with to_json(): their keys do not tell rows from columns',
    where,
    fix: `${advice} Or write rows: [{ "column": value }, …].`,
  });
}
