/** Reads rows of tables by index, and adds to them. */

import { size } from '../../base/shape.ts';
import type { Kernel } from '../../core/ops/kernels.ts';
import type { KernelStep } from '../../plan/plan.ts';
import type { Context, StepFunction } from './context.ts';
import { stepLocals } from './context.ts';
import { access, type Code, i32, int, memoryClear, memoryCopy, number, op } from './encoder.ts';
import { type Lanes, scalars, vectors } from './lanes.ts';
import { advance, type Local, type Locals, plus, repeat, times, when, whileBelow } from './writer.ts';

/** The offset in a table, in bytes, of the row whose index is the number at an address: core's `rowOf`. */
function rowAt(address: Code, offset: number, size: number, bytes: number, width: 4 | 8): Code {
  const { load } = scalars[width];
  const wide = scalars[8];
  const value: Code = width === 8 ? load(address, offset) : [load(address, offset), op['f64.promote_f32']];
  const within = wide.min(wide.max(value, number(0)), number(size - 1));
  // NaN becomes 0
  return times([within, op['i32.trunc_sat_f64_u']], bytes);
}

/** `each` at every offset of a row, as vectors and then single numbers. A long row is a loop that moves the pointers. */
function alongRow(
  locals: Locals,
  width: 4 | 8,
  numbers: number,
  pointers: readonly Local[],
  each: (lanes: Lanes, offset: number) => Code,
): Code {
  const vector = vectors[width];
  const perTurn = 8 * vector.count;
  const turns = numbers > 2 * perTurn ? Math.floor(numbers / perTurn) : 0;
  const stretch = (count: number): Code => {
    const code: Code[] = [];
    let done = 0;
    for (; done + vector.count <= count; done += vector.count) code.push(each(vector, done * width));
    for (; done < count; done++) code.push(each(scalars[width], done * width));
    return code;
  };
  const moved = (by: number): Code => pointers.map((pointer) => advance(pointer, by));
  return [
    turns === 0 ? [] : repeat(locals, turns, [stretch(perTurn), moved(perTurn * width)]),
    stretch(numbers - turns * perTurn),
  ];
}

/** Copies a row: a short one by vectors, a long one as bytes. */
export function copyRow(locals: Locals, width: 4 | 8, numbers: number, into: Local, source: Local): Code {
  if (numbers * width > 256) return memoryCopy(into.get, source.get, int(numbers * width));
  return alongRow(locals, width, numbers, [], (lanes, offset) =>
    lanes.store(into.get, offset, lanes.load(source.get, offset)),
  );
}

