/** What makes two embeddings the same run: the method, its options, the seed, the graph, and the vectors that it starts from. */
import { crc32 } from '../base/checksum.ts';
import type { RunIdentity } from './checkpoint.ts';
import type { NodeGraph, NodeId } from './graph.ts';
import type { NodeVectors } from './node-vectors.ts';

const hex = (sum: number) => sum.toString(16).padStart(8, '0');
const sumOf = (values: Uint32Array | Float64Array | Float32Array | undefined, before: number) =>
  values === undefined ? before : crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), before);

/** Names are encoded in groups, because one text of all would be large. */
const idsAtOnce = 4096;

/** A checksum of names in order, with their types. */
function sumOfIds(ids: readonly NodeId[]): number {
  const encoder = new TextEncoder();
  let sum = 0;
  for (let i = 0; i < ids.length; i += idsAtOnce) {
    const group = ids.slice(i, i + idsAtOnce).map((id) => `${typeof id} ${id}`);
    sum = crc32(encoder.encode(`${group.join('\n')}\n`), sum);
  }
  return sum;
}

/** The names whose values are checksums begin with "the": an error does not print those values. */
export function runIdentity(
  graph: NodeGraph,
  run: { readonly method: string; readonly options: Readonly<Record<string, unknown>>; readonly seed: number },
  warmStart?: NodeVectors,
): RunIdentity {
  let sum = sumOfIds(graph.ids);
  for (const values of [graph.offsets, graph.neighbors, graph.weights]) sum = sumOf(values, sum);
  const options = Object.entries(run.options).map(([name, value]) => [name, JSON.stringify(value) ?? 'not set']);
  return {
    method: run.method,
    ...Object.fromEntries(options),
    seed: String(run.seed),
    'the graph': hex(sum),
    ...(warmStart !== undefined && {
      'the file of the warm start': hex(sumOf(warmStart.vectors, sumOfIds(warmStart.ids))),
    }),
  };
}
