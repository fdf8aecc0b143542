import { DirectedGraph, MultiGraph, UndirectedGraph } from 'graphology';
import neo4j from 'neo4j-driver';
import { describe, expect, test } from 'vitest';
import type { NodeGraph } from '../graph.ts';
import { fromEdges } from './from-edges.ts';

/** The rows as text, such as `a: b, c×2`. */
const rows = ({ ids, offsets, neighbors, weights }: NodeGraph) =>
  ids.map((id, node) => {
    const row = Array.from(neighbors.subarray(offsets[node], offsets[node + 1]), (other, i) => {
      const weight = weights?.[offsets[node] + i] ?? 1;
      return `${ids[other]}${weight === 1 ? '' : `×${weight}`}`;
    });
    return `${id}: ${row.join(', ')}`;
  });
const message = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('the graph', () => {
  test('an undirected edge is in both rows, which ascend by the index of the neighbor', () => {
    const graph = fromEdges([
      ['a', 'b'],
      ['c', 'a'],
      ['d', 'a'],
      ['c', 'b'],
    ]);
    expect(rows(graph)).toEqual(['a: b, c, d', 'b: a, c', 'c: a, b', 'd: a']);
    expect(graph.weights).toBeUndefined();
    expect(graph.isDirected).toBe(false);
  });

  test('a directed edge is in the row of its source', () => {
    const graph = fromEdges(
      [
        ['a', 'b'],
        ['c', 'a'],
        ['a', 'c'],
      ],
      { directed: true },
    );
    expect(rows(graph)).toEqual(['a: b, c', 'b: ', 'c: a']);
    expect(graph.isDirected).toBe(true);
  });

  test('repeated edges add their weights, and an undirected edge is the same in both directions', () => {
    const edges = [
      ['a', 'b', 0.5],
      ['b', 'a', 2],
      ['a', 'c'],
      ['a', 'b', 1],
    ];
    expect(rows(fromEdges(edges))).toEqual(['a: b×3.5, c', 'b: a×3.5', 'c: a']);
    expect(rows(fromEdges(edges, { directed: true }))).toEqual(['a: b×1.5, c', 'b: a×2', 'c: ']);
    expect(rows(fromEdges(['ab', 'ab', 'bc'].map((pair) => [...pair])))).toEqual(['a: b×2', 'b: a×2, c', 'c: b']);
  });

  test('weights that are all 1 are not stored', () => {
    expect(fromEdges([['a', 'b', 1]]).weights).toBeUndefined();
    expect(
      fromEdges([
        ['a', 'b', 0.25],
        ['a', 'b', 0.75],
      ]).weights,
    ).toBeUndefined();
    expect(fromEdges([['a', 'b', 3]], { weight: false }).weights).toBeUndefined();
  });

  test('a self-loop is kept once', () => {
    const edges = [
      ['a', 'a'],
      ['a', 'b'],
    ];
    expect(rows(fromEdges(edges))).toEqual(['a: a, b', 'b: a']);
    expect(rows(fromEdges(edges, { directed: true }))).toEqual(['a: a, b', 'b: ']);
  });

  test('an edge of weight 0 is left out, but not its nodes', () => {
    expect(rows(fromEdges([['a', 'b', 0]]))).toEqual(['a: ', 'b: ']);
  });

  test('nodes come first and in their order, with or without edges', () => {
    const graph = fromEdges([['a', 'b']], { nodes: ['z', 'b'] });
    expect(rows(graph)).toEqual(['z: ', 'b: a', 'a: b']);
  });

  test('names keep their type: 1, 1n and "1" are three nodes, -0 is 0', () => {
    const graph = fromEdges([
      [1, '1'],
      [1n, -0],
      [2 ** 60, 12345678901234567890n],
    ]);
    expect(graph.ids).toEqual([1, '1', 1n, 0, 2 ** 60, 12345678901234567890n]);
    expect(Object.is(graph.ids[3], 0)).toBe(true);
  });

  test('more edges than a piece of the growing lists holds are all kept, in order', () => {
    const nodes = 70_000;
    const sources = Uint32Array.from({ length: nodes }, (_, i) => i);
    const targets = sources.map((i) => (i * 7 + 1) % nodes);
    const weights = Float64Array.from(sources, (i) => 1 + (i % 3));
    const { ids, offsets, neighbors, weights: kept } = fromEdges({ sources, targets, weights }, { directed: true });
    const isRight = (i: number) => {
      const row = ids.indexOf(i);
      const at = offsets[row];
      return offsets[row + 1] === at + 1 && ids[neighbors[at]] === (i * 7 + 1) % nodes && kept![at] === 1 + (i % 3);
    };
    expect([0, 1, 65_535, 65_536, 65_537, nodes - 1].map(isRight)).not.toContain(false);
    expect(neighbors).toHaveLength(nodes);
  });
});