export function columnGather(
  { parts }: Extract<Kernel, { name: 'columnGather' }>,
  { inputs: [rows, ...tables], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [at, end, into, source] = [0, 1, 2, 3].map(() => locals.add(i32));
  const [batch, columns] = rows.shape;
  const [, all] = output.shape;
  const code: Code[] = [];
  for (const part of parts) {
    const { load, store } = scalars[width];
    if (part.table === undefined) {
      code.push(store(into.get, 0, load(at.get, part.column * width)), advance(into, width));
      continue;
    }
    const bytes = part.width * width;
    const table = address(tables[part.table]);
    code.push(
      source.set(plus(rowAt(at.get, part.column * width, part.size, bytes, width), table)),
      copyRow(locals, width, part.width, into, source),
      advance(into, bytes),
    );
  }
  const limit = plus(times(to.get, columns * width), address(rows));
  return {
    chunks: batch,
    cost: 2 * batch * all,
    body: locals.body([
      at.set(plus(times(from.get, columns * width), address(rows))),
      into.set(plus(times(from.get, all * width), address(output))),
      end.set(limit),
      whileBelow(at, end.get, code, advance(at, columns * width)),
    ]),
  };
}

/** Adds a row of numbers to another; the pointers may be moved. */
const addRow = (locals: Locals, width: 4 | 8, numbers: number, into: Local, added: Local): Code =>
  alongRow(locals, width, numbers, [into, added], (lanes, offset) =>
    lanes.store(into.get, offset, lanes.add(lanes.load(into.get, offset), lanes.load(added.get, offset))),
  );

/** Whether an offset in bytes is in the rows `from` to `to`. */
const isWithin = (offset: Local, from: Local, to: Local, bytes: number): Code => [
  [times(from.get, bytes), offset.get, op['i32.le_s']],
  [offset.get, times(to.get, bytes), op['i32.lt_s']],
  op['i32.and'],
];

/** Sets the rows `from` to `to` to zero. */
const clearRows = (from: Local, to: Local, bytes: number, start: number): Code =>
  memoryClear(plus(times(from.get, bytes), start), [times(to.get, bytes), times(from.get, bytes), op['i32.sub']]);

/** Threads share the rows of the table. Each goes over the whole batch in order, so that sums do not depend on the threads. */
export function columnScatterAdd(
  { column, at: start, size, width: numbers }: Extract<Kernel, { name: 'columnScatterAdd' }>,
  { inputs: [rows, g], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [at, end, source, into, added] = [0, 1, 2, 3, 4].map(() => locals.add(i32));
  const [batch, columns] = rows.shape;
  const [, all] = g.shape;
  const bytes = numbers * width;
  return {
    chunks: size,
    cost: size * numbers + 2 * batch * numbers,
    body: locals.body([
      clearRows(from, to, bytes, address(output)),
      at.set(int(address(rows))),
      end.set(int(address(rows) + batch * columns * width)),
      source.set(int(address(g) + start * width)),
      whileBelow(
        at,
        end.get,
        [
          into.set(rowAt(at.get, column * width, size, bytes, width)),
          when(isWithin(into, from, to, bytes), [
            into.set(plus(into.get, address(output))),
            added.set(source.get),
            addRow(locals, width, numbers, into, added),
          ]),
        ],
        [advance(at, columns * width), advance(source, all * width)],
      ),
    ]),
  };
}

/** The offset in a table, in bytes, of the row whose index is the integer at an address: core's `nearestRow`. */
function nearestRowAt(index: Local, address: Code, rows: number, bytes: number): Code {
  return [
    index.set([address, access['i32.load'](0)]),
    // An index below 0 selects row 0, and one above the last row selects the last.
    index.set([index.get, int(0), [index.get, int(0), op['i32.lt_s'], op['i32.eqz']], op.select]),
    times([index.get, int(rows - 1), [index.get, int(rows - 1), op['i32.lt_s']], op.select], bytes),
  ];
}

export function gather(
  _kernel: Extract<Kernel, { name: 'gather' }>,
  { inputs: [table, indices], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [at, end, into, source, index] = [0, 1, 2, 3, 4].map(() => locals.add(i32));
  const numbers = size(table.shape.slice(1));
  const bytes = numbers * width;
  return {
    chunks: indices.size,
    cost: 2 * output.size,
    body: locals.body([
      at.set(plus(times(from.get, 4), address(indices))),
      end.set(plus(times(to.get, 4), address(indices))),
      into.set(plus(times(from.get, bytes), address(output))),
      whileBelow(
        at,
        end.get,
        [
          source.set(plus(nearestRowAt(index, at.get, table.shape[0], bytes), address(table))),
          copyRow(locals, width, numbers, into, source),
        ],
        [advance(at, 4), advance(into, bytes)],
      ),
    ]),
  };
}

/** Threads share the rows of the output, as in `columnScatterAdd`. */
export function scatterAdd(
  { rows }: Extract<Kernel, { name: 'scatterAdd' }>,
  { inputs: [values, indices], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [at, source, into, added, index] = [0, 1, 2, 3, 4].map(() => locals.add(i32));
  const numbers = output.size / rows;
  const bytes = numbers * width;
  return {
    chunks: rows,
    cost: output.size + 2 * values.size,
    body: locals.body([
      clearRows(from, to, bytes, address(output)),
      at.set(int(address(indices))),
      source.set(int(address(values))),
      whileBelow(
        at,
        int(address(indices) + 4 * indices.size),
        [
          into.set(nearestRowAt(index, at.get, rows, bytes)),
          when(isWithin(into, from, to, bytes), [
            into.set(plus(into.get, address(output))),
            added.set(source.get),
            addRow(locals, width, numbers, into, added),
          ]),
        ],
        [advance(at, 4), advance(source, bytes)],
      ),
    ]),
  };
}
