import { gzipSync } from 'node:zlib';
import { DirectedGraph } from 'graphology';
import { write as writeGexf } from 'graphology-gexf';
import { describe, expect, test } from 'vitest';
import type { NodeGraph } from '../graph.ts';
import { type ReadEdgesOptions, readEdges } from './read-edges.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = async (text: string, options?: ReadEdgesOptions) => (await readEdges(bytesOf(text), options)).graph;
/** The edges as text, such as `a-b×2`; of an undirected graph each once. */
const edges = ({ ids, offsets, neighbors, weights, isDirected }: NodeGraph) =>
  ids.flatMap((id, node) =>
    Array.from(neighbors.subarray(offsets[node], offsets[node + 1]), (other, i) => {
      const weight = weights?.[offsets[node] + i] ?? 1;
      return isDirected || other >= node ? `${id}-${ids[other]}${weight === 1 ? '' : `×${weight}`}` : undefined;
    }).filter((text) => text !== undefined),
  );
const message = (text: string | Uint8Array, options?: ReadEdgesOptions): Promise<string> =>
  readEdges(typeof text === 'string' ? bytesOf(text) : text, { name: 'e.csv', ...options }).then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('edge lists as text', () => {
  test.each([
    ['spaces', 'a b 2\nb   c 1\n'],
    ['tabs', 'a\tb\t2\nb\tc\t1\n'],
    ['commas, spaces around them, and no last line end', 'a, b, 2\nb,c,1'],
    ['semicolons and Windows line ends', 'a;b;2\r\nb;c;1\r\n'],
    ['old line ends', 'a b 2\rb c 1\r'],
    ['comments and blank lines', '# a graph\n% sym\n\na b 2\n\n# more\nb c 1\n'],
    ['a header', 'source,target,weight\na,b,2\nb,c,1\n'],
    ['a header by its weight', 'who\twhom\tweight\na\tb\t2\nb\tc\t1\n'],
    ['a header with other columns in another order', 'year,to,weight,from_id\n1,b,2,a\n2,c,1,b\n'],
    ['quotes', '"a","b",2\n"b",c,"1"\n'],
    ['quotes among spaces', '"a" "b" 2\n"b" c 1\n'],
    ['a byte order mark', '\uFEFFa b 2\nb c 1\n'],
  ])('%s', async (_, text) => {
    expect(edges(await read(text))).toEqual(['a-b×2', 'b-c']);
  });

  test('names are texts, with spaces, delimiters, quotes and any letters', async () => {
    expect((await read('Jean Valjean\tÉponine\n1\t01\n')).ids).toEqual(['Jean Valjean', 'Éponine', '1', '01']);
    expect((await read('"a, b","say ""c"""\n')).ids).toEqual(['a, b', 'say "c"']);
  });

  test('a header is recognized by common names, and otherwise by the option', async () => {
    expect(await read('person,friend\na,b\n').then(edges)).toEqual(['person-friend', 'a-b']);
    expect(await read('person,friend\na,b\n', { header: true }).then(edges)).toEqual(['a-b']);
    expect(await read('x,person,friend\n1,a,b\n', { source: 'person', target: 'friend' }).then(edges)).toEqual(['a-b']);
    expect(await read('source,target\na,b\n', { header: false }).then(edges)).toEqual(['source-target', 'a-b']);
  });

  test('another column may be the weight, and weights may be ignored', async () => {
    const text = 'source,target,score\na,b,3\n';
    const { graph, notes } = await readEdges(bytesOf(text));
    expect(edges(graph)).toEqual(['a-b']);
    expect(notes).toEqual(['Column not used: "score".']);
    expect(await read(text, { weight: 'score' }).then(edges)).toEqual(['a-b×3']);
    expect(await read('a b 3\n', { weight: false }).then(edges)).toEqual(['a-b']);
  });

  test('a text in small pieces and in gzip gives the same graph', async () => {
    const text = Array.from({ length: 300 }, (_, i) => `node${i % 40} é${(i * 7) % 33} ${1 + (i % 3)}`).join('\n');
    const want = edges(await read(text));
    async function* pieces(bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    }
    expect(edges((await readEdges(pieces(bytesOf(text)))).graph)).toEqual(want);
    expect(edges((await readEdges(pieces(gzipSync(text)))).graph)).toEqual(want);
    expect(want).toHaveLength(300);
  });

  test('counts and the format are reported', async () => {
    const { counts, format } = await readEdges(bytesOf('a a 1\na b 0\na b 2\na b 1\n'));
    expect(counts).toEqual({ edges: 3, selfLoops: 1, zeroWeights: 1 });
    expect(format).toBe('CSV, TSV or lines with spaces');
  });

  test.each([
    ['a b\nb c carol\n', 'e.csv line 2: 3 cells on the line ("b c carol"), but the first line has 2.'],
    ['a b carol\n', 'e.csv line 1: the weight "carol" is not a finite number.'],
    ['a b 1\n# x\nb c -2\n', 'e.csv line 3: the weight -2 is negative.'],
    ['a b nan\n', 'e.csv line 1: the weight "nan" is not a finite number.'],
    ['a,b,1\na,c,\n', 'e.csv line 2: the weight "" is not a finite number.'],
    ['a b c d\n', 'e.csv line 1: 4 cells on the line ("a b c d"), and an edge has 2 or 3.'],
    ['a\n', 'e.csv line 1: 1 cell on the line ("a"), and an edge has 2 or 3.'],
    ['a,b\n,c\n', 'e.csv line 2: the name of a node is missing.'],
    ['a,"b\n', 'e.csv line 1: a quote is opened but never closed, or is inside a cell that is not enclosed in quotes.'],
    ['', 'e.csv: the graph is empty.'],
    ['# nothing\n', 'e.csv: the graph is empty.'],
    ['%%MatrixMarket matrix coordinate\n3 3 1\n1 2\n', 'e.csv line 1: it is a Matrix Market file, not an edge list.'],
    ['a\0b c\n', 'e.csv: the file is binary, not text.'],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), 'e.csv: it is not UTF-8 text, Parquet, Arrow or gzip.'],
    ['<!doctype html>\n<html>\n', 'e.csv: it is a web page (HTML), not a file of data.'],
    [gzipSync('a b\n').subarray(0, 15), 'e.csv: the gzip file is incomplete or damaged.'],
    [`${'x'.repeat(2 ** 20)} y\n`.repeat(1), 'no error'],
    [`${'x'.repeat(2 ** 21)}`, 'e.csv line 1: a line has more than 1,048,576 characters.'],
  ])('an error names the line: %j', async (text, expected) => {
    expect((await message(text)).split('\n')[0]).toBe(expected);
  });

  test('the fix names the columns', async () => {
    expect(await message('source,target,wheight\na,b,1\n', { weight: 'weight' })).toMatchInlineSnapshot(`
      "e.csv line 1: there is no column "weight" for the weight.
        Did you mean "wheight"? The columns are: "source", "target", "wheight"."
    `);
    expect(await message('p,q,r,s\na,b,1,2\n', { header: true })).toMatchInlineSnapshot(`
      "e.csv line 1: no two of the columns "p", "q", "r", "s" are known to name the nodes of an edge.
        Name them "source" and "target", or say which they are: --source and --target, or { source, target } in a program."
    `);
  });
});

