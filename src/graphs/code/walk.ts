/** The walks of `../walks/walker.ts` as code, with the same bits. */
import {
  branch,
  branchIf,
  type Code,
  call,
  type FunctionBody,
  f64,
  i32,
  i64,
  int,
  number,
  op,
} from '../../engines/wasm/encoder.ts';
import { type Local, Locals, plus, when } from '../../engines/wasm/writer.ts';
import { indexBits, orderCounter } from '../walks/order.ts';
import type { StepRule, WalkOptions } from '../walks/walker.ts';
import {
  add,
  and,
  atMost,
  below,
  divide,
  doWhile,
  equal,
  exclusiveOr,
  loadFloat64,
  loadWord,
  longProduct,
  lowerHalf,
  multiply,
  not,
  or,
  remainder,
  shiftLeft,
  shiftRight,
  storeWord,
  subtract,
  truncated,
  upperHalf,
  whenElse,
  whileTrue,
  word,
} from './integers.ts';
import { WordSequence } from './random-words.ts';

/** The addresses of a graph in the memory; a table that is not there has none. */
export interface GraphPlaces {
  readonly nodes: number;
  readonly offsets: number;
  readonly neighbors: number;
  readonly weights?: number;
  readonly thresholds?: number;
  readonly aliases?: number;
  readonly strengths?: number;
  readonly typicalWeights?: number;
}

/** The bytes of random words: a block of four for each walk of a group. */
export const wordBytes = 16 * 8;

interface WalkParts {
  readonly places: GraphPlaces;
  readonly options: WalkOptions;
  readonly rule: StepRule;
  /** The index of the function that writes four random words of the stream `walks`. */
  readonly fill: number;
  /** Room for random words, `wordBytes` for each thread, from this address on plus the thread's own offset. */
  readonly scratch: number;
  readonly threadBase: Code;
}

/** Sets `into` to 2³² times a share, as a threshold for random words (`threshold` of `../words.ts`). */
const thresholdOf = (share: Code): Code => truncated([share, number(2 ** 32), op['f64.mul']]);

/** `find(from, to)`: the entry of an edge, or -1. */
export function findFunction({ offsets, neighbors }: GraphPlaces): FunctionBody {
  const locals = new Locals([i32, i32]);
  const [from, to] = [locals.parameter(0), locals.parameter(1)];
  const [low, high, middle, end] = [0, 1, 2, 3].map(() => locals.add(i32));
  return locals.body(
    [
      from.set(shiftLeft(from.get, 2)),
      low.set(loadWord(from.get, offsets)),
      high.set(end.tee(loadWord(from.get, offsets + 4))),
      whileTrue(below(low.get, high.get), [
        middle.set(shiftRight(add(low.get, high.get), 1)),
        whenElse(
          below(loadWord(shiftLeft(middle.get, 2), neighbors), to.get),
          low.set(plus(middle.get, 1)),
          high.set(middle.get),
        ),
      ]),
      when(below(low.get, end.get), [
        when(equal(loadWord(shiftLeft(low.get, 2), neighbors), to.get), [low.get, op.return]),
      ]),
      int(-1),
    ],
    [i32],
  );
}

