import { readFileSync } from 'node:fs';
import { UndirectedGraph } from 'graphology';
import { describe, expect, test } from 'vitest';
import { fromNpy } from '../../formats/npy.ts';
import type { NodeId } from '../graph.ts';
import { vectorFormats } from './formats/index.ts';
import { assignVectors } from './graphology-attributes.ts';
import { float32Text } from './number-text.ts';
import { checkVectorFile, companionOf, readVectors, vectorFiles } from './vector-files.ts';
import type { VectorsToWrite } from './vector-format.ts';

const gensim = JSON.parse(readFileSync(new URL('../../../test/outside/word2vec.json', import.meta.url), 'utf8')) as {
  names: string[];
  bits: number[][];
  text: string;
  binary: string;
};
const vectorsOfGensim = new Float32Array(Uint32Array.from(gensim.bits.flat()).buffer);
const example: VectorsToWrite = { ids: gensim.names, vectors: vectorsOfGensim, dimensions: 5 };

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return new Uint8Array(Buffer.concat(parts));
}
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
/** In pieces of seven bytes, so that characters and numbers are cut. */
async function* inPieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
async function filesOf(vectors: VectorsToWrite, name: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const file of vectorFiles(vectors, name)) files.set(file.name, await bytesOf(file.pieces()));
  return files;
}
async function readBack(vectors: VectorsToWrite, name: string) {
  const files = await filesOf(vectors, name);
  const companion = companionOf(name);
  return readVectors({
    name,
    chunks: inPieces(files.get(name)!),
    ...(companion !== undefined && { companion: inPieces(files.get(companion)!) }),
  });
}
const readText = (name: string, text: string) =>
  readVectors({ name, chunks: inPieces(new TextEncoder().encode(text)) }).then(
    () => 'no error',
    (error: Error) => error.message.split('\n')[0],
  );

const readable = vectorFormats.filter(({ read }) => read !== undefined).map(({ endings }) => `a${endings[0]}`);

describe('round trip', () => {
  test.each(readable)('%s gives the same names and bits', async (name) => {
    const { ids, vectors, dimensions } = await readBack(example, name);
    expect([ids, dimensions]).toEqual([gensim.names, 5]);
    expect(new Uint32Array(vectors.buffer)).toEqual(new Uint32Array(vectorsOfGensim.buffer));
  });

  test.each(readable)('%s of one dimension', async (name) => {
    const one = { ids: ['a', 'b'], vectors: Float32Array.of(0.5, -2), dimensions: 1 };
    expect(await readBack(one, name)).toEqual(one);
  });

  test.each(['a.npy', 'a.safetensors', 'a.jsonl'])('%s keeps the types and the letters of names', async (name) => {
    const ids: NodeId[] = ['1', 1, 12345678901234567890n, 'a b\n"c"', '', -2.5];
    const vectors = { ids, vectors: new Float32Array(12).fill(0.25), dimensions: 2 };
    expect((await readBack(vectors, name)).ids).toEqual(ids);
  });

  test('Parquet stores whole numbers as such, other numbers, and a mixture as texts', async () => {
    const back = async (ids: NodeId[]) =>
      (await readBack({ ids, vectors: new Float32Array(ids.length), dimensions: 1 }, 'a.parquet')).ids;
    expect(await back([1, 2n ** 60n, -3])).toEqual([1, 2n ** 60n, -3]);
    expect(await back([0.5, 2])).toEqual([0.5, 2]);
    expect(await back(['a b', 2])).toEqual(['a b', '2']);
  });

  test('Parquet in several row groups', async () => {
    const nodes = 20_000;
    const vectors = Float32Array.from({ length: nodes }, (_, i) => i / 3);
    const ids = Array.from({ length: nodes }, (_, i) => `n${i}`);
    expect(await readBack({ ids, vectors, dimensions: 1 }, 'a.parquet')).toEqual({ ids, vectors, dimensions: 1 });
  });
});

