/** A module over one memory: a graph, its walks, and the training of skip-gram on them. Threads share it. */
import { type Code, call, encodeModule, type FunctionBody, getGlobal, i32, int } from '../../engines/wasm/encoder.ts';
import { type Instance, instantiate, type Memory, pageBytes } from '../../engines/wasm/instantiate.ts';
import { vectors } from '../../engines/wasm/lanes.ts';
import { serveFunction, shareFunction, taskFunction, wordsEnd } from '../../engines/wasm/threads.ts';
import { Locals, plus } from '../../engines/wasm/writer.ts';
import type { NodeGraph } from '../graph.ts';
import type { SkipGramEngine } from '../skip-gram/engine.ts';
import type { RateOptions } from '../skip-gram/rate.ts';
import { slicesOf } from '../skip-gram/slices.ts';
import { stepRule, type WalkOptions, type WalkTables } from '../walks/walker.ts';
import {
  fillGraph,
  fillLayers,
  type LayeredSize,
  type LayeredWalks,
  placeGraph,
  placeLayers,
  type TableNames,
} from './graph-tables.ts';
import { add, and, below, doWhile, loadWord, multiply, shiftLeft, storeWord, whileTrue } from './integers.ts';
import { type LayeredPlaces, layeredWalkFunction } from './layered-walk.ts';
import { copyWords, MemoryLayout } from './layout.ts';
import { wordsFunction } from './random-words.ts';
import { sigmoidFunction } from './sigmoid.ts';
import { dotsFunction, errorsFunction, listLayout, sumBytes, updateFunction } from './skip-gram.ts';
import { flagStride, prepareFunction, type TrainingPlaces, trainFunction } from './training.ts';
import {
  eachInTurn,
  findFunction,
  type GraphPlaces,
  groupFunction,
  groupSize,
  walkFunction,
  walkStride,
  wordBytes,
} from './walk.ts';

/** The settings of training that are in the code. */
export interface TrainingParts extends RateOptions {
  readonly dimensions: number;
  readonly windowSize: number;
  readonly negativeSamples: number;
  readonly isSubsampled: boolean;
  /** Whether a multiplication and an addition may round once. */
  readonly isFused: boolean;
}

export interface MachineOptions {
  readonly graph: NodeGraph;
  readonly walks: WalkOptions;
  readonly tables: WalkTables;
  readonly seed: number;
  /** If more than one, the memory is shared. */
  readonly threads: number;
  readonly training?: TrainingParts;
  /** If given, walks are on its layers, and not on the graph. */
  readonly layered?: LayeredWalks;
}

/** The number of walks that one call writes. */
export const writtenWalks = 256;

/** The first and the last number of a job's walks, after the words of the threads. */
const rangeAt = Math.ceil(wordsEnd / 8) * 8;
const flagsAt = 128;
const tasks = { count: 0, train: 1 } as const;

export interface Machine extends SkipGramEngine {
  readonly module: object;
  readonly memory: Memory;
  /** `writtenWalks` walks, `walkStride` words apart, and the length of each. */
  readonly written: { readonly nodes: Uint32Array; readonly lengths: Uint32Array };
  /** Writes up to `writtenWalks` walks. */
  write(first: number, count: number): void;
}

/** The bytes that a machine takes, without making it. Of the tables, only their names matter. */
export function machineBytes(options: Parameters<typeof place>[0]): number {
  return place(options).pages * pageBytes;
}

