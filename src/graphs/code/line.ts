/** LINE as code, in float32 vectors, with the bits of `../line/`. */
import {
  type Code,
  call,
  encodeModule,
  type FunctionBody,
  f32,
  f64,
  i32,
  i64,
  int,
  number,
  op,
  shuffle,
  single,
  v128,
} from '../../engines/wasm/encoder.ts';
import { instantiate, pageBytes } from '../../engines/wasm/instantiate.ts';
import { scalars, vectors } from '../../engines/wasm/lanes.ts';
import { wordsEnd } from '../../engines/wasm/threads.ts';
import { type Local, Locals, plus } from '../../engines/wasm/writer.ts';
import type { NodeGraph } from '../graph.ts';
import { minRateShare } from '../line/rate.ts';
import { type LineOrder, type LineTables, sampleHigh } from '../line/samples.ts';
import {
  add,
  below,
  loadWord,
  longProduct,
  lowerHalf,
  multiply,
  shiftLeft,
  storeWord,
  upperHalf,
  whileTrue,
  word,
} from './integers.ts';
import { copyWords, MemoryLayout } from './layout.ts';
import { WordSequence, wordsFunction } from './random-words.ts';
import { sigmoidFunction } from './sigmoid.ts';

export interface LineParts {
  readonly dimensions: number;
  readonly order: LineOrder;
  readonly negativeSamples: number;
  readonly learningRate: number;
  readonly totalSamples: number;
}

export interface LineMachine {
  /** The numbers in a row of the tables; those beyond the dimensions are 0. */
  readonly stride: number;
  readonly vectors: Float32Array;
  readonly contexts: Float32Array;
  /** Trains on the samples from `first` to `last` − 1. */
  train(first: number, last: number): void;
}

const lanes = vectors[4];
/** A row has a multiple of four vectors, because a dot product has four sums. */
const strideOf = (dimensions: number) => 16 * Math.ceil(dimensions / 16);

function place(graph: NodeGraph, { dimensions, order, negativeSamples }: LineParts, isWeighted: boolean) {
  const nodes = graph.offsets.length - 1;
  const entries = graph.neighbors.length;
  const stride = strideOf(dimensions);
  const layout = new MemoryLayout(wordsEnd);
  const vectorsAt = layout.reserve(4 * nodes * stride);
  const optional = (bytes: number) => (isWeighted ? layout.reserve(bytes) : 0);
  return {
    nodes,
    entries,
    stride,
    isWeighted,
    vectors: vectorsAt,
    contexts: order === 1 ? vectorsAt : layout.reserve(4 * nodes * stride),
    neighbors: layout.reserve(4 * entries),
    sources: layout.reserve(4 * entries),
    edgeThresholds: optional(4 * entries),
    edgeAliases: optional(4 * entries),
    noiseThresholds: layout.reserve(4 * nodes),
    noiseAliases: layout.reserve(4 * nodes),
    words: layout.reserve(16),
    // the rows of the targets, then 0
    targets: layout.reserve(4 * (2 + negativeSamples)),
    change: layout.reserve(4 * stride),
    pages: layout.pages(),
  };
}

type Places = ReturnType<typeof place>;

export const lineMachineBytes = (graph: NodeGraph, parts: LineParts) =>
  place(graph, parts, graph.weights !== undefined).pages * pageBytes;

