/**
 * Products with a sparse matrix in compressed rows. The code holds some columns of an output row in vectors while it loops over
 * the entries of that row. Threads share the entries, in whole rows, so that a few long rows do not delay one thread.
 */
import type { Kernel } from '../../core/ops/kernels.ts';
import type { KernelStep } from '../../plan/plan.ts';
import type { Context, StepFunction } from './context.ts';
import { stepLocals } from './context.ts';
import { access, branchIf, type Code, i32, int, op } from './encoder.ts';
import { type Lanes, scalars, vectors } from './lanes.ts';
import { advance, type Local, plus, repeat, sum, times, when, whileBelow } from './writer.ts';

/** The vectors of a row that are summed together: as many as fit in the registers together with the operands. */
const vectorsAtOnce = 8;
/** The entries whose products are summed together, as each addition to one sum waits for the one before. */
const entriesAtOnce = 4;

const loadInt = (address: Code, offset = 0): Code => [address, access['i32.load'](offset)];

/**
 * `body` for each row of a thread. Work is counted as entries plus rows; a row belongs to the thread whose part contains its
 * first unit, so that each row has one thread. `row` is its index, and its entries are `first` up to `last`.
 */
function overRows(
  { locals, from, to }: ReturnType<typeof stepLocals>,
  { rows, starts }: { readonly rows: number; readonly starts: number },
  body: (row: Local, first: Local, last: Local) => Code,
): Code {
  const [row, at, first, last] = [0, 1, 2, 3].map(() => locals.add(i32));
  const unit = sum(row.get, loadInt(at.get));
  return [
    row.set(int(0)),
    at.set(int(starts)),
    op['block void'],
    op['loop void'],
    [row.get, int(rows), op['i32.lt_s'], op['i32.eqz'], branchIf(1)],
    [to.get, unit, op['i32.le_s'], branchIf(1)],
    when(
      [from.get, unit, op['i32.le_s']],
      [first.set(loadInt(at.get)), last.set(loadInt(at.get, 4)), body(row, first, last)],
    ),
    advance(row, 1),
    advance(at, 4),
    branchIfAlways,
    op.end,
    op.end,
  ];
}
const branchIfAlways: Code = [int(1), branchIf(0)];

export function spmm(
  { ordered }: Extract<Kernel, { name: 'spmm' }>,
  { inputs: [values, dense, starts, columns, order], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const own = stepLocals();
  const { locals } = own;
  const [rows, k] = output.shape;
  const bytes = k * width;
  const [entry, end, place, source, into] = [0, 1, 2, 3, 4].map(() => locals.add(i32));
  const vector = vectors[width];
  const sums: Record<Lanes['kind'], Local[]> = { f32: [], f64: [], f32x4: [], f64x2: [] };
  const sumsOf = (lanes: Lanes, count: number) => {
    while (sums[lanes.kind].length < count) sums[lanes.kind].push(locals.add(lanes.type));
    return sums[lanes.kind].slice(0, count);
  };
  /** Computes `count` consecutive values, from `source` to `into`. */
  const stretch = (lanes: Lanes, count: number, first: Local, last: Local, offset: Code): Code => {
    const totals = sumsOf(lanes, count);
    const each = lanes.count * width;
    const factor = locals.add(lanes.type);
    const valueAt: Code = ordered
      ? [
          place.set(times(loadInt(entry.get, address(order)), width)),
          factor.set(lanes.loadOne(place.get, address(values))),
        ]
      : factor.set(lanes.loadOne(times(entry.get, width / 4), address(values)));
    return [
      totals.map((total) => total.set(lanes.constant(0))),
      // an entry is identified by the offset of its column index, in bytes
      entry.set(times(first.get, 4)),
      end.set(times(last.get, 4)),
      whileBelow(
        entry,
        end.get,
        [
          source.set(sum(times(loadInt(entry.get, address(columns)), bytes), offset)),
          valueAt,
          totals.map((total, v) =>
            total.set(lanes.add(total.get, lanes.mul(factor.get, lanes.load(source.get, address(dense) + v * each)))),
          ),
        ],
        advance(entry, 4),
      ),
      totals.map((total, v) => lanes.store(into.get, v * each, total.get)),
      advance(into, count * each),
    ];
  };
  const offset = locals.add(i32);
  const whole = Math.floor(k / (vectorsAtOnce * vector.count));
  const left = k - whole * vectorsAtOnce * vector.count;
  const body = (row: Local, first: Local, last: Local): Code => {
    const moved = (lanes: Lanes, count: number): Code => [
      stretch(lanes, count, first, last, offset.get),
      advance(offset, count * lanes.count * width),
    ];
    const vectorsLeft = Math.floor(left / vector.count);
    const numbersLeft = left - vectorsLeft * vector.count;
    return [
      into.set(plus(times(row.get, bytes), address(output))),
      offset.set(int(0)),
      repeat(locals, whole, moved(vector, vectorsAtOnce)),
      vectorsLeft === 0 ? [] : moved(vector, vectorsLeft),
      numbersLeft === 0 ? [] : moved(scalars[width], numbersLeft),
    ];
  };
  return {
    chunks: columns.size + rows,
    cost: 2 * columns.size * k,
    body: locals.body(overRows(own, { rows, starts: address(starts) }, body)),
  };
}

export function sampledProduct(
  _kernel: Extract<Kernel, { name: 'sampledProduct' }>,
  { inputs: [left, right, starts, columns], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const own = stepLocals();
  const { locals } = own;
  const [, k] = left.shape;
  const rows = starts.size - 1;
  const bytes = k * width;
  const lanes = scalars[width];
  const [entry, at, end, last] = [0, 1, 2, 3].map(() => locals.add(i32));
  const others = Array.from({ length: entriesAtOnce }, () => locals.add(i32));
  const totals = Array.from({ length: entriesAtOnce }, () => locals.add(lanes.type));
  const value = locals.add(lanes.type);
  /** The next `count` entries, from `entry` on. */
  const products = (count: number, row: Local): Code => [
    others
      .slice(0, count)
      .map((other, i) => other.set(times(loadInt(times(entry.get, 4), address(columns) + 4 * i), bytes))),
    totals.slice(0, count).map((total) => total.set(lanes.constant(0))),
    at.set(times(row.get, bytes)),
    end.set(plus(at.get, bytes)),
    whileBelow(
      at,
      end.get,
      [
        value.set(lanes.load(at.get, address(left))),
        totals
          .slice(0, count)
          .map((total, i) =>
            total.set(lanes.add(total.get, lanes.mul(value.get, lanes.load(others[i].get, address(right))))),
          ),
      ],
      [advance(at, width), others.slice(0, count).map((other) => advance(other, width))],
    ),
    totals
      .slice(0, count)
      .map((total, i) => lanes.store(times(entry.get, width), address(output) + i * width, total.get)),
    advance(entry, count),
  ];
  const body = (row: Local, first: Local, end: Local): Code => [
    entry.set(first.get),
    last.set(plus(end.get, 1 - entriesAtOnce)),
    whileBelow(entry, last.get, products(entriesAtOnce, row), []),
    whileBelow(entry, end.get, products(1, row), []),
  ];
  return {
    chunks: columns.size + rows,
    cost: 2 * columns.size * k,
    body: locals.body(overRows(own, { rows, starts: address(starts) }, body)),
  };
}
