/** Copies numbers between two memory layouts. */
import { type Axes, collapse } from './axes.ts';
import { type Code, i32, int } from './encoder.ts';
import { scalars } from './lanes.ts';
import { type Locals, nest } from './writer.ts';

/** Copies from `source` to `target`, addresses in bytes; the strides of `axes` are the target's, then the source's. */
export function spreadOut(locals: Locals, width: 4 | 8, axes: Axes, source: number, target: number): Code {
  const walk = collapse(axes);
  const pointers = walk.strides.map((each) => ({
    at: locals.add(i32),
    strides: each.map((stride) => stride * width),
  }));
  const [into, out] = pointers;
  const { load, store } = scalars[width];
  return [
    pointers.map(({ at }) => at.set(int(0))),
    nest(locals, walk.lengths, pointers, store(into.at.get, target, load(out.at.get, source))),
  ];
}