/** `walk(number, out)`: writes the nodes of a walk and returns their number. */
export function walkFunction(parts: WalkParts, find: number, exported?: string): FunctionBody {
  const { places, options, rule } = parts;
  const locals = new Locals([i32, i32]);
  const [walk, out] = [locals.parameter(0), locals.parameter(1)];
  const [base, current, previous, next, at, end, start, degree, drawn, apart] = Array.from({ length: 10 }, () =>
    locals.add(i32),
  );
  const product = locals.add(i64);
  const words = new WordSequence(locals, { fill: parts.fill, base: base.get, offset: parts.scratch, second: walk.get });
  const [edge, own] = [locals.add(i32), locals.add(i32)];
  const [closeness, area] = [locals.add(f64), locals.add(f64)];

  /** Sets `next` to a neighbor of `current` by weight. */
  const propose: Code = [
    words.next(drawn),
    product.set(longProduct(drawn.get, degree.get)),
    entryOf(places, { start, product, entry: drawn }),
    next.set(loadWord(shiftLeft(drawn.get, 2), places.neighbors)),
  ];

  const weightAt = (entry: Local): Code =>
    places.weights === undefined ? number(1) : loadFloat64(shiftLeft(entry.get, 3), places.weights);
  const strength: Code =
    places.strengths === undefined
      ? [degree.get, op['f64.convert_i32_u']]
      : loadFloat64(shiftLeft(current.get, 3), places.strengths);
  const returnThreshold: Code = [
    apart.set(int(0)),
    edge.set([current.get, previous.get, call(find)]),
    when(not(equal(edge.get, int(-1))), [
      area.set([number(rule.excess), weightAt(edge), op['f64.mul']]),
      apart.set(
        thresholdOf([
          area.get,
          [area.get, [number(rule.bound), strength, op['f64.mul']], op['f64.add']],
          op['f64.div'],
        ]),
      ),
    ]),
  ];

  const far = 1 / options.q;
  const typical = (node: Local): Code => loadFloat64(shiftLeft(node.get, 3), places.typicalWeights!);
  /** Leaves the largest word that accepts a step to `next`, a node other than `previous`. */
  const acceptance = (into: Local): Code => {
    const search = edge.set([previous.get, next.get, call(find)]);
    if (places.typicalWeights === undefined) {
      return [search, into.set([word(rule.accept.far), word(rule.accept.common), equal(edge.get, int(-1)), op.select])];
    }
    return [
      search,
      closeness.set(number(0)),
      when(not(equal(edge.get, int(-1))), closeness.set([weightAt(edge), typical(next), op['f64.div']])),
      whenElse([number(1), closeness.get, op['f64.le']], into.set(word(rule.accept.common)), [
        own.set([current.get, next.get, call(find)]),
        whenElse(
          [weightAt(own), typical(current), op['f64.lt']],
          into.set(thresholdOf(number(Math.min(1, far) / rule.bound))),
          into.set(
            thresholdOf([
              [number(far), [number(1 - far), closeness.get, op['f64.mul']], op['f64.add']],
              number(rule.bound),
              op['f64.div'],
            ]),
          ),
        ),
      ]),
    ];
  };

  const limit = locals.add(i32);
  const secondOrder: Code = [
    rule.excess > 0 ? returnThreshold : [],
    op['block void'],
    op['loop void'],
    rule.excess > 0 ? [words.next(drawn), when(below(drawn.get, apart.get), [next.set(previous.get), branch(2)])] : [],
    propose,
    words.next(drawn),
    [atMost(drawn.get, word(rule.accept.always)), branchIf(1)],
    whenElse(equal(next.get, previous.get), limit.set(word(rule.accept.back)), acceptance(limit)),
    [atMost(drawn.get, limit.get), branchIf(1)],
    branch(0),
    op.end,
    op.end,
  ];

  return locals.body(
    [
      base.set(parts.threadBase),
      startNode(parts, { base, walk, current, locals }),
      storeWord(out.get, 0, current.get),
      at.set(plus(out.get, 4)),
      end.set(plus(out.get, 4 * options.walkLength)),
      previous.set(int(-1)),
      words.start(),
      whileTrue(below(at.get, end.get), [
        start.set(loadWord(shiftLeft(current.get, 2), places.offsets)),
        degree.set(subtract(loadWord(shiftLeft(current.get, 2), places.offsets + 4), start.get)),
        // A node without edges ends the walk.
        [not(degree.get), branchIf(1)],
        rule.isFirstOrder ? propose : whenElse(equal(previous.get, int(-1)), propose, secondOrder),
        previous.set(current.get),
        current.set(next.get),
        storeWord(at.get, 0, current.get),
        at.set(plus(at.get, 4)),
      ]),
      shiftRight(subtract(at.get, out.get), 2),
    ],
    [i32],
    exported,
  );
}

/** How many walks are generated at the same time, so that the processor need not wait for each load from memory. */
export const groupSize = 8;

/** The room for one walk of a group, in nodes: up to three steps more than the walk has. */
export const walkStride = (walkLength: number) => 1 + 4 * Math.ceil((walkLength - 1) / 4);

/** `group(number, out, lengths)`: writes `groupSize` walks by calling a function for each. */
export function eachInTurn({ walkLength }: { readonly walkLength: number }, walkIndex: number): FunctionBody {
  const locals = new Locals([i32, i32, i32]);
  const [walk, out, lengths] = [0, 1, 2].map((i) => locals.parameter(i));
  const stride = 4 * walkStride(walkLength);
  return locals.body(
    Array.from({ length: groupSize }, (_, i) =>
      storeWord(lengths.get, 4 * i, [plus(walk.get, i), plus(out.get, i * stride), call(walkIndex)]),
    ),
  );
}

/**
 * `group(number, out, lengths)`: writes `groupSize` walks, `walkStride` words apart, and their lengths. First-order walks take
 * their steps in turns; others are written one after another.
 */
