/**
 * Rows of tables in the place of their numbers: how categories become vectors that are learned. The gradient of a table
 * adds up, row by row, what was made with that row.
 */
import { add, constant } from '../formula.ts';
import type { Graph, Node } from '../graph.ts';
import { type GatherPart, map } from '../op.ts';

/** A column of the rows: passed on, or the number of a row of a table, which stands in its place. */
export interface Column {
  readonly column: number;
  /** [size, width]. */
  readonly table?: Node;
}

const sum = map('sum', { f: (a, b) => add(a, b) });
const ones = map('ones', { f: (_like) => constant(1) });

/**
 * [batch, columns] -> [batch, sum of widths]: the columns in the order given. Numbers of rows are rounded down, and kept
 * within the table: what is no such number is to be refused where the data come in.
 */
export function gather(graph: Graph, rows: Node, columns: readonly Column[]): Node {
  const tables = [...new Set(columns.flatMap(({ table }) => (table === undefined ? [] : [table])))];
  const parts = columns.map(({ column, table }): GatherPart => {
    if (table === undefined) return { column };
    const [size, width] = table.shape;
    return { column, table: tables.indexOf(table), size, width };
  });
  const node = graph.gather(rows, tables, parts);
  const starts: number[] = [];
  let width = 0;
  for (const part of parts) {
    starts.push(width);
    width += part.width ?? 1;
  }
  node.backward = {
    to: [...tables, rows],
    rule(upstream, needs) {
      const g = upstream ?? graph.map(ones, [node]);
      const ofTables = tables.map((table, t) => {
        if (!needs(table)) return undefined;
        return parts
          .flatMap((part, i) => (part.table === t ? [graph.scatterAdd(rows, g, table, part.column, starts[i])] : []))
          .reduce((a, b) => graph.map(sum, [a, b]));
      });
      return [...ofTables, needs(rows) ? passedBack(graph, rows, g, parts, starts) : undefined];
    },
  };
  return node;
}

/** What is passed on has its gradient back; a number of a row has none. */
function passedBack(graph: Graph, rows: Node, g: Node, parts: readonly GatherPart[], starts: readonly number[]): Node {
  const shape = [g.shape[1], rows.shape[1]];
  const data = new Float64Array(shape[0] * shape[1]);
  parts.forEach(({ column, table }, i) => {
    if (table === undefined) data[starts[i] * shape[1] + column] = 1;
  });
  return graph.contract('bo,oi->bi', [g, graph.constant({ shape, data })]);
}
