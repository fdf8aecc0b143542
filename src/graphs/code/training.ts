/** The loop over walks as code. All threads run it in step; each owns some slices, and they exchange sums once for each center. */
import {
  access,
  atomics,
  branchIf,
  type Code,
  call,
  type FunctionBody,
  f32,
  i32,
  i64,
  int,
  long,
  number,
  op,
  single,
} from '../../engines/wasm/encoder.ts';
import { firstChunk, jobThreads } from '../../engines/wasm/threads.ts';
import { type Local, Locals, plus, when } from '../../engines/wasm/writer.ts';
import type { RateOptions } from '../skip-gram/rate.ts';
import {
  add,
  and,
  atMost,
  below,
  equal,
  loadWord,
  longProduct,
  lowerHalf,
  multiply,
  not,
  shiftLeft,
  shiftRight,
  storeWord,
  subtract,
  upperHalf,
  whenElse,
  whileTrue,
  word,
} from './integers.ts';
import { WordSequence } from './random-words.ts';
import { listLayout, type SkipGramPlaces, sumBytes } from './skip-gram.ts';
import { groupSize, walkStride } from './walk.ts';

/** What training reads besides the tables. */
export interface TrainingPlaces extends SkipGramPlaces {
  readonly nodes: number;
  readonly windowSize: number;
  /** The noise distribution, an alias table over the nodes. */
  readonly noise: { readonly thresholds: number; readonly aliases: number };
  /** A node is kept where a random word is below its threshold, `[nodes]`; undefined if all are kept. */
  readonly keep?: number;
  readonly walkLength: number;
  /** Of a thread: random words, the nodes and the lengths of a group of walks, and two lists. */
  readonly words: number;
  readonly walk: number;
  readonly lengths: number;
  readonly lists: readonly [number, number];
  /** The words `first` and `last`: the numbers of the walks to train on. */
  readonly range: number;
  /** One word for each slice, `flagStride` bytes apart; a thread writes that of its first slice: the center whose sums are there. */
  readonly flags: number;
}

/** The functions that the loop calls, by index. */
export interface TrainingCalls {
  readonly group: number;
  readonly negativeWords: number;
  readonly subsamplingWords: number;
  readonly prepare: number;
  readonly dots: number;
  readonly errors: number;
  readonly update: number;
}

/** `prepare(list, t, length, walk, rate, nodes)`: the window, the inputs, the negatives and the rates of center `t` of a walk. */
export function prepareFunction(places: TrainingPlaces, negativeWords: number, threadBase: Code): FunctionBody {
  const { nodes, windowSize, outputs, noise } = places;
  const layout = listLayout(places);
  const locals = new Locals([i32, i32, i32, i32, f32, i32]);
  const [list, t, length, walk, rate, walkNodes] = [0, 1, 2, 3, 4, 5].map((i) => locals.parameter(i));
  const [base, reduced, from, to, at, center, drawn, slot] = Array.from({ length: 8 }, () => locals.add(i32));
  const product = locals.add(i64);
  const rowBytes = 4 * places.slices.count * places.slices.width;
  const words = new WordSequence(locals, {
    fill: negativeWords,
    base: base.get,
    offset: places.words,
    second: walk.get,
    third: t.get,
  });
  const nodeAt = (place: Code): Code => loadWord(add(walkNodes.get, shiftLeft(place, 2)));
  const row = (node: Code): Code => multiply(node, word(rowBytes));
  const smaller = (a: Code, b: Code): Code => [a, b, below(a, b), op.select];
  const storeRate = (k: number, value: Code): Code => [list.get, value, access['f32.store'](layout.rates + 4 * k)];

  const negative = (k: number): Code => [
    words.next(drawn),
    product.set(longProduct(drawn.get, word(nodes))),
    slot.set(shiftLeft(upperHalf(product.get), 2)),
    whenElse(
      below(lowerHalf(product.get), loadWord(slot.get, noise.thresholds)),
      drawn.set(upperHalf(product.get)),
      drawn.set(loadWord(slot.get, noise.aliases)),
    ),
    storeWord(list.get, layout.outputRows + 4 * k, row(drawn.get)),
    storeRate(k, [single(0), rate.get, equal(drawn.get, center.get), op.select]),
  ];

  return locals.body([
    base.set(threadBase),
    words.start(),
    words.next(drawn),
    reduced.set(plus(upperHalf(longProduct(drawn.get, int(windowSize))), 1)),
    from.set([subtract(t.get, reduced.get), int(0), not(below(t.get, reduced.get)), op.select]),
    to.set(smaller(add(t.get, reduced.get), plus(length.get, -1))),
    storeWord(list.get, layout.count, subtract(to.get, from.get)),
    at.set(plus(list.get, layout.inputs)),
    whileTrue(atMost(from.get, to.get), [
      when(not(equal(from.get, t.get)), [storeWord(at.get, 0, row(nodeAt(from.get))), at.set(plus(at.get, 4))]),
      from.set(plus(from.get, 1)),
    ]),
    // The row of zeros fills up the last group of four.
    Array.from({ length: 3 }, (_, i) => storeWord(at.get, 4 * i, word(nodes * rowBytes))),
    center.set(nodeAt(t.get)),
    storeWord(list.get, layout.outputRows, row(center.get)),
    storeRate(0, rate.get),
    Array.from({ length: outputs - 1 }, (_, k) => negative(k + 1)),
  ]);
}