export function groupFunction(parts: WalkParts, walkIndex: number): FunctionBody {
  const { places, options, rule, fill, scratch } = parts;
  const locals = new Locals([i32, i32, i32]);
  const [walk, out, lengths] = [0, 1, 2].map((i) => locals.parameter(i));
  const stride = 4 * walkStride(options.walkLength);
  const members = Array.from({ length: groupSize }, (_, i) => i);
  const numberOf = (i: number) => plus(walk.get, i);
  if (!rule.isFirstOrder) return eachInTurn(options, walkIndex);

  const base = locals.add(i32);
  const number = locals.add(i32);
  const [start, degree, entry, block, at] = Array.from({ length: 5 }, () => locals.add(i32));
  const product = locals.add(i64);
  const nodes = members.map(() => locals.add(i32));
  const counts = members.map(() => locals.add(i32));
  const begin = startNode(parts, { base, walk: number, current: entry, locals });

  /** One step of one walk; a walk that has ended stays where it is, and its length is no longer changed. */
  const step = (i: number, turn: number): Code => {
    const node = nodes[i];
    return [
      start.set(loadWord(shiftLeft(node.get, 2), places.offsets)),
      degree.set(subtract(loadWord(shiftLeft(node.get, 2), places.offsets + 4), start.get)),
      product.set(longProduct(loadWord(base.get, scratch + 16 * i + 4 * turn), degree.get)),
      entryOf(places, { start, product, entry }),
      node.set([loadWord(shiftLeft(entry.get, 2), places.neighbors), node.get, degree.get, op.select]),
      counts[i].set(add(counts[i].get, [degree.get, int(0), op['i32.ne']])),
      storeWord(at.get, i * stride + 4 * (turn + 1), node.get),
    ];
  };

  return locals.body([
    base.set(parts.threadBase),
    at.set(out.get),
    members.map((i) => [
      number.set(numberOf(i)),
      begin,
      nodes[i].set(entry.get),
      counts[i].set(int(1)),
      storeWord(out.get, i * stride, entry.get),
    ]),
    block.set(int(0)),
    whileTrue(below(block.get, int((stride / 4 - 1) / 4)), [
      members.map((i) => [plus(base.get, scratch + 16 * i), block.get, numberOf(i), int(0), call(fill)]),
      [0, 1, 2, 3].map((turn) => members.map((i) => step(i, turn))),
      at.set(plus(at.get, 16)),
      block.set(plus(block.get, 1)),
    ]),
    members.map((i) => [
      storeWord(lengths.get, 4 * i, [
        counts[i].get,
        int(options.walkLength),
        below(counts[i].get, int(options.walkLength)),
        op.select,
      ]),
    ]),
  ]);
}

/** Sets `entry` to the entry that the product of a random word and the degree chooses in a row. */
export function entryOf(
  places: GraphPlaces,
  { start, product, entry }: { start: Local; product: Local; entry: Local },
): Code {
  const own = entry.set(add(start.get, upperHalf(product.get)));
  if (places.thresholds === undefined) return own;
  return [
    own,
    entry.set([
      entry.get,
      add(start.get, loadWord(shiftLeft(entry.get, 2), places.aliases!)),
      below(lowerHalf(product.get), loadWord(shiftLeft(entry.get, 2), places.thresholds)),
      op.select,
    ]),
  ];
}

/** Sets `current` to the start node of a walk: `placeInPass` of `../walks/order.ts`. */
export function startNode(
  { places: { nodes }, fill, scratch }: Pick<WalkParts, 'places' | 'fill' | 'scratch'>,
  { base, walk, current, locals }: { base: Local; walk: Local; current: Local; locals: Locals },
): Code {
  const bits = indexBits(nodes);
  const mask = word(2 ** bits - 1);
  const shift = (bits + 1) >>> 1;
  const key = (i: number): Code => loadWord(base.get, scratch + 4 * i);
  const pass = locals.add(i32);
  return [
    pass.set(divide(walk.get, word(nodes))),
    [plus(base.get, scratch), word(orderCounter), pass.get, int(0), call(fill)],
    current.set(remainder(walk.get, word(nodes))),
    doWhile(
      [0, 1, 2].map((round) => [
        current.set(and(add(multiply(current.get, or(key(round), int(1))), key(round + 1)), mask)),
        current.set(exclusiveOr(current.get, shiftRight(current.get, shift))),
      ]),
      not(below(current.get, word(nodes))),
    ),
  ];
}