describe('JSON', () => {
  test('JSON Lines of lists and of objects keep the types of names', async () => {
    const lists = await readEdges(bytesOf('["a", 1, 2]\n\n["a", "1"]\n'));
    expect([lists.graph.ids, lists.format]).toEqual([['a', 1, '1'], 'JSON Lines']);
    expect(await read('{"source":"a","target":"b","weight":2}\n{"source":"b","target":"c"}\n').then(edges)).toEqual([
      'a-b×2',
      'b-c',
    ]);
    expect(await read('{"p":"a","q":"b"}\n{"p":"b","q":"c"}\n', { source: 'p', target: 'q' }).then(edges)).toEqual([
      'a-b',
      'b-c',
    ]);
  });

  test.each([
    ['a list of lists', '[["a","b",2],\n["b","c"]]'],
    ['one line', '[["a","b",2],["b","c"]]'],
    [
      'd3',
      '{"nodes":[{"id":"a"},{"id":"b"},{"id":"c"}],"links":[{"source":"a","target":"b","weight":2},{"source":1,"target":"c"}]}',
    ],
    [
      'cytoscape',
      '{"elements":[{"data":{"source":"a","target":"b","weight":2}},{"data":{"source":"b","target":"c"}}]}',
    ],
    ['columns', '{"sources":["a","b"],"targets":["b","c"],"weights":[2,1]}'],
  ])('%s', async (title, text) => {
    const fixed = title === 'd3' ? text.replace('"source":1', '"source":"b"') : text;
    expect(await read(fixed).then(edges)).toEqual(['a-b×2', 'b-c']);
  });

  test('a file may say that its edges have a direction', async () => {
    const text = '{"directed":true,"nodes":["b","a"],"edges":[{"source":"a","target":"b"}]}';
    expect(await read(text).then(edges)).toEqual(['a-b']);
    expect((await read(text, { directed: false })).isDirected).toBe(false);
  });

  test('errors name the line and the place', async () => {
    expect(await message('["a","b"]\n["a","b"\n')).toMatch(/^e\.csv line 2: the line is not JSON/);
    expect(await message('["a","b"]\n["a","b","x"]\n')).toMatch(
      /^e\.csv line 2: the weight "x" is not a finite number/,
    );
    expect(await message('{"a": [1, 2]}')).toMatch(/^e\.csv: the JSON holds no edges/);
    expect(await message('{"nodes":[],"links":[{"source":1}]}')).toMatch(/^e\.csv\.links\[0\]: /);
    expect(await message('[["a","b"],')).toMatch(/^e\.csv line 1/);
  });
});

