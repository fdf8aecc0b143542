/**
 * The loop over a data set as a function: `train(steps)` takes so many steps, or fewer if the list of ended epochs is full
 * before. It returns how many epochs ended. `loopOver` of the reference engine does the same in JavaScript.
 */
import { streams } from '../../base/random.ts';
import type { NumberType } from '../../core/graph.ts';
import type { Plan, Slot } from '../../plan/plan.ts';
import { epochsAtOnce, type LoopSpec } from '../engine.ts';
import { type StepFunction, stepLocals } from './context.ts';
import { drawPair, type Words } from './draws.ts';
import {
  access,
  branch,
  branchIf,
  type Code,
  call,
  type FunctionBody,
  i32,
  int,
  memoryCopy,
  number,
  op,
} from './encoder.ts';
import { scalars, vectors } from './lanes.ts';
import type { InlineStep } from './unrolled.ts';
import { advance, Locals, plus, sum, times, when, whileBelow } from './writer.ts';

/** The addresses of the loop's position, in bytes. */
export const control = { position: 0, epoch: 4, count: 8, total: 16, most: 24, start: 32 } as const;

export interface EpochsLayout {
  readonly feeds: readonly FeedLayout[];
  readonly order: number;
  readonly draws: number;
  readonly losses: number;
  readonly norms: number;
  readonly end: number;
  /** Whether the step reads the data set in place: a full batch, not shuffled. */
  readonly whole: boolean;
}

/** An input that gets the rows of each batch. */
export interface FeedLayout {
  /** Its address in a plan. */
  readonly name: string;
  /** The address of its rows in the data set. */
  readonly at: number;
  readonly type: NumberType;
  /** The numbers in a row, and their bytes. */
  readonly numbers: number;
  readonly bytes: number;
}

const round = (bytes: number) => Math.ceil(bytes / 16) * 16;

/** Places the data set and the loop's lists in memory, from the address `start` on. */
export function layOut(plans: readonly Plan[], spec: LoopSpec, width: 4 | 8, start: number): EpochsLayout {
  const [plan] = plans;
  const { rows, shuffleSeed, batches } = spec;
  const whole = batches[0] === rows && shuffleSeed === undefined;
  let end = start;
  const take = (bytes: number) => {
    const at = end;
    end += round(bytes);
    return at;
  };
  const shuffled = shuffleSeed !== undefined;
  return {
    losses: take(epochsAtOnce * 8),
    norms: take(epochsAtOnce * 8),
    order: take(shuffled ? rows * 4 : 0),
    draws: take(shuffled ? (rows + 1) * 8 : 0),
    feeds: spec.feeds.map((name) => {
      const { size, type } = plan.names.get(name)!;
      const numbers = size / batches[0];
      const bytes = numbers * (type === 'int32' ? 4 : width);
      return { name, at: take(whole ? 0 : rows * bytes), type, numbers, bytes };
    }),
    end,
    whole,
  };
}

interface Parts {
  readonly width: 4 | 8;
  readonly layout: EpochsLayout;
  address(slot: Slot): number;
  /** Whether each epoch takes the rows in a new order. */
  readonly shuffled: boolean;
  /** Whether a slot holds a float64. */
  isWide(plan: Plan, slot: Slot): boolean;
  /** The function `step(times)` of each plan. */
  readonly steps: readonly number[];
  /** Calls of the functions that copy the rows of a batch, for each plan whose copies threads share. */
  readonly gathers: readonly (Code | undefined)[];
  /** The step of the only plan, if it is unrolled: its weights then stay in locals from step to step. */
  inline?(locals: Locals): InlineStep;
}

export const trainName = 'train';

