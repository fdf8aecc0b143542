/** A large graph is read within the memory of a small machine: the built package, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../dist/graphs/index.js', import.meta.url));

/** Every label is named once in order, then at random: with `labels` of 20 characters, two are cut out of each line. */
const program = (edges: number, labels: number) => `
  import { readEdges } from ${JSON.stringify(dist)};
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % ${labels};
  const label = (i) => 'customer-' + String(i).padStart(11, '0');
  async function* text() {
    const encoder = new TextEncoder();
    for (let e = 0; e < ${edges}; ) {
      const lines = [];
      for (let i = 0; i < 10000; i++, e++) lines.push(label(e < ${labels} ? e : random()) + '\\t' + label(random()) + '\\t' + (1 + (e % 3)));
      yield encoder.encode(lines.join('\\n') + '\\n');
    }
  }
  const { graph, counts } = await readEdges(text());
  console.log(JSON.stringify({ nodes: graph.ids.length, edges: counts.edges, megabytes: process.resourceUsage().maxRSS / 1024 }));
`;

test('three million weighted edges of two million distinct labels take less than 1 GB', () => {
  const source = program(3_000_000, 2_000_000);
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { nodes, edges, megabytes } = JSON.parse(stdout) as { nodes: number; edges: number; megabytes: number };
  expect([nodes, edges]).toEqual([2_000_000, 3_000_000]);
  // of an ids list, a map and 20-letter texts, about 150 bytes a node; of an edge, 16 bytes while it is collected and 48 while it is sorted
  expect(megabytes).toBeLessThan(1000);
});
