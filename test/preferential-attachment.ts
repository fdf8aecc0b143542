/** A generated graph: each new node has edges to nodes that are drawn by their degree, as in networks with hubs. */

/** Random numbers from 0 up to 1, determined by a seed. Source: Marsaglia, "Xorshift RNGs" (2003). */
export function randomFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/**
 * Lines of an edge list with `edgesPerNode` edges for each node after the first. An end of a random earlier edge is a node drawn by its
 * degree. Source: Barabási and Albert, "Emergence of scaling in random networks" (Science, 1999).
 */
export function* preferentialAttachment(nodes: number, edgesPerNode: number, seed: number): Generator<string> {
  const random = randomFrom(seed);
  const ends = new Uint32Array(2 * nodes * edgesPerNode);
  let count = 0;
  for (let node = 1; node < nodes; node++) {
    const before = count;
    const lines: string[] = [];
    for (let i = 0; i < edgesPerNode; i++) {
      const to = before === 0 ? 0 : ends[Math.floor(random() * before)];
      ends[count++] = node;
      ends[count++] = to;
      lines.push(`${node} ${to}\n`);
    }
    yield lines.join('');
  }
}