export function trainFunction(plans: readonly Plan[], spec: LoopSpec, parts: Parts): FunctionBody {
  const { batches, rows, shuffleSeed, weights } = spec;
  const { layout, steps } = parts;
  const locals = new Locals([i32]);
  const left = locals.parameter(0);
  const [position, epoch, start, ended] = [0, 1, 2, 3].map(() => locals.add(i32));
  const [count, total, most, value] = [0, 1, 2, 3].map(() => locals.add(scalars[8].type));
  const wide = scalars[8];
  const held = [
    { local: position, at: control.position, kind: 'i32' as const },
    { local: epoch, at: control.epoch, kind: 'i32' as const },
    { local: start, at: control.start, kind: 'i32' as const },
    { local: count, at: control.count, kind: 'f64' as const },
    { local: total, at: control.total, kind: 'f64' as const },
    { local: most, at: control.most, kind: 'f64' as const },
  ];
  const read = held.map(({ local, at, kind }) => local.set([int(0), access[`${kind}.load`](at)]));
  const write = held.map(({ local, at, kind }) => [int(0), local.get, access[`${kind}.store`](at)]);

  const inline = batches.length === 1 && layout.whole ? parts.inline?.(locals) : undefined;
  const single = batches[0] === rows;
  const step = (plan: Plan, size: number, functionNumber: number, shared?: Code): Code => {
    const slot = (name: string | undefined) => (name === undefined ? undefined : plan.names.get(name));
    const load = (name: string | undefined): Code | undefined => {
      const of = slot(name);
      if (of === undefined) return undefined;
      if (parts.isWide(plan, of)) return wide.load(int(0), parts.address(of));
      return [scalars[4].load(int(0), parts.address(of)), op['f64.promote_f32']];
    };
    const counter = slot(spec.count);
    const norm = load(spec.norm);
    const weight = weights === undefined ? number(size) : load(weights.sum)!;
    const gather = (): Code => {
      if (layout.whole) return [];
      if (shared !== undefined) return [int(0), start.get, access['i32.store'](control.start), shared];
      return bringRows(locals, plan, parts, { start: start.get, from: int(0), to: int(size) });
    };
    return [
      gather(),
      count.set(wide.add(count.get, number(1))),
      counter === undefined ? [] : wide.store(int(0), parts.address(counter), count.get),
      inline?.step ?? [int(1), call(functionNumber)],
      // the loss of an epoch of one batch is the batch's loss
      total.set(single ? load(spec.loss)! : wide.add(total.get, wide.mul(load(spec.loss)!, weight))),
      // NaN replaces the maximum, and the next norm replaces NaN: neither is at most the other
      norm === undefined
        ? []
        : [value.set(norm), when([wide.le(value.get, most.get), op['i32.eqz']], most.set(value.get))],
      start.set(plus(start.get, size)),
    ];
  };
  const [first, rest] = batches.map((size, i) => step(plans[i], size, steps[i], parts.gathers[i]));
  const oneStep =
    rest === undefined
      ? first
      : [[int(rows - batches[0]), start.get, op['i32.lt_s']], op['if void'], rest, op.else, first, op.end];

  const endOfEpoch: Code = [
    wide.store(
      times(ended.get, 8),
      layout.losses,
      single ? total.get : wide.div(total.get, number(weights?.total ?? rows)),
    ),
    wide.store(times(ended.get, 8), layout.norms, most.get),
    ended.set(plus(ended.get, 1)),
    epoch.set(plus(epoch.get, 1)),
    position.set(int(0)),
    start.set(int(0)),
    total.set(number(0)),
    most.set(number(0)),
  ];
  const code: Code = [
    read,
    inline?.before ?? [],
    op['block void'],
    op['loop void'],
    [left.get, int(1), op['i32.lt_s'], branchIf(1)],
    [int(epochsAtOnce - 1), ended.get, op['i32.lt_s'], branchIf(1)],
    left.set(plus(left.get, -1)),
    shuffleSeed === undefined
      ? []
      : when([position.get, op['i32.eqz']], shuffle(locals, shuffleSeed, rows, layout, epoch.get)),
    position.set(plus(position.get, 1)),
    oneStep,
    when([int(rows - 1), start.get, op['i32.lt_s']], endOfEpoch),
    branch(0),
    op.end,
    op.end,
    inline?.after ?? [],
    write,
    ended.get,
  ];
  return locals.body(code, [i32], trainName);
}

/** Copies the rows of a batch, as a step that threads share. Copying waits for memory: it costs about four operations a number. */
export function gatherFunction(plan: Plan, rows: number, parts: Gathering): StepFunction {
  const { locals, from, to } = stepLocals();
  return {
    chunks: rows,
    cost: 4 * rows * parts.layout.feeds.reduce((sum, { numbers }) => sum + numbers, 0),
    body: locals.body(
      bringRows(locals, plan, parts, {
        start: [int(0), access['i32.load'](control.start)],
        from: from.get,
        to: to.get,
      }),
    ),
  };
}

type Gathering = Pick<Parts, 'layout' | 'address' | 'shuffled'>;