describe('sources', () => {
  const expected = ['a: b×2', 'b: a×2, c', 'c: b', 'd: '];

  test('an async iterable', async () => {
    async function* edges() {
      yield ['a', 'b', 2];
      yield { source: 'b', target: 'c' };
    }
    expect(rows(await fromEdges(edges(), { nodes: ['a', 'b', 'c', 'd'] }))).toEqual(expected);
  });

  test('d3: nodes by name, links to names, to node objects and to positions', () => {
    const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
    const links = (a: unknown, b: unknown, c: unknown) => [
      { source: a, target: b, weight: 2 },
      { source: b, target: c },
    ];
    expect(rows(fromEdges({ nodes, links: links('a', 'b', 'c') }))).toEqual(expected);
    expect(rows(fromEdges({ nodes, links: links(nodes[0], nodes[1], nodes[2]) }))).toEqual(expected);
    const named = nodes.map(({ id }) => ({ name: id }));
    expect(rows(fromEdges({ nodes: named, links: links(0, 1, 2) }))).toEqual(expected);
    expect(rows(fromEdges({ nodes: nodes.map(() => ({})), links: links(0, 1, 2) }))[1]).toBe('1: 0×2, 2');
  });

  test('d3: the weight may have another name', () => {
    const data = { nodes: [{ id: 'a' }, { id: 'b' }], links: [{ source: 'a', target: 'b', value: 5 }] };
    expect(rows(fromEdges(data, { weight: 'value' }))).toEqual(['a: b×5', 'b: a×5']);
  });

  test('networkx and graphology: { nodes, edges } with a direction', () => {
    const nodes = ['a', 'b'].map((id) => ({ id }));
    const edges = [{ source: 'a', target: 'b', weight: 2 }];
    expect(rows(fromEdges({ directed: true, nodes, edges }))).toEqual(['a: b×2', 'b: ']);
    const graph = new DirectedGraph();
    graph.mergeEdge('a', 'b', { weight: 2 });
    expect(rows(fromEdges(graph.export()))).toEqual(['a: b×2', 'b: ']);
  });

  test('a graphology graph, whose undirected edges go both ways among directed ones', () => {
    const graph = new UndirectedGraph();
    for (const node of 'abcd') graph.addNode(node);
    graph.addEdge('a', 'b', { weight: 2 });
    graph.addEdge('b', 'c');
    expect(rows(fromEdges(graph))).toEqual(expected);
    const mixed = new MultiGraph();
    mixed.mergeUndirectedEdge('a', 'b');
    mixed.mergeDirectedEdge('b', 'c');
    expect(rows(fromEdges(mixed))).toEqual(['a: b', 'b: a, c', 'c: ']);
    expect(rows(fromEdges(mixed, { directed: false }))).toEqual(['a: b', 'b: a, c', 'c: b']);
  });

  test('cytoscape: elements in groups, in one list, and the list alone', () => {
    const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ data: { id } }));
    const edges = [
      { data: { id: 'ab', source: 'a', target: 'b', weight: 2 } },
      { data: { id: 'bc', source: 'b', target: 'c' } },
    ];
    expect(rows(fromEdges({ elements: { edges, nodes } }))).toEqual(expected);
    expect(rows(fromEdges({ elements: [...nodes, ...edges] }))).toEqual(expected);
    expect(rows(fromEdges([...nodes, ...edges]))).toEqual(expected);
    expect(fromEdges([{ data: { source: 1, target: '1' } }]).ids).toEqual(['1']);
  });

  test("neo4j-driver: records of values, with the driver's integers", () => {
    const record = (...values: unknown[]) =>
      new neo4j.types.Record(
        values.map((_, i) => `v${i}`),
        values,
      );
    const big = neo4j.int('9007199254740993');
    const graph = fromEdges([
      record(neo4j.int(1), neo4j.int(-2), neo4j.int(3)),
      record(big, 'x', null),
      record('alone', null, null),
    ]);
    expect(graph.ids).toEqual([1, -2, 9007199254740993n, 'x', 'alone']);
    expect(rows(graph)).toEqual(['1: -2×3', '-2: 1×3', '9007199254740993: x', 'x: 9007199254740993', 'alone: ']);
  });

  test("neo4j-driver: the driver's nodes and relationships", () => {
    const { Node, Relationship, Record } = neo4j.types;
    const node = (id: number) => new Node(neo4j.int(id), ['Person'], {}, `4:x:${id}`);
    const link = new Relationship(
      neo4j.int(7),
      neo4j.int(1),
      neo4j.int(2),
      'KNOWS',
      { weight: neo4j.int(2) },
      '5:x:7',
      '4:x:1',
      '4:x:2',
    );
    const want = ['4:x:1: 4:x:2×2', '4:x:2: 4:x:1×2'];
    expect(rows(fromEdges([new Record(['a', 'r', 'b'], [node(1), link, node(2)])]))).toEqual(want);
    expect(rows(fromEdges({ records: [new Record(['r'], [link])] }))).toEqual(want);
    expect(rows(fromEdges([new Record(['a'], [node(3)])]))).toEqual(['4:x:3: ']);
  });
});