/** `train(from, to)`: trains on the walks of the range, as the owner of these slices. */
export function trainFunction(
  places: TrainingPlaces,
  schedule: RateOptions,
  calls: TrainingCalls,
  { threadBase, isShared }: { readonly threadBase: Code; readonly isShared: boolean },
): FunctionBody {
  const { slices, lists } = places;
  const locals = new Locals([i32, i32]);
  const [from, to] = [locals.parameter(0), locals.parameter(1)];
  const [base, walk, last, length, t, list, spare, sums, slice, center, member, own] = Array.from({ length: 12 }, () =>
    locals.add(i32),
  );
  const rate = locals.add(f32);
  const owned = (body: Code): Code => [
    slice.set(from.get),
    whileTrue(below(slice.get, to.get), [body, slice.set(plus(slice.get, 1))]),
  ];
  const prepare = (into: Local, at: Code): Code => [
    into.get,
    at,
    length.get,
    walk.get,
    rate.get,
    own.get,
    call(calls.prepare),
  ];
  const sharing = isShared && slices.count > 1;

  return locals.body([
    base.set(threadBase),
    walk.set(loadWord(int(0), places.range)),
    last.set(loadWord(int(0), places.range + 4)),
    list.set(plus(base.get, lists[0])),
    spare.set(plus(base.get, lists[1])),
    whileTrue(below(walk.get, last.get), [
      when(not(member.get), [walk.get, plus(base.get, places.walk), plus(base.get, places.lengths), call(calls.group)]),
      own.set(add(plus(base.get, places.walk), multiply(member.get, int(4 * walkStride(places.walkLength))))),
      length.set(loadWord(add(base.get, shiftLeft(member.get, 2)), places.lengths)),
      member.set(and(plus(member.get, 1), int(groupSize - 1))),
      places.keep === undefined ? [] : subsample(places, calls.subsamplingWords, { locals, base, own, walk, length }),
      rate.set(rateAt(schedule, walk)),
      t.set(int(0)),
      when(length.get, prepare(list, int(0))),
      whileTrue(below(t.get, length.get), [
        center.set(plus(center.get, 1)),
        sums.set(plus(multiply(and(center.get, int(1)), int(slices.count * sumBytes(places))), places.sums | 0)),
        owned([list.get, sums.get, slice.get, call(calls.dots)]),
        // One flag tells of all slices of the thread: a store that others read at once takes as long as a line needs to come back.
        sharing ? when(below(from.get, to.get), [flagAddress(from.get), center.get, atomics.store(places.flags)]) : [],
        // The next center is prepared while other threads finish this one's sums.
        when(below(plus(t.get, 1), length.get), prepare(spare, plus(t.get, 1))),
        sharing ? awaitOthers(places, { locals, from, to, center }) : [],
        [list.get, sums.get, call(calls.errors)],
        owned([list.get, slice.get, call(calls.update)]),
        slice.set(list.get),
        list.set(spare.get),
        spare.set(slice.get),
        t.set(plus(t.get, 1)),
      ]),
      walk.set(plus(walk.get, 1)),
    ]),
  ]);
}