describe('what others write and read', () => {
  test("gensim's text and binary files give the same bits", async () => {
    const text = await readVectors({ name: 'g.txt', chunks: inPieces(new TextEncoder().encode(gensim.text)) });
    const binary = await readVectors({ name: 'g.bin', chunks: inPieces(Buffer.from(gensim.binary, 'base64')) });
    for (const { ids, vectors } of [text, binary]) {
      expect(ids).toEqual(gensim.names);
      expect(new Uint32Array(vectors.buffer)).toEqual(new Uint32Array(vectorsOfGensim.buffer));
    }
  });

  test("the binary file equals gensim's, and the text has the same names, lines and numbers", async () => {
    const binary = (await filesOf(example, 'a.bin')).get('a.bin')!;
    expect(Buffer.from(binary).toString('base64')).toBe(gensim.binary);
    const text = textOf((await filesOf(example, 'a.vec')).get('a.vec')!);
    const cells = (lines: string) =>
      lines.split('\n').map((line) => line.split(' ').map((cell) => Number(cell) || cell));
    // gensim writes 0.0 and 1e-07 for 0 and 1e-7
    expect(cells(text.replace('a:b 0 ', 'a:b 0.0 '))).toEqual(cells(gensim.text));
  });

  test('the binary file of the word2vec tool, with a line feed after each vector', async () => {
    const bytes = Buffer.concat(
      ['2 1\n', 'a ', [0, 0, 128, 63], '\nb ', [0, 0, 0, 64], '\n'].map((part) => Buffer.from(part as string)),
    );
    const { ids, vectors } = await readVectors({ name: 'w.bin', chunks: inPieces(bytes) });
    expect([ids, [...vectors]]).toEqual([
      ['a', 'b'],
      [1, 2],
    ]);
  });

  test('npy is an array of float32, with a JSON value for each name', async () => {
    const files = await filesOf({ ids: ['a', 7], vectors: Float32Array.of(1, 2, 3, 4), dimensions: 2 }, 'x/a.npy');
    expect([...files.keys()]).toEqual(['x/a.ids.jsonl', 'x/a.npy']);
    expect(textOf(files.get('x/a.ids.jsonl')!)).toBe('"a"\n7\n');
    expect(fromNpy(files.get('x/a.npy')!)).toEqual({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
  });

  test("the projector's pair, CSV and JSON Lines as text", async () => {
    const two = { ids: ['a,b', 'c\td'], vectors: Float32Array.of(0.1, 2, -3, 0), dimensions: 2 };
    const pair = await filesOf(two, 'tensors.tsv');
    expect([...pair].map(([name, bytes]) => [name, textOf(bytes)])).toEqual([
      ['metadata.tsv', 'a,b\nc d\n'],
      ['tensors.tsv', '0.1\t2\n-3\t0\n'],
    ]);
    expect(companionOf('x/karate.tsv')).toBe('x/karate.metadata.tsv');
    expect(textOf((await filesOf(two, 'a.csv')).get('a.csv')!)).toBe(
      '_id,embedding_result\n"a,b","0.1,2"\n"c\td","-3,0"\n',
    );
    const placed = { ...two, x: [1, 2], y: Float64Array.of(0.5, -1) };
    expect(textOf((await filesOf(placed, 'a.jsonl')).get('a.jsonl')!)).toBe(
      '{"id":"a,b","vector":[0.1,2],"x":1,"y":0.5}\n{"id":"c\\td","vector":[-3,0],"x":2,"y":-1}\n',
    );
  });

  test('graphology attributes', () => {
    const graph = new UndirectedGraph();
    graph.mergeEdge('1', 'b');
    const two = { ids: [1, 'b'], vectors: Float32Array.of(1, 2, 3, 4), dimensions: 2 };
    assignVectors(graph, two);
    expect(graph.getNodeAttribute('1', 'embedding')).toEqual([1, 2]);
    expect(() => assignVectors(graph, { ...two, ids: [1, 'c'] })).toThrow('the graph has no node "c"');
  });
});

test('a number in text gives the same float32 again', () => {
  const values = [0, -0, 1 / 3, 0.1, 1e-7, 9.999999, 123456.7, 3.4028235e38, 1e-45, -2.5, 16777216, 0.0009999999];
  for (const value of values.map(Math.fround)) expect(Math.fround(Number(float32Text(value)))).toBe(value + 0);
  expect(float32Text(Math.fround(0.1))).toBe('0.1');
  expect(float32Text(Math.fround(0.30000001))).toBe('0.3');
});

describe('errors', () => {
  test('names that a format cannot store are refused before anything is computed', () => {
    expect(() => checkVectorFile(['a b'], 'a.vec')).toThrow(
      'a.vec: the name "a b" contains a space or a line end, which this format cannot store.\n  Choose a format that stores any name, such as .jsonl or .parquet.',
    );
    expect(() => checkVectorFile([1, '1'], 'a.bin')).toThrow('a text and a number name different nodes');
    expect(() => checkVectorFile(['a b'], 'a.jsonl')).not.toThrow();
    expect(() => checkVectorFile(['a'], 'a.xyz')).toThrow(/^a\.xyz: no format of vectors has this extension/);
    expect(() => vectorFiles({ ...example, x: [0], y: [0] }, 'a.vec')).toThrow('word2vec text cannot store x and y');
  });

  test.each([
    ['a.vec', 'a 1 2\n', 'a.vec line 1: the first line is "a 1 2", not the number of vectors and of their dimensions'],
    ['a.vec', '1 2\na 1\n', 'a.vec line 2: 1 number, but vectors have 2'],
    ['a.vec', '1 2\na 1 x\n', 'a.vec line 2: number 2 of the vector is not finite'],
    ['a.vec', '2 1\na 1\n', 'a.vec: the first line says 2 vectors, but there are 1'],
    ['a.vec', '2 1\na 1\na 2\n', 'a.vec: a node is listed twice'],
    ['a.vec', '', 'a.vec: the file has no vectors'],
    ['a.bin', '2 1\na \0\0\0\0', 'a.bin: the file ends too early'],
    ['a.bin', 'nonsense', 'a.bin: the file ends too early'],
    ['a.npy', 'x', 'a.npy: npy holds the vectors without the names of the nodes'],
    ['a.jsonl', '{"id":"a"}\n', 'a.jsonl line 1: the line is not a vector'],
    ['a.jsonl', '{"id":"a","vector":[1,null]}\n', 'a.jsonl line 1: number 2 of the vector is not finite'],
    ['a.csv', 'a,b\n1,2\n', 'a.csv: the columns _id and embedding_result are missing'],
    ['a.safetensors', 'x', 'a.safetensors: 1 bytes are too few for a safetensors file'],
    ['a.parquet', 'x', 'a.parquet: it is not a Parquet file'],
    [
      'a.parquet',
      'PAR1 and no end PAR1',
      'a.parquet: the Parquet file cannot be read (parquet metadata length 543452773 exceeds available buffer 12)',
    ],
    ['a.tsv', '1\t2\n', 'a.tsv: chainrule can write this format, but not read it'],
  ])('%s %j', async (name, text, expected) => {
    expect(await readText(name, text)).toBe(`${expected}.`);
  });
});
