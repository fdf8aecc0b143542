/**
 * Which method a graph gets under `--method auto`: advice from measurements (docs/decisions/0016), by the graph's direction, weights
 * and size, and by the time that the caller has.
 */
import { aCount, aText, atLeast0, checkCall, listOf, options } from '../base/arguments.ts';
import { showBytes } from '../base/bytes.ts';
import { fail } from '../base/errors.ts';
import { aNodeGraph, type NodeGraph } from './graph.ts';
import { productsMemory } from './linear-algebra/products.ts';
import { nodesPerDimension } from './linear-algebra/whitening.ts';

export interface AdviceOptions {
  /** Default: 128. */
  readonly dimensions?: number | undefined;
  /** The processor time that a run may take. Default: no limit. */
  readonly seconds?: number | undefined;
  /** The names of the methods to choose from. Default: those that train nothing. */
  readonly available?: readonly string[];
}

/** A method, and why, as a clause for people. */
export interface Advice {
  readonly method: string;
  readonly why: string;
  /** Estimated seconds of processor time of each method that was compared. */
  readonly seconds: Readonly<Record<string, number>>;
}

interface Candidate {
  readonly method: string;
  seconds(size: Size): number;
  /** Bytes of one WebAssembly memory, which is at most 4 GiB. */
  memory(graph: NodeGraph, dimensions: number): number;
  /** Why it is taken before all others for a graph, or undefined if it is not. */
  preferred?(size: Size): string | undefined;
  /** Why it does not suit a graph, or undefined if it does. */
  unsuited?(size: Size): string | undefined;
}

interface Size {
  readonly nodes: number;
  readonly entries: number;
  readonly dimensions: number;
  readonly isDirected: boolean;
  readonly isWeighted: boolean;
}

const nanosecond = 1e-9;
/**
 * Seconds of a product with the adjacency matrix, and of one whitening: a Gram matrix, an eigendecomposition and a product.
 * Measured on BlogCatalog (2-core server, Node 20, 128 dimensions): 23 ms and 80 ms.
 */
const spreadSeconds = ({ nodes, entries, dimensions }: Size) => nanosecond * dimensions * (0.27 * entries + 2 * nodes);
const whitenSeconds = ({ nodes, dimensions }: Size) =>
  nanosecond * dimensions * dimensions * (0.38 * nodes + 7 * dimensions);

/** Neighbors of a node on average below which walks scored higher than propagation: cora has 3.9, the others 10 and more. */
const sparseDegree = 5;
/** Nodes below which walks are too few for the vectors to be trained: 10 walks of a small graph are some hundred tokens. */
const minNodes = 500;

const maxMemory = 2 ** 32;

/** In the order of preference: of the methods without training, by micro F1 on the two largest of four measured graphs. */
const candidates: readonly Candidate[] = [
  {
    method: 'prone',
    seconds: (size) => 32 * spreadSeconds(size) + 12 * whitenSeconds(size),
    memory: productsMemory,
    unsuited({ isDirected, isWeighted }) {
      if (isDirected) return 'prone needs an undirected graph';
      return isWeighted
        ? 'the filter of prone adds loops of weight 1, so that its result depends on the unit of the weights'
        : undefined;
    },
  },
  {
    method: 'cleora',
    seconds: (size) => 10 * (spreadSeconds(size) + whitenSeconds(size)),
    memory: productsMemory,
    unsuited: ({ nodes, dimensions }) =>
      nodes < nodesPerDimension * dimensions
        ? 'cleora makes the columns uncorrelated, which makes the vectors of few nodes nearly orthogonal'
        : undefined,
  },
  { method: 'fastrp', seconds: (size) => 6 * spreadSeconds(size), memory: productsMemory },
  {
    method: 'deepwalk',
    // 10 walks of 80 nodes; 474,000 tokens a second at 128 dimensions
    seconds: ({ nodes, dimensions }) => (nodes * 800 * dimensions) / 128 / 474_000,
    memory: ({ ids }, dimensions) => 8 * ids.length * dimensions,
    preferred({ entries, nodes }) {
      const degree = entries / nodes;
      if (degree >= sparseDegree || nodes < minNodes) return undefined;
      return `${degree.toFixed(1)} neighbors on average: walks scored highest on a sparse graph`;
    },
  },
];