/** Lines are fetched in pairs, so the flags of two threads are in two pairs. */
export const flagStride = 128;

const flagAddress = (slice: Code): Code => multiply(slice, int(flagStride));

/** The turns of a spin, then the sleeps of a tenth of a millisecond: a thread that does not answer in ten seconds is lost. */
const patience = { spins: 20_000, nanoseconds: 100_000, sleeps: 100_000 } as const;

/** Waits until the sums of all other threads are there. A thread that owns all slices does not wait. */
function awaitOthers(
  { slices, flags }: TrainingPlaces,
  { locals, from, to, center }: { locals: Locals; from: Local; to: Local; center: Local },
): Code {
  const [thread, slice, seen, spins, sleeps] = Array.from({ length: 5 }, () => locals.add(i32));
  return [
    thread.set([int(0), jobThreads, equal(subtract(to.get, from.get), int(slices.count)), op.select]),
    whileTrue(thread.get, [
      thread.set(plus(thread.get, -1)),
      slice.set(firstChunk(thread.get, int(slices.count), jobThreads)),
      when(not(equal(slice.get, from.get)), [
        spins.set(int(patience.spins)),
        sleeps.set(int(patience.sleeps)),
        op['block void'],
        op['loop void'],
        seen.set([flagAddress(slice.get), atomics.load(flags)]),
        // the difference is signed: the other thread may be one center ahead
        [not([subtract(seen.get, center.get), int(0), op['i32.lt_s']]), branchIf(1)],
        [spins.tee(plus(spins.get, -1)), branchIf(0)],
        spins.set(int(1)),
        [flagAddress(slice.get), seen.get, long(patience.nanoseconds), atomics.wait(flags), op.drop],
        [sleeps.tee(plus(sleeps.get, -1)), branchIf(0)],
        op.unreachable,
        op.end,
        op.end,
      ]),
    ]),
  ];
}

/** `rateOfWalk` of `../skip-gram/rate.ts`. */
function rateAt({ learningRate, minLearningRate, totalWalks }: RateOptions, walk: Local): Code {
  const progress: Code = [[walk.get, op['f64.convert_i32_u']], number(totalWalks), op['f64.div']];
  const decayed: Code = [
    number(learningRate),
    [number(learningRate - minLearningRate), progress, op['f64.mul']],
    op['f64.sub'],
  ];
  return [[number(minLearningRate), decayed, op['f64.max']], op['f32.demote_f64']];
}

/** Drops frequent nodes from the walk in memory. */
function subsample(
  places: TrainingPlaces,
  fill: number,
  { locals, base, own, walk, length }: { locals: Locals; base: Local; own: Local; walk: Local; length: Local },
): Code {
  const [at, end, target, node, drawn] = Array.from({ length: 5 }, () => locals.add(i32));
  const words = new WordSequence(locals, { fill, base: base.get, offset: places.words, second: walk.get });
  return [
    words.start(),
    at.set(own.get),
    target.set(own.get),
    end.set(add(own.get, shiftLeft(length.get, 2))),
    whileTrue(below(at.get, end.get), [
      words.next(drawn),
      node.set(loadWord(at.get)),
      when(below(drawn.get, loadWord(shiftLeft(node.get, 2), places.keep!)), [
        storeWord(target.get, 0, node.get),
        target.set(plus(target.get, 4)),
      ]),
      at.set(plus(at.get, 4)),
    ]),
    length.set(shiftRight(subtract(target.get, own.get), 2)),
  ];
}