/** Reserves memory for everything. */
function place({
  graph,
  walks,
  tables,
  threads,
  training,
  layered,
}: Omit<MachineOptions, 'seed' | 'tables' | 'layered'> & {
  readonly tables: TableNames;
  readonly layered?: LayeredSize;
}) {
  const nodes = graph.offsets.length - 1;
  const slices = slicesOf(training?.dimensions ?? 1);
  const layout = new MemoryLayout(flagsAt + flagStride * slices.count);
  const graphPlaces: GraphPlaces | LayeredPlaces =
    layered === undefined ? placeGraph(layout, graph, tables) : placeLayers(layout, nodes, layered);
  const written = {
    nodes: layout.reserve(4 * writtenWalks * walkStride(walks.walkLength)),
    lengths: layout.reserve(4 * writtenWalks),
  };
  // A thread's own memory; its places are relative to the first thread's.
  const scratchStart = layout.reserve(0);
  const words = layout.reserve(wordBytes);
  const walk = layout.reserve(4 * groupSize * walkStride(walks.walkLength));
  const lengths = layout.reserve(4 * groupSize);
  const counts = layout.reserve(4 * nodes);
  const outputs = 1 + (training?.negativeSamples ?? 0);
  const maxInputs = 4 * Math.ceil((2 * (training?.windowSize ?? 1)) / 4);
  const listBytes = listLayout({ outputs, maxInputs }).bytes;
  const own = {
    lists: [layout.reserve(listBytes), layout.reserve(listBytes)] as const,
    errors: layout.reserve(4 * outputs * maxInputs),
    changes: layout.reserve(4 * outputs * slices.width),
  };
  const scratchBytes = layout.reserve(0) - scratchStart;
  layout.reserve(scratchBytes * (threads - 1));
  const tableBytes = 4 * (nodes + 1) * slices.count * slices.width;
  const trainingPlaces: TrainingPlaces | undefined = training && {
    nodes,
    slices,
    outputs,
    maxInputs,
    windowSize: training.windowSize,
    words,
    walk,
    lengths,
    walkLength: walks.walkLength,
    ...own,
    noise: { thresholds: layout.reserve(4 * nodes), aliases: layout.reserve(4 * nodes) },
    ...(training.isSubsampled && { keep: layout.reserve(4 * nodes) }),
    sums: layout.reserve(2 * slices.count * sumBytes({ outputs, maxInputs })),
    input: layout.reserve(tableBytes),
    output: layout.reserve(tableBytes),
    range: rangeAt,
    flags: flagsAt,
  };
  return {
    graphPlaces,
    trainingPlaces,
    written,
    words,
    walk,
    lengths,
    counts,
    scratchBytes,
    slices,
    tableBytes,
    pages: layout.pages(),
  };
}

export function makeMachine(options: MachineOptions): Machine {
  const { graph, walks, tables, seed, threads, training, layered } = options;
  const size = layered && { rows: layered.graph.up.length, entries: layered.graph.neighbors.length };
  const placed = place({ ...options, layered: size });
  const { graphPlaces, trainingPlaces, scratchBytes, slices, pages } = placed;
  const { nodes } = graphPlaces;
  const isShared = threads > 1;
  const threadBase = isShared ? getGlobal : int(0);
  const functions: FunctionBody[] = [];
  const define = (body: FunctionBody) => functions.push(body) - 1;

  const fill = define(wordsFunction(seed, 'walks'));
  const shared = { fill, scratch: placed.words, threadBase };
  const group = define(
    layered === undefined
      ? groupOf({ ...shared, places: graphPlaces, options: walks, rule: stepRule(walks) }, define)
      : eachInTurn(
          walks,
          define(layeredWalkFunction({ ...shared, places: graphPlaces as LayeredPlaces, options: layered.options })),
        ),
  );
  define(writeFunction({ group, written: placed.written, walkLength: walks.walkLength }));
  const count = define(countFunction({ ...placed, group, base: threadBase, walkLength: walks.walkLength }));
  const run = [count];
  if (training !== undefined && trainingPlaces !== undefined) {
    const calls = {
      group,
      negativeWords: define(wordsFunction(seed, 'negatives')),
      subsamplingWords: define(wordsFunction(seed, 'subsampling')),
      dots: define(dotsFunction(trainingPlaces, training.isFused)),
      update: define(updateFunction(trainingPlaces, training.isFused, threadBase)),
      errors: 0,
      prepare: 0,
    };
    calls.errors = define(errorsFunction(trainingPlaces, define(sigmoidFunction(vectors[4])), threadBase));
    calls.prepare = define(prepareFunction(trainingPlaces, calls.negativeWords, threadBase));
    run.push(define(trainFunction(trainingPlaces, training, calls, { threadBase, isShared })));
  }
  const task = define({ ...taskFunction(run), exported: 'alone' });
  if (isShared) {
    const share = define(shareFunction(task));
    define(leadFunction(share));
    define(serveFunction(task, scratchBytes));
  }

  const bytes = encodeModule({ functions, pages, shared: isShared });
  const instance: Instance = instantiate(bytes, { pages, shared: isShared, imports: () => ({}) });
  const { buffer } = instance.memory;
  if (layered === undefined) fillGraph(buffer, graphPlaces, graph, tables);
  else fillLayers(buffer, graphPlaces as LayeredPlaces, layered.graph);
  const range = new Uint32Array(buffer, rangeAt, 2);
  const perform = (name: keyof typeof tasks, first: number, last: number, chunks: number, isAlone = !isShared) => {
    range.set([first, last]);
    if (isAlone) instance.functions.alone(tasks[name], 0, chunks);
    else instance.functions.lead(tasks[name], chunks);
  };
  const table = (address = 0) =>
    new Float32Array(buffer, address, trainingPlaces === undefined ? 0 : placed.tableBytes / 4);
  return {
    module: instance.module,
    memory: instance.memory,
    stride: slices.count * slices.width,
    vectors: { input: table(trainingPlaces?.input), output: table(trainingPlaces?.output) },
    written: {
      nodes: new Uint32Array(buffer, placed.written.nodes, writtenWalks * walkStride(walks.walkLength)),
      lengths: new Uint32Array(buffer, placed.written.lengths, writtenWalks),
    },
    write: (first, number) => void instance.functions.write(first, number),
    count: (first, last) => perform('count', first, last, last - first),
    counts() {
      const total = new Float64Array(nodes);
      for (let thread = 0; thread < threads; thread++) {
        const own = new Uint32Array(buffer, placed.counts + thread * scratchBytes, nodes);
        for (let node = 0; node < nodes; node++) total[node] += own[node];
      }
      return total;
    },
    setSampling({ noise, keep }) {
      copyWords(buffer, trainingPlaces!.noise.thresholds, noise.thresholds);
      copyWords(buffer, trainingPlaces!.noise.aliases, noise.aliases);
      if (keep !== undefined) copyWords(buffer, trainingPlaces!.keep!, keep);
    },
    train(first, last, isAlone = !isShared) {
      new Uint8Array(buffer, flagsAt, flagStride * slices.count).fill(0);
      perform('train', first, last, slices.count, isAlone);
    },
  };
}

