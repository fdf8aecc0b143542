/** Node classification and link prediction on graphs whose answer is known. */
import { describe, expect, test } from 'vitest';
import type { NodeGraph } from '../graph.ts';
import { fastrp } from '../methods/fastrp.ts';
import { context, graphOf, instructorsSide, karate, karatePairs } from '../methods/fixtures.ts';
import { heuristicScores } from './heuristics.ts';
import { holdOutEdges } from './hold-out.ts';
import { evaluateEmbedding, evaluateLinks, meanScore, parseLabels } from './index.ts';
import { labelsOf } from './labels.ts';
import { falsePairs } from './negatives.ts';

const messageOf = async (call: () => unknown): Promise<string> => {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

const sides = karate.ids.map((id): [string, string] => [String(id), instructorsSide.has(id as number) ? 'a' : 'b']);
const degreeOf = ({ offsets }: NodeGraph, u: number) => offsets[u + 1] - offsets[u];

/** The pairs of a graph, as text. */
const edgesOf = ({ ids, offsets, neighbors }: NodeGraph) =>
  ids.flatMap((_, u) => [...neighbors.subarray(offsets[u], offsets[u + 1])].map((v) => `${u}-${v}`));

describe('evaluateEmbedding', () => {
  const evaluate = (vectors: ArrayLike<number>, labels = sides) =>
    evaluateEmbedding(karate, vectors, { labels, ratios: [0.5], shuffles: 2 });

  test('vectors that are the labels score 1, random ones do not', async () => {
    const vectors = Float32Array.from(sides.flatMap(([, side]) => (side === 'a' ? [4, 0] : [0, 4])));
    const { ratios, classes, labeled, missing } = await evaluate(vectors);
    expect({ classes, labeled, missing }).toEqual({ classes: ['a', 'b'], labeled: 34, missing: 0 });
    const [{ raw, standardized, random }] = ratios;
    for (const score of [raw.micro, raw.macro, standardized.micro, standardized.macro]) {
      expect(score).toEqual({ mean: 1, standardError: 0 });
    }
    expect(random.raw.micro.mean).toBeLessThan(0.8);
    expect(random.standardized.micro.mean).toBeLessThan(0.8);
  });

  test('raw scores depend on the scale of the vectors, standardized ones do not', async () => {
    const vectors = await fastrp.embed(karate, fastrp.options.parse({ dimensions: 4 }), context());
    const [small, large] = await Promise.all([0.01, 1].map((factor) => evaluate(vectors.map((x) => x * factor))));
    expect(small.ratios[0].raw).not.toEqual(large.ratios[0].raw);
    expect(small.ratios[0].standardized.micro.mean).toBeCloseTo(large.ratios[0].standardized.micro.mean, 10);
  });

  test('the number of labels of each node is known: a node with both classes gets both', async () => {
    const both = karate.ids.flatMap((id): [string, string][] => [
      [String(id), 'a'],
      [String(id), 'b'],
    ]);
    const { ratios } = await evaluate(new Float32Array(34), both);
    expect(ratios[0].raw.micro.mean).toBe(1);
  });

  test('labeled nodes that the graph lacks count, with the vector 0', async () => {
    const { labeled, missing } = await evaluate(new Float32Array(34), [...sides, ['nobody', 'a']]);
    expect([labeled, missing]).toEqual([35, 1]);
  });

  test('errors say what to do', async () => {
    const messages = await Promise.all(
      [
        () => evaluate(new Float32Array(35)),
        () => evaluate(new Float32Array(34), [['1', 'a']]),
        () =>
          evaluate(new Float32Array(34), [
            ['x', 'a'],
            ['y', 'b'],
          ]),
        () => evaluateEmbedding(karate, new Float32Array(34), { labels: sides, ratios: [0.01] }),
        () => parseLabels('1\ta\n\n# note\n2 b\n', 'club.tsv'),
      ].map(messageOf),
    );
    expect(messages).toMatchInlineSnapshot(`
      [
        "vectors: 35 numbers for 34 nodes.
        Pass one vector for each node.",
        "labels: there is 1 class.
        Pass labels of at least two classes.",
        "labels: none of the 2 labeled nodes is in the graph (the first is "x").
        Use the ids of the graph in the file of labels.",
        "ratios: a ratio of 0.01 of 34 labeled nodes leaves none to train on.
        Pass ratios between 0 and 1, or more labels.",
        "club.tsv: line 4 has 1 of the 2 fields node and label.
        Write a node, a tab and a label on each line. A node with several labels has several lines.",
      ]
    `);
  });
});

test('parseLabels: several lines a node, either line end', () => {
  expect(parseLabels('1\ta\r\n1\tb\n2\ta b\n')).toEqual([
    ['1', 'a'],
    ['1', 'b'],
    ['2', 'a b'],
  ]);
  expect(labelsOf(graphOf([[1, 2]]), parseLabels('2\tb\n2\ta\n2\ta\n'))).toMatchObject({ of: [[0, 1]], missing: 0 });
});

test('meanScore: the standard error is the deviation of the sample over the root of its size', () => {
  // numpy: np.std([1, 2, 4], ddof=1) / np.sqrt(3)
  expect(meanScore([1, 2, 4]).standardError).toBeCloseTo(0.8819171036881969, 14);
});

describe('holdOutEdges', () => {
  const split = holdOutEdges(karate, 0.5, 7);

  test('half the edges are held out, and the rest is connected and undirected', () => {
    expect(split.heldOut.from).toHaveLength(39);
    expect(split.kept.from).toHaveLength(39);
    const rest = edgesOf(split.rest);
    const held = Array.from(split.heldOut.from, (u, i) => [
      `${u}-${split.heldOut.to[i]}`,
      `${split.heldOut.to[i]}-${u}`,
    ]);
    expect([...rest, ...held.flat()].sort()).toEqual(edgesOf(karate).sort());
    const reached = new Set([0]);
    for (const u of reached)
      for (const v of split.rest.neighbors.subarray(split.rest.offsets[u], split.rest.offsets[u + 1])) reached.add(v);
    expect(reached.size).toBe(34);
  });

  test('equal seeds hold out the same edges', () => {
    expect(holdOutEdges(karate, 0.5, 7)).toEqual(split);
    expect(holdOutEdges(karate, 0.5, 8)).not.toEqual(split);
  });

  test('a tree keeps all of its edges; loops, weights and directions remain', () => {
    expect(
      holdOutEdges(
        graphOf([
          [0, 1],
          [1, 2],
        ]),
        0.5,
        1,
      ).heldOut.from,
    ).toHaveLength(0);
    const triangle = graphOf(
      [
        [0, 0, 5],
        [0, 1, 2],
        [1, 2, 3],
        [2, 0, 4],
      ],
      { isDirected: true },
    );
    const { rest, heldOut } = holdOutEdges(triangle, 0.4, 1);
    expect(heldOut.from).toHaveLength(1);
    expect(rest.isDirected).toBe(true);
    expect([...rest.weights!].reduce((a, b) => a + b, 0)).toBeGreaterThan(9);
    expect(rest.neighbors).toHaveLength(3);
  });
});

describe('falsePairs', () => {
  const options = { count: 2000, seed: 1, sequence: 0 };
  test.each(['uniform', 'degreeMatched'] as const)('%s: no edge and no loop is among them', (kind) => {
    const { from, to } = falsePairs(karate, kind, options);
    const edges = new Set(edgesOf(karate));
    expect(from).toHaveLength(2000);
    expect(from.every((u, i) => u !== to[i] && !edges.has(`${u}-${to[i]}`))).toBe(true);
  });

  test('degree-matched nodes have higher degrees than uniform ones', () => {
    const mean = (kind: 'uniform' | 'degreeMatched') => {
      const { from, to } = falsePairs(karate, kind, options);
      return [...from, ...to].reduce((sum, u) => sum + degreeOf(karate, u), 0) / (2 * from.length);
    };
    expect(mean('degreeMatched')).toBeGreaterThan(1.2 * mean('uniform'));
  });

  test('a complete graph has none', () => {
    expect(
      falsePairs(
        graphOf([
          [0, 1],
          [1, 2],
          [2, 0],
        ]),
        'uniform',
        options,
      ).from,
    ).toHaveLength(0);
  });
});

test('heuristics of two friends of friends, by hand', () => {
  // 0 and 3 share 1 and 2, which have the degrees 2 and 3; 0 knows 1, 2, 4
  const graph = graphOf([
    [0, 1],
    [0, 2],
    [3, 1],
    [3, 2],
    [2, 5],
    [0, 4],
  ]);
  const at = (id: number) => graph.ids.indexOf(id);
  const pairs = { from: Uint32Array.of(at(0), at(4)), to: Uint32Array.of(at(3), at(5)) };
  const found = heuristicScores(graph, pairs);
  expect([...found.commonNeighbors]).toEqual([2, 0]);
  expect([...found.jaccard]).toEqual([2 / 3, 0]);
  expect(found.adamicAdar[0]).toBeCloseTo(1 / Math.log(2) + 1 / Math.log(3), 12);
  expect([...found.degreeProduct]).toEqual([6, 1]);
});

describe('evaluateLinks', () => {
  /** Groups of eight, each complete, in a ring. */
  const groups = graphOf(
    Array.from({ length: 12 }, (_, g) => {
      const members = Array.from({ length: 8 }, (_, i) => 8 * g + i);
      const inside = members.flatMap((u) => members.filter((v) => v > u).map((v): [number, number] => [u, v]));
      return [...inside, [8 * g, (8 * g + 12) % 96] as [number, number]];
    }).flat(),
  );
  const embed = (graph: NodeGraph) => fastrp.embed(graph, fastrp.options.parse({ dimensions: 16 }), context());

  test('vectors and common neighbors find the groups; random vectors and degrees do not', async () => {
    const { share, pairs, scores, hitsAt } = await evaluateLinks(groups, embed, { seed: 1, share: 0.3 });
    expect([share, pairs, hitsAt]).toEqual([expect.closeTo(0.3, 2), expect.closeTo(104, -1), 100]);
    const auc = (name: string, of: string) =>
      scores.filter((score) => score.name === name && score.of === of).map((score) => score.auc);
    for (const x of [...auc('hadamard', 'vectors'), ...auc('l1', 'vectors'), ...auc('l2', 'vectors')]) {
      expect(x).toBeGreaterThan(0.85);
    }
    for (const x of [...auc('commonNeighbors', 'heuristic'), ...auc('adamicAdar', 'heuristic')])
      expect(x).toBeGreaterThan(0.95);
    for (const x of [...auc('hadamard', 'random'), ...auc('degreeProduct', 'heuristic')]) expect(x).toBeLessThan(0.7);
    // four operators of two kinds of vectors, four heuristics, against two kinds of false pairs
    expect(scores).toHaveLength(24);
  });

  test('nothing held out: no pairs, and no error', async () => {
    const tree = graphOf([
      [0, 1],
      [1, 2],
    ]);
    const { share, pairs, scores } = await evaluateLinks(tree, async () => new Float32Array(6), { seed: 1 });
    expect([share, pairs]).toEqual([0, 0]);
    expect(scores.every(({ auc }) => Number.isNaN(auc))).toBe(true);
  });

  test('karate club: equal seeds give equal scores', async () => {
    const run = () => evaluateLinks(graphOf(karatePairs), embed, { seed: 3 });
    expect(await run()).toEqual(await run());
  });
});

test('as many classes as nodes are an error before any memory is taken for them', () => {
  const nodes = 20_000;
  const labels = Array.from({ length: nodes }, (_, node): [string, string] => [String(node), `label ${node}`]);
  const ids = labels.map(([node]) => node);
  expect(() => labelsOf({ ids }, labels)).toThrow('there are 20,000 classes among 20,000 labeled nodes, too many');
});
