/** Columns of texts, and the marks of missing values in them. */
import { Marks, type MissingOptions } from '../table/missing-marks.ts';
import { normalForm } from '../table/normal-form.ts';
import type { Column, LeftOut, Table } from '../table/table.ts';
import type { TextBatch } from './format.ts';

/** A column of texts, without those that mark a missing value. */
export function textColumn(name: string, given: readonly (string | undefined)[], all: Marks): Column {
  const { has, missing, notMissing } = all.of(name);
  const marks = new Set<string>();
  let cells = given;
  const values = given.map((text, row) => {
    if (text === undefined) return undefined;
    const cell = normalForm(text);
    if (cell !== text) {
      if (cells === given) cells = [...given];
      (cells as string[])[row] = cell;
    }
    if (!has(cell)) return cell;
    marks.add(cell);
    return undefined;
  });
  const marking = { ...(missing && { missing }), ...(notMissing && { notMissing }) };
  return {
    name,
    values,
    marks: [...marks],
    ...([...marks].some((mark) => mark !== '') && { unmarked: cells }),
    ...((missing ?? notMissing) && { marking }),
  };
}

/** What a table says about columns and lines that were passed over. */
export const remarks = (leftOut: readonly LeftOut[] = [], notes: readonly string[] = []) => ({
  ...(leftOut.length > 0 && { leftOut }),
  ...(notes.length > 0 && { notes }),
});

/** A table of records, which have as many cells as the header. */
export function fromRecords(
  { names, records, leftOut, notes }: TextBatch,
  options: MissingOptions & { readonly name?: string },
): Table {
  const marks = new Marks(options);
  const columns = names.map((key, c) =>
    textColumn(
      key,
      records.map((record) => record[c]),
      marks,
    ),
  );
  return { name: options.name ?? 'data', rows: records.length, columns, ...remarks(leftOut, notes) };
}

/** Columns of texts that grow by batches of records. A column that begins later is missing in the rows before. */
export class TextColumns {
  private readonly cells = new Map<string, (string | undefined)[]>();
  private readonly marks: Marks;
  private readonly lines: number[] = [];
  private rows = 0;
  private leftOut: readonly LeftOut[] | undefined;
  private notes: readonly string[] | undefined;

  constructor(options: MissingOptions) {
    this.marks = new Marks(options);
  }

  /** Adds records, and the line on which each starts. */
  add({ names, records, lines, leftOut, notes }: TextBatch): void {
    names.forEach((name, c) => {
      let own = this.cells.get(name);
      if (own === undefined) {
        own = [];
        this.cells.set(name, own);
      }
      while (own.length < this.rows) own.push(undefined);
      for (const record of records) own.push(record[c]);
    });
    for (const line of lines) this.lines.push(line);
    this.rows += records.length;
    for (const { name } of leftOut ?? []) this.cells.delete(name);
    this.leftOut = leftOut ?? this.leftOut;
    this.notes = notes ?? this.notes;
  }

  table(name: string, format?: string): Table {
    const columns = Array.from(this.cells, ([key, cells]) => {
      while (cells.length < this.rows) cells.push(undefined);
      return textColumn(key, cells, this.marks);
    });
    return {
      name,
      rows: this.rows,
      columns,
      lines: this.lines,
      ...(format !== undefined && { format }),
      ...remarks(this.leftOut, this.notes),
    };
  }
}