/** `lead(task, chunks)`: exported. */
function leadFunction(share: number): FunctionBody {
  const locals = new Locals([i32, i32]);
  return locals.body([locals.parameter(0).get, locals.parameter(1).get, call(share)], [], 'lead');
}

/** `write(first, count)`: writes walks one after another, in groups. */
function writeFunction({
  group,
  written,
  walkLength,
}: {
  readonly group: number;
  readonly written: { readonly nodes: number; readonly lengths: number };
  readonly walkLength: number;
}): FunctionBody {
  const locals = new Locals([i32, i32]);
  const [first, count] = [locals.parameter(0), locals.parameter(1)];
  const i = locals.add(i32);
  return locals.body(
    [
      i.set(int(0)),
      whileTrue(below(i.get, count.get), [
        add(first.get, i.get),
        plus(multiply(i.get, int(4 * walkStride(walkLength))), written.nodes | 0),
        plus(shiftLeft(i.get, 2), written.lengths | 0),
        call(group),
        i.set(plus(i.get, groupSize)),
      ]),
    ],
    [],
    'write',
  );
}

/** `count(from, to)`: counts the nodes of walks, whose numbers are relative to the job's first. */
function countFunction({
  group,
  base,
  walk,
  lengths,
  counts,
  walkLength,
}: {
  readonly group: number;
  readonly base: Code;
  readonly walk: number;
  readonly lengths: number;
  readonly counts: number;
  readonly walkLength: number;
}): FunctionBody {
  const locals = new Locals([i32, i32]);
  const [from, to] = [locals.parameter(0), locals.parameter(1)];
  const [own, member, at, end, place, first] = Array.from({ length: 6 }, () => locals.add(i32));
  return locals.body([
    own.set(base),
    first.set(loadWord(int(0), rangeAt)),
    whileTrue(below(from.get, to.get), [
      [add(first.get, from.get), plus(own.get, walk), plus(own.get, lengths), call(group)],
      member.set(int(0)),
      doWhile(
        [
          at.set(add(own.get, multiply(member.get, int(4 * walkStride(walkLength))))),
          end.set(add(at.get, shiftLeft(loadWord(add(own.get, shiftLeft(member.get, 2)), lengths), 2))),
          whileTrue(below(at.get, end.get), [
            place.set(add(own.get, shiftLeft(loadWord(at.get, walk), 2))),
            storeWord(place.get, counts, plus(loadWord(place.get, counts), 1)),
            at.set(plus(at.get, 4)),
          ]),
          from.set(plus(from.get, 1)),
          member.set(plus(member.get, 1)),
        ],
        and(below(member.get, int(groupSize)), below(from.get, to.get)),
      ),
    ]),
  ]);
}

/** Walks on the graph, in groups. */
function groupOf(parts: Parameters<typeof walkFunction>[0], define: (body: FunctionBody) => number): FunctionBody {
  const find = define(findFunction(parts.places));
  return groupFunction(parts, define(walkFunction(parts, find)));
}