describe('errors name the edge', () => {
  test.each([
    [
      [
        ['a', 'b'],
        ['a', 'b', 'carol'],
      ],
      'edges[1]: the weight "carol" is not a finite number.',
    ],
    [[['a', 'b', -2]], 'edges[0]: the weight -2 is negative.'],
    [[['a', 'b', Number.NaN]], 'edges[0]: the weight NaN is not a finite number.'],
    [[['a', 'b', Number.POSITIVE_INFINITY]], 'edges[0]: the weight Infinity is not a finite number.'],
    [[['a', 'b', 1, 2]], 'edges[0]: the edge has 4 elements.'],
    [[['a']], 'edges[0]: the edge has 1 element.'],
    [[['a', Number.NaN]], 'edges[0]: NaN cannot name a node.'],
    [[['a', undefined]], 'edges[0]: undefined cannot name a node.'],
    [[['a', { b: 1 }]], 'edges[0]: {"b":1} cannot name a node.'],
    [['a b'], 'edges[0]: "a b" is not an edge.'],
    [[], 'edges: the graph is empty.'],
    [{ sources: [1, 2], targets: [1] }, 'edges.targets: 1 element, but there are 2 sources.'],
    [{ nodes: [{ id: '1' }], links: [{ source: '1', target: 1 }] }, 'graph.links[0]: 1 is not in nodes.'],
    [{ nodes: ['a'], links: [{ source: 'a' }] }, 'graph.links[0]: {"source":"a"} has no source and target.'],
    [{ a: 1 }, 'edges: {"a":1} holds no edges.'],
  ])('%j', (source, expected) => {
    expect(message(() => fromEdges(source)).split('\n')[0]).toBe(expected);
  });

  test('the fix names another type of the same name, and the forms of an edge', () => {
    const data = { nodes: [{ id: '1' }], links: [{ source: '1', target: 1 }] };
    expect(message(() => fromEdges(data))).toMatchInlineSnapshot(`
      "graph.links[0]: 1 is not in nodes.
        Add it to nodes, or correct its name. There is a node "1", of another type."
    `);
    expect(message(() => fromEdges([['a', 'b']], { direct: true } as never))).toMatchInlineSnapshot(`
      "fromEdges: unknown option "direct".
        Did you mean "directed"? Choose one of: directed, nodes, weight, name."
    `);
    expect(message(() => fromEdges('a b' as never))).toContain('Read a file with readEdges.');
  });

  test('weights whose sum is not finite are refused', () => {
    const edge = ['a', 'b', 1e308];
    expect(message(() => fromEdges([edge, edge]))).toContain('add up to more than a number can hold');
  });
});