export function makeLineMachine(graph: NodeGraph, tables: LineTables, seed: number, parts: LineParts): LineMachine {
  const places = place(graph, parts, tables.edges !== undefined);
  const functions: FunctionBody[] = [];
  const define = (body: FunctionBody) => functions.push(body) - 1;
  const fill = define(wordsFunction(seed, 'lineSamples'));
  const update = define(updateFunction(places, define(sigmoidFunction(scalars[4]))));
  define(trainFunction(places, parts, { fill, update }));
  const bytes = encodeModule({ functions, pages: places.pages });
  const { memory, functions: made } = instantiate(bytes, { pages: places.pages, shared: false, imports: () => ({}) });
  const { buffer } = memory;
  copyWords(buffer, places.neighbors, graph.neighbors);
  copyWords(buffer, places.sources, tables.sources);
  if (tables.edges !== undefined) {
    copyWords(buffer, places.edgeThresholds, tables.edges.thresholds);
    copyWords(buffer, places.edgeAliases, tables.edges.aliases);
  }
  copyWords(buffer, places.noiseThresholds, tables.noise.thresholds);
  copyWords(buffer, places.noiseAliases, tables.noise.aliases);
  const table = (at: number) => new Float32Array(buffer, at, places.nodes * places.stride);
  return {
    stride: places.stride,
    vectors: table(places.vectors),
    contexts: table(places.contexts),
    train(first, last) {
      // The lower word of a number must not wrap within a call.
      for (let at = first; at < last; ) {
        const end = Math.min(last, (Math.floor(at / 2 ** 32) + 1) * 2 ** 32);
        made.train(at | 0, end - at, sampleHigh(at, parts.order) | 0, at);
        at = end;
      }
    },
  };
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** `update(source, rate)`: `source` is the address of a row; the targets are in memory, as addresses of rows. */
function updateFunction({ stride, targets, change }: Places, sigmoid: number): FunctionBody {
  const locals = new Locals([i32, f32]);
  const [source, rate] = [locals.parameter(0), locals.parameter(1)];
  const [at, row, offset] = range(3).map(() => locals.add(i32));
  const sums = range(4).map(() => locals.add(v128));
  const label = locals.add(f32);
  const error = locals.add(v128);
  const held = locals.add(v128);
  const rowBytes = 4 * stride;
  /** Runs `body` for each group of four vectors of a row. */
  const overRow = (body: Code): Code => [
    offset.set(int(0)),
    whileTrue(below(offset.get, int(rowBytes)), [body, offset.set(plus(offset.get, 64))]),
  ];
  const a = add(source.get, offset.get);
  const b = add(row.get, offset.get);
  const c = add(int(change), offset.get);
  const first: Code = lanes.add(lanes.add(sums[0].get, sums[2].get), lanes.add(sums[1].get, sums[3].get));
  const swap = (x: Code, order: readonly [number, number, number, number]) => shuffle(x, x, order);
  return locals.body([
    overRow(range(4).map((v) => lanes.store(c, 16 * v, lanes.constant(0)))),
    at.set(int(targets)),
    label.set(single(1)),
    forTargets(),
    overRow(range(4).map((v) => lanes.store(a, 16 * v, lanes.add(lanes.load(a, 16 * v), lanes.load(c, 16 * v))))),
  ]);

  function forTargets(): Code {
    return [
      // A row address is never 0; the list ends with 0.
      whileTrue(row.tee(loadWord(at.get)), [
        sums.map((each) => each.set(lanes.constant(0))),
        overRow(
          range(4).map((v) =>
            sums[v].set(lanes.add(sums[v].get, lanes.mul(lanes.load(a, 16 * v), lanes.load(b, 16 * v)))),
          ),
        ),
        held.set(first),
        held.set(lanes.add(held.get, swap(held.get, [2, 3, 0, 1]))),
        held.set(lanes.add(held.get, swap(held.get, [1, 0, 3, 2]))),
        error.set(lanes.splat([[label.get, [firstLane(held), call(sigmoid)], op['f32.sub']], rate.get, op['f32.mul']])),
        overRow(
          range(4).map((v) => [
            held.set(lanes.load(b, 16 * v)),
            lanes.store(c, 16 * v, lanes.add(lanes.load(c, 16 * v), lanes.mul(error.get, held.get))),
            lanes.store(b, 16 * v, lanes.add(held.get, lanes.mul(error.get, lanes.load(a, 16 * v)))),
          ]),
        ),
        label.set(single(0)),
        at.set(plus(at.get, 4)),
      ]),
    ];
  }
}

const firstLane = (vector: Local): Code => [vector.get, [0xfd, 0x1f, 0]];

/** `train(first, count, high, number)`: samples from a number on, whose lower word is `first`. */
function trainFunction(
  places: Places,
  { negativeSamples, learningRate, totalSamples }: LineParts,
  { fill, update }: { readonly fill: number; readonly update: number },
): FunctionBody {
  const { nodes, entries, stride, targets } = places;
  const locals = new Locals([i32, i32, i32, f64]);
  const [sample, count, high, position] = [0, 1, 2, 3].map((i) => locals.parameter(i));
  const [drawn, entry, source] = range(3).map(() => locals.add(i32));
  const product = locals.add(i64);
  const words = new WordSequence(locals, {
    fill,
    base: int(0),
    offset: places.words,
    second: sample.get,
    third: high.get,
  });
  const rowOf = (table: number, node: Code): Code => add(word(table), multiply(node, int(4 * stride)));
  const negative = (k: number): Code => [
    words.next(drawn),
    product.set(longProduct(drawn.get, word(nodes))),
    drawn.set(upperHalf(product.get)),
    drawn.set([
      drawn.get,
      loadWord(shiftLeft(drawn.get, 2), places.noiseAliases),
      below(lowerHalf(product.get), loadWord(shiftLeft(drawn.get, 2), places.noiseThresholds)),
      op.select,
    ]),
    storeWord(int(0), targets + 4 * k, rowOf(places.contexts, drawn.get)),
  ];
  const decayed: Code = [
    number(learningRate),
    [number(1), [position.get, number(totalSamples + 1), op['f64.div']], op['f64.sub']],
    op['f64.mul'],
  ];
  const rate: Code = [[decayed, number(learningRate * minRateShare), op['f64.max']], op['f32.demote_f64']];
  return locals.body(
    [
      whileTrue(count.get, [
        words.start(),
        words.next(drawn),
        entry.set(upperHalf(longProduct(drawn.get, word(entries)))),
        words.next(drawn),
        places.isWeighted
          ? entry.set([
              entry.get,
              loadWord(shiftLeft(entry.get, 2), places.edgeAliases),
              below(drawn.get, loadWord(shiftLeft(entry.get, 2), places.edgeThresholds)),
              op.select,
            ])
          : [],
        source.set(rowOf(places.vectors, loadWord(shiftLeft(entry.get, 2), places.sources))),
        storeWord(int(0), targets, rowOf(places.contexts, loadWord(shiftLeft(entry.get, 2), places.neighbors))),
        range(negativeSamples).map((k) => negative(k + 1)),
        [source.get, rate, call(update)],
        sample.set(plus(sample.get, 1)),
        position.set([position.get, number(1), op['f64.add']]),
        count.set(plus(count.get, -1)),
      ]),
    ],
    [],
    'train',
  );
}
