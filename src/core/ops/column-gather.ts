/**
 * Replaces indices by rows of tables: this is how categorical columns become learned vectors. The indices
 * are columns of the (floating-point) batch; `gather` takes integer indices. The gradient of a row of a table is the sum of the
 * gradients of its uses.
 */
import { add, constant } from '../formula.ts';
import type { Graph, Node } from '../graph.ts';
import type { KernelEntry } from '../kernel.ts';
import { map } from '../op.ts';

/** A column that is passed on, or, with `table` (the index of a table), the index of a row of that table. */
export type GatherPart =
  | { readonly column: number; readonly table?: undefined; readonly width?: undefined }
  | { readonly column: number; readonly table: number; readonly size: number; readonly width: number };

/** The row of a table of `size` rows for a number: rounded down, NaN as 0, clamped to the table. */
export const rowOf = (value: number, size: number): number => Math.trunc(Math.min(Math.max(value || 0, 0), size - 1));

const sum = map('sum', { f: (a, b) => add(a, b) });
const ones = map('ones', { f: (_like) => constant(1) });

/**
 * From rows [b, columns] and tables [size, width] to [b, sum of widths]: each part is an unchanged column, or the row of a table
 * whose index is in the column (`rowOf`).
 */
export const columnGatherKernel: KernelEntry<'columnGather', { readonly parts: readonly GatherPart[] }> = {
  name: 'columnGather',
  shape: ([rows], { parts }) => [rows.shape[0], parts.reduce((total, part) => total + (part.width ?? 1), 0)],
  axis: (input, axis) => (input === 0 && axis === 0 ? 0 : undefined),
  define({ at, value }, [row, place], { parts }) {
    let left = place;
    for (const part of parts) {
      const width = part.width ?? 1;
      if (left < width) {
        const cell = at(0, [row, part.column]);
        return {
          kind: 'copy',
          from: part.table === undefined ? cell : at(1 + part.table, [rowOf(value(cell), part.size), left]),
        };
      }
      left -= width;
    }
    throw new Error('the index is beyond the last column');
  },
  backward(graph, node, { parts }) {
    const [rows, ...tables] = node.inputs;
    const starts: number[] = [];
    let width = 0;
    for (const part of parts) {
      starts.push(width);
      width += part.width ?? 1;
    }
    return {
      to: [...tables, rows],
      rule(upstream, needs) {
        const g = upstream ?? graph.map(ones, [node]);
        const ofTables = tables.map((table, t) => {
          if (!needs(table)) return undefined;
          return parts
            .flatMap((part, i) => {
              if (part.table !== t) return [];
              const { column, size, width } = part;
              return [graph.kernel(columnScatterAddKernel, [rows, g], { column, at: starts[i], size, width })];
            })
            .reduce((a, b) => graph.map(sum, [a, b]));
        });
        return [...ofTables, needs(rows) ? passedBack(graph, rows, g, parts, starts) : undefined];
      },
    };
  },
};

/** A column that is passed on receives its gradient; an index has none. */
function passedBack(graph: Graph, rows: Node, g: Node, parts: readonly GatherPart[], starts: readonly number[]): Node {
  const shape = [g.shape[1], rows.shape[1]];
  const data = new Float64Array(shape[0] * shape[1]);
  parts.forEach(({ column, table }, i) => {
    if (table === undefined) data[starts[i] * shape[1] + column] = 1;
  });
  return graph.contract('bo,oi->bi', [g, graph.constant({ shape, data })]);
}

/**
 * From rows [b, columns] and the gradient of a gathered part, [b, …] from `at` on, to [size, width]: each row of the table is the
 * sum, in the order of the batch, over the samples whose column has its index.
 */
export const columnScatterAddKernel: KernelEntry<
  'columnScatterAdd',
  { readonly column: number; readonly at: number; readonly size: number; readonly width: number }
> = {
  name: 'columnScatterAdd',
  shape: (_inputs, { size, width }) => [size, width],
  axis: () => undefined,
  define({ shapes: [[batch]], at, value }, [row, place], options) {
    const all = Array.from({ length: batch }, (_, b) => b);
    const ours = all.filter((b) => rowOf(value(at(0, [b, options.column])), options.size) === row);
    return { kind: 'sum', terms: ours.map((b) => [at(1, [b, options.at + place])]) };
  },
};

/** A column of the rows: passed on, or the index of a row of a table that replaces it. */
export interface Column {
  readonly column: number;
  /** [size, width]. */
  readonly table?: Node;
}

/**
 * [batch, columns] -> [batch, sum of widths]: the columns in the given order. Indices are rounded down and clamped to
 * the table: invalid indices must be refused where the data are read.
 */
export function columnGather(graph: Graph, rows: Node, columns: readonly Column[]): Node {
  const tables = [...new Set(columns.flatMap(({ table }) => (table === undefined ? [] : [table])))];
  const parts = columns.map(({ column, table }): GatherPart => {
    if (table === undefined) return { column };
    const [size, width] = table.shape;
    return { column, table: tables.indexOf(table), size, width };
  });
  return graph.kernel(columnGatherKernel, [rows, ...tables], { parts });
}