/** The methods that advice chooses among. */
export const adviceMethods: readonly string[] = candidates.map(({ method }) => method);

const adviceOptions = options({ dimensions: aCount, seconds: atLeast0, available: listOf(aText) });

/**
 * Chooses a method for a graph. Of the measured methods, `prone` has the highest micro F1 on the two largest of four graphs, and `deepwalk`
 * on the sparsest one, at ten to twenty times the time. Weights and directions leave `cleora`. `fastrp` is the fastest.
 *
 * If no method is fast enough, it chooses the fastest. Throws an InputError if none fits in memory.
 *
 * @example chooseMethod(fromEdges([['ada', 'bob', 2], ['bob', 'cy']])).method  // 'fastrp'
 */
export function chooseMethod(graph: NodeGraph, options: AdviceOptions = {}): Advice {
  checkCall('chooseMethod(graph, { dimensions, seconds, available })', {
    graph: [graph, aNodeGraph],
    options: [options, adviceOptions],
  });
  const {
    dimensions = 128,
    seconds: limit = Number.POSITIVE_INFINITY,
    available = ['prone', 'cleora', 'fastrp'],
  } = options;
  const { isDirected, weights, neighbors, ids } = graph;
  const size: Size = {
    nodes: ids.length,
    entries: neighbors.length,
    dimensions,
    isDirected,
    isWeighted: weights !== undefined,
  };
  const offered = candidates.filter(({ method }) => available.includes(method));
  const fitting = offered.filter(({ memory }) => memory(graph, dimensions) <= maxMemory);
  if (offered.length === 0) {
    return fail({
      what: 'there is no method to choose from',
      where: 'chooseMethod: options.available',
      fix: `List some of: ${adviceMethods.join(', ')}.`,
    });
  }
  if (fitting.length === 0) {
    const least = Math.min(...offered.map(({ memory }) => memory(graph, dimensions)));
    return fail({
      what: `each method needs ${showBytes(least)} or more in one memory of at most ${showBytes(maxMemory)}`,
      where: 'auto',
      fix: 'Use fewer dimensions.',
    });
  }
  const seconds = Object.fromEntries(fitting.map((candidate) => [candidate.method, candidate.seconds(size)]));
  const fast = fitting.filter(({ method }) => seconds[method] <= limit);
  const chosen = (candidate: Candidate, reasons: readonly string[]): Advice => ({
    method: candidate.method,
    why: [
      ...reasons,
      `${seconds[candidate.method]! < 0.01 ? 'less than' : 'about'} ${showSeconds(seconds[candidate.method]!)} of processor time`,
    ].join('; '),
    seconds,
  });
  if (fast.length === 0) {
    const [fastest] = fitting.toSorted((a, b) => seconds[a.method] - seconds[b.method]);
    return chosen(fastest, [`the fastest method, although it takes longer than ${showSeconds(limit)}`]);
  }
  const preferred = fast.find((candidate) => candidate.preferred?.(size) !== undefined);
  if (preferred !== undefined) return chosen(preferred, [preferred.preferred!(size)!]);
  const suited = fast.filter(({ unsuited }) => unsuited?.(size) === undefined);
  const best = suited[0] ?? fast[0];
  const passed = offered.slice(0, offered.indexOf(best)).map((other) => {
    if (!fitting.includes(other)) return `${other.method} needs too much memory`;
    return other.unsuited?.(size) ?? `${other.method} would take ${showSeconds(seconds[other.method])}`;
  });
  return chosen(best, passed.length > 0 ? passed : ['the highest scores on the two largest of four measured graphs']);
}

const showSeconds = (seconds: number): string =>
  seconds < 0.01 ? '0.01 s' : `${seconds < 10 ? seconds.toPrecision(2) : seconds.toFixed(0)} s`;