/** Rows `from` up to `to` of a batch, whose first row is row `start` of the epoch. */
interface Range {
  readonly start: Code;
  readonly from: Code;
  readonly to: Code;
}

function bringRows(locals: Locals, plan: Plan, parts: Gathering, range: Range): Code {
  if (parts.shuffled) return gatherRows(locals, plan, parts, range);
  const { layout, address } = parts;
  const { start, from, to } = range;
  return layout.feeds.map(({ name, at, bytes }) => {
    const target = plus(times(from, bytes), address(plan.names.get(name)!));
    return memoryCopy(target, plus(times(sum(start, from), bytes), at), [
      times(to, bytes),
      times(from, bytes),
      op['i32.sub'],
    ]);
  });
}

/** Copies rows `from` up to `to` of a batch in the epoch's order, each as vectors and then single words. */
function gatherRows(locals: Locals, plan: Plan, { layout, address }: Gathering, { start, from, to }: Range): Code {
  const [at, source, target, last, end] = [0, 1, 2, 3, 4].map(() => locals.add(i32));
  const { load, store } = vectors[4];
  return layout.feeds.map(({ name, at: data, bytes }) => {
    const into = address(plan.names.get(name)!);
    const copies = (bound: number): Code => {
      const code: Code[] = [];
      let done = 0;
      for (; done + 16 <= bound; done += 16) {
        code.push(store(target.get, into + done, load(source.get, data + done)));
      }
      for (; done < bound; done += 4) {
        const { load: loadOne, store: storeOne } = scalars[4];
        code.push(storeOne(target.get, into + done, loadOne(source.get, data + done)));
      }
      return code;
    };
    const stretch = Math.min(Math.floor(bytes / 16) * 16, 64);
    const turns = stretch === 0 ? 0 : Math.floor(bytes / stretch);
    const rest = bytes - turns * stretch;
    const long: Code = [
      end.set(plus(target.get, turns * stretch)),
      whileBelow(target, end.get, copies(stretch), [advance(target, stretch), advance(source, stretch)]),
      copies(rest),
      advance(target, rest),
    ];
    return [
      at.set(times(sum(start, from), 4)),
      target.set(times(from, bytes)),
      last.set(times(to, bytes)),
      whileBelow(
        target,
        last.get,
        [
          source.set(times([at.get, access['i32.load'](layout.order)], bytes)),
          bytes > 128 ? long : [copies(bytes), advance(target, bytes)],
          advance(at, 4),
        ],
        [],
      ),
    ];
  });
}

/** The permutation of `base/random.ts`: Fisher and Yates, with uniform numbers of the stream `shuffle`, sequence `epoch`. */
function shuffle(locals: Locals, seed: number, rows: number, layout: EpochsLayout, epoch: Code): Code {
  const words: Words = [0, 1, 2, 3].map(() => locals.add(i32)) as unknown as Words;
  const [pair, at, i, j, held] = [0, 1, 2, 3, 4].map(() => locals.add(i32));
  const loadWord = access['i32.load'](layout.order);
  const storeWord = access['i32.store'](layout.order);
  const wide = scalars[8];
  const { code: draw, uniforms } = drawPair(locals, words, seed, streams.shuffle, wide);
  const index = (of: Code) => times(of, 4);
  return [
    pair.set(int(0)),
    at.set(int(0)),
    whileBelow(
      pair,
      int(Math.ceil(rows / 2)),
      [draw(pair.get, epoch, int(0)), uniforms.map((uniform, k) => wide.store(at.get, layout.draws + 8 * k, uniform))],
      [pair.set(plus(pair.get, 1)), at.set(plus(at.get, 16))],
    ),
    i.set(int(0)),
    whileBelow(i, int(rows), [index(i.get), i.get, storeWord], i.set(plus(i.get, 1))),
    // from the last row to the second
    i.set(int(rows - 1)),
    op['block void'],
    op['loop void'],
    [i.get, int(1), op['i32.lt_s'], branchIf(1)],
    j.set([
      wide.mul(wide.load(times(i.get, 8), layout.draws), [plus(i.get, 1), op['f64.convert_i32_u']]),
      op['i32.trunc_f64_u'],
    ]),
    held.set([index(i.get), loadWord]),
    [index(i.get), [index(j.get), loadWord], storeWord],
    [index(j.get), held.get, storeWord],
    i.set(plus(i.get, -1)),
    branch(0),
    op.end,
    op.end,
  ];
}
