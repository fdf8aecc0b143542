/** Collects vectors that come one by one, and checks that they have the same length and finite numbers. */
import { fail } from '../../base/errors.ts';
import { count } from '../../base/wording.ts';
import type { NodeId } from '../graph.ts';
import type { NodeVectors } from '../node-vectors.ts';

/** Vectors in a block, whatever their length. */
const blockRows = 1024;

export class CollectedVectors {
  private readonly ids: NodeId[] = [];
  private readonly blocks: Float32Array[] = [];
  private dimensions: number;
  private readonly name: string;

  /** @param dimensions The length of every vector; by default that of the first one. */
  constructor(name: string, dimensions = 0) {
    this.name = name;
    this.dimensions = dimensions;
  }

  get length(): number {
    return this.ids.length;
  }

  /** Adds a vector. Throws an InputError for another length, and for a number that is not finite. */
  add(id: NodeId, vector: ArrayLike<number>, where: () => string): void {
    if (this.dimensions === 0) this.dimensions = vector.length;
    const { dimensions } = this;
    if (vector.length !== dimensions || dimensions === 0) {
      fail({
        what: `${count(vector.length, 'number')}, but vectors have ${dimensions}`,
        where: where(),
        fix: 'Write the same number of values for every node.',
      });
    }
    const row = this.ids.length % blockRows;
    if (row === 0) this.blocks.push(new Float32Array(blockRows * dimensions));
    const block = this.blocks[this.blocks.length - 1];
    for (let d = 0; d < dimensions; d++) {
      const value = vector[d];
      if (!Number.isFinite(value)) {
        fail({ what: `number ${d + 1} of the vector is not finite`, where: where(), fix: 'Write the vectors again.' });
      }
      block[row * dimensions + d] = value;
    }
    this.ids.push(id);
  }

  /** All vectors. Throws an InputError where there is none, or a node is listed twice. */
  all(): NodeVectors {
    const { ids, blocks, dimensions, name } = this;
    return checkedVectors({ ids, vectors: joined(blocks, ids.length * dimensions), dimensions }, name);
  }
}

function joined(blocks: Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let at = 0;
  for (const block of blocks) {
    const part = block.subarray(0, Math.min(block.length, length - at));
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Throws an InputError where there is no vector, the sizes do not fit, or a node is listed twice. */
export function checkedVectors(vectors: NodeVectors, name: string): NodeVectors {
  const { ids, dimensions } = vectors;
  if (ids.length === 0 || dimensions === 0) {
    fail({ what: 'the file has no vectors', where: name, fix: 'Write it again, with chainrule embed.' });
  }
  if (vectors.vectors.length !== ids.length * dimensions) {
    fail({
      what: `${count(ids.length, 'name')} of nodes, but ${vectors.vectors.length / dimensions} vectors`,
      where: name,
      fix: 'Use the names that were written with these vectors.',
    });
  }
  if (new Set(ids).size !== ids.length) {
    fail({ what: 'a node is listed twice', where: name, fix: 'Write each node once.' });
  }
  return vectors;
}
