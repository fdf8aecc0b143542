/** Kernels that copy parts of tensors. A tensor is treated as [outer, length of the axis, inner]. */
import { size } from '../../base/shape.ts';
import type { Kernel } from '../../core/ops/kernels.ts';
import type { KernelStep, Slot } from '../../plan/plan.ts';
import type { Context, StepFunction } from './context.ts';
import { stepLocals } from './context.ts';
import { type Code, i32, int, memoryClear, memoryCopy, op } from './encoder.ts';
import { copyRow } from './tables.ts';
import { advance, type Local, type Locals, plus, times, whileBelow } from './writer.ts';

const outerOf = ({ shape }: Slot, axis: number) => size(shape.slice(0, axis));
/** The numbers of one step along the outer axes. */
const widthOf = ({ shape }: Slot, axis: number) => size(shape.slice(axis));

/** A loop over the outer axes: `body` copies one step of them, which begins at `into` and `source`. */
function overOuter(
  { inputs: [input], outputs: [output] }: KernelStep,
  axis: number,
  { width, address }: Context,
  skipped: number,
  body: (locals: Locals, into: Local, source: Local) => Code,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [into, end, source] = [0, 1, 2].map(() => locals.add(i32));
  const [written, read] = [output, input].map((slot) => widthOf(slot, axis) * width);
  return {
    chunks: outerOf(output, axis),
    cost: output.size,
    body: locals.body([
      into.set(plus(times(from.get, written), address(output))),
      end.set(plus(times(to.get, written), address(output))),
      source.set(plus(times(from.get, read), address(input) + skipped)),
      whileBelow(into, end.get, body(locals, into, source), [advance(into, written), advance(source, read)]),
    ]),
  };
}

export function reshape(
  _kernel: Extract<Kernel, { name: 'reshape' }>,
  { inputs: [input], outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const bytes: Code = times([to.get, from.get, op['i32.sub']], width);
  const at = (slot: Slot) => plus(times(from.get, width), address(slot));
  return { chunks: output.size, cost: output.size, body: locals.body(memoryCopy(at(output), at(input), bytes)) };
}

export function slice(
  { axis, start }: Extract<Kernel, { name: 'slice' }>,
  step: KernelStep,
  context: Context,
): StepFunction {
  const [output] = step.outputs;
  const inner = size(output.shape.slice(axis + 1));
  return overOuter(step, axis, context, start * inner * context.width, (locals, into, source) =>
    copyRow(locals, context.width, widthOf(output, axis), into, source),
  );
}

export function pad(
  { axis, start }: Extract<Kernel, { name: 'pad' }>,
  step: KernelStep,
  context: Context,
): StepFunction {
  const {
    inputs: [input],
    outputs: [output],
  } = step;
  const inner = size(output.shape.slice(axis + 1)) * context.width;
  const [before, copied] = [start * inner, input.shape[axis] * inner];
  const after = output.shape[axis] * inner - before - copied;
  return overOuter(step, axis, context, 0, (_locals, into, source) => [
    memoryClear(into.get, int(before)),
    memoryCopy(plus(into.get, before), source.get, int(copied)),
    memoryClear(plus(into.get, before + copied), int(after)),
  ]);
}

export function concat(
  { axis }: Extract<Kernel, { name: 'concat' }>,
  { inputs, outputs: [output] }: KernelStep,
  { width, address }: Context,
): StepFunction {
  const { locals, from, to } = stepLocals();
  const [into, outer, source] = [0, 1, 2].map(() => locals.add(i32));
  return {
    chunks: outerOf(output, axis),
    cost: output.size,
    body: locals.body([
      outer.set(from.get),
      into.set(plus(times(from.get, widthOf(output, axis) * width), address(output))),
      whileBelow(
        outer,
        to.get,
        inputs.map((input) => {
          const bytes = widthOf(input, axis) * width;
          return [
            source.set(plus(times(outer.get, bytes), address(input))),
            copyRow(locals, width, widthOf(input, axis), into, source),
            advance(into, bytes),
          ];
        }),
        advance(outer, 1),
      ),
    ]),
  };
}
