/**
 * Edge lists as text: an edge on each line, as source, target and optionally a weight, separated by tabs, commas, semicolons or
 * spaces. The first edge decides the delimiter. Lines that begin with # or % are comments. A first line with column names is
 * recognized by common names; a table may then have further columns. A cell in quotes may contain the delimiter.
 */
import { fail } from '../../../base/errors.ts';
import { count, quote } from '../../../base/wording.ts';
import type { GraphBuilder } from '../../edges/graph-builder.ts';
import { edgeColumns, isEdgeHeader } from '../edge-columns.ts';
import type { EdgeFormat, FileContext } from '../edge-format.ts';
import { linesOf } from '../lines.ts';

type Split = (line: string, where: () => string) => string[];

/** In the order in which they are looked for: names may contain spaces, and seldom a tab. */
const delimiters = [
  { character: '\t', name: 'a tab' },
  { character: ',', name: 'a comma' },
  { character: ';', name: 'a semicolon' },
] as const;

/** The cells of a line, by the delimiter that it contains. */
function splitterFor(line: string): { readonly split: Split; readonly delimiter: string } {
  const bare = line.replace(/"[^"]*"/g, '');
  const found = delimiters.find(({ character }) => bare.includes(character));
  if (found === undefined) {
    const pattern = /\s*(?:"((?:[^"]|"")*)"|([^\s"]+))(?=\s|$)/y;
    return {
      delimiter: 'spaces',
      split: (text, where) => (text.includes('"') ? quoted(text, pattern, where) : text.trim().split(/\s+/)),
    };
  }
  const { character, name } = found;
  const pattern = new RegExp(`[ ]*(?:"((?:[^"]|"")*)"[ ]*|([^"${character}]*))(?:${character}|$)`, 'y');
  return {
    delimiter: name,
    split: (text, where) =>
      text.includes('"') ? quoted(text, pattern, where) : text.split(character).map((cell) => cell.trim()),
  };
}

/** The cells of a line with quotes. */
function quoted(line: string, pattern: RegExp, where: () => string): string[] {
  const cells: string[] = [];
  const text = line.trimEnd();
  pattern.lastIndex = 0;
  for (let at = 0; at < text.length || cells.length === 0; at = pattern.lastIndex) {
    const found = pattern.exec(text);
    if (found === null) {
      fail({
        what: 'a quote is opened but never closed, or is inside a cell that is not enclosed in quotes',
        where: where(),
        fix: 'Enclose the whole cell in quotes, and double those inside it: "5"" pipe".',
      });
    }
    cells.push(found[1] === undefined ? found[2].trim() : found[1].replaceAll('""', '"'));
  }
  return cells;
}

const isComment = (line: string) => line.startsWith('#') || line.startsWith('%');

/** Matrix Market files begin like this; their first line without % has the sizes of the matrix. */
function failOnMatrixMarket(where: string): never {
  return fail({
    what: 'it is a Matrix Market file, not an edge list',
    where,
    fix: 'Leave out its header and the line with its sizes.',
  });
}

/** Reads lines, the first of which decide the delimiter and the columns. */
class EdgeLines {
  private readonly builder: GraphBuilder;
  private readonly context: FileContext;
  private split: Split | undefined;
  private delimiter = '';
  private cells = 0;
  private source = 0;
  private target = 1;
  /** The column of weights; undefined where there is none. */
  private weight: number | undefined;
  private line = 0;
  notes: readonly string[] = [];

  constructor(builder: GraphBuilder, context: FileContext) {
    this.builder = builder;
    this.context = context;
  }

  private readonly where = () => `${this.context.name} line ${this.line}`;

  read(lines: readonly string[], first: number): void {
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i];
      this.line = first + i;
      if (isComment(line)) {
        if (this.line === 1 && line.startsWith('%%MatrixMarket')) failOnMatrixMarket(this.where());
        continue;
      }
      if (line === '' || line.trim() === '') continue;
      if (this.split === undefined) {
        const { split, delimiter } = splitterFor(line);
        this.split = split;
        this.delimiter = delimiter;
        if (this.begin(split(line, this.where))) continue;
      }
      this.add(this.split(line, this.where));
    }
  }

  /** Chooses the columns by the first line. Returns whether it is a header. */
  private begin(cells: readonly string[]): boolean {
    const { context } = this;
    const { header = isEdgeHeader(cells, context), weight } = context;
    this.cells = cells.length;
    if (header) {
      const found = edgeColumns(cells, context, this.where());
      ({ source: this.source, target: this.target, weight: this.weight, notes: this.notes } = found);
      return true;
    }
    if (cells.length < 2 || cells.length > 3) this.failOnCells(cells);
    if (cells.length === 3 && weight !== false) this.weight = 2;
    return false;
  }

  private add(cells: readonly string[]): void {
    if (cells.length !== this.cells) this.failOnCells(cells);
    const [source, target] = [cells[this.source], cells[this.target]];
    if (source === '' || target === '') {
      fail({
        what: 'the name of a node is missing',
        where: this.where(),
        fix: 'Write source and target on each line.',
      });
    }
    this.builder.addEdge(source, target, this.weight === undefined ? undefined : cells[this.weight], this.where);
  }

  private failOnCells(cells: readonly string[]): never {
    const delimiter = `The delimiter is ${this.delimiter}, as on the first line.`;
    if (this.cells === cells.length) {
      fail({
        what: `${count(cells.length, 'cell')} on the line (${quote(cells.join(' '))}), and an edge has 2 or 3`,
        where: this.where(),
        fix: `Write source, target and, if you want, a weight. ${delimiter} A table with more columns needs a line with their names.`,
      });
    }
    return fail({
      what: `${count(cells.length, 'cell')} on the line (${quote(cells.join(' '))}), but the first line has ${this.cells}`,
      where: this.where(),
      fix: `Write the same number of cells on every line. ${delimiter}`,
    });
  }
}

export const edgeLines: EdgeFormat = {
  title: 'CSV, TSV or lines with spaces',
  endings: ['.csv', '.tsv', '.txt', '.edges', '.edgelist', '.el'],
  matches: () => true,
  async read(texts, builder, context) {
    const reader = new EdgeLines(builder, context);
    for await (const { lines, first } of linesOf(texts, context.name)) reader.read(lines, first);
    return { notes: reader.notes };
  },
};