describe('XML', () => {
  const graphml = (edges: string, more = '') => `<?xml version="1.0" encoding="UTF-8"?>
    <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
      <key id="d0" for="edge" attr.name="weight" attr.type="double"/>
      <graph edgedefault="undirected"><node id="a"/><node id="b"/><node id="c"/><node id="d"/>${edges}</graph>
    </graphml>${more}`;

  test('GraphML: nodes without edges, weights, repeated edges', async () => {
    const edge = '<edge source="a" target="b"><data key="d0">2.5</data></edge>';
    const { graph, format } = await readEdges(bytesOf(graphml(`${edge}<edge source="b" target="c"/>${edge}`)));
    expect([edges(graph), graph.ids, format]).toEqual([['a-b×5', 'b-c'], ['a', 'b', 'c', 'd'], 'GraphML']);
  });

  test('GEXF as graphology writes it, with its direction', async () => {
    const graph = new DirectedGraph();
    graph.mergeEdge('a', 'b', { weight: 2 });
    graph.mergeEdge('c', 'b');
    const file = await readEdges(bytesOf(writeGexf(graph)));
    expect([file.graph.isDirected, edges(file.graph), file.format]).toEqual([true, ['a-b×2', 'c-b'], 'GEXF']);
  });

  test('a damaged file is an error, and nothing is printed', async () => {
    expect(await message(graphml('<edge source="a" target="x"/>'))).toMatch(
      /^e\.csv: the GraphML cannot be read \(.*inexisting/,
    );
    expect(await message(graphml('').slice(0, -20))).toMatch(/^e\.csv: the GraphML cannot be read \(/);
    expect(await message(graphml('<edge source="a" target="b" weight=2/>'))).toMatch(
      /^e\.csv: the GraphML cannot be read/,
    );
  });
});
