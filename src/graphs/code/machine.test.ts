import { expect, test } from 'vitest';
import { startCrew, threadsFor } from '../../engines/wasm/workers.ts';
import { fillAlias } from '../alias.ts';
import { twoRings } from '../fixtures.ts';
import { fillInitial } from '../skip-gram/initial.ts';
import { noiseWeights } from '../skip-gram/windows.ts';
import { makeMachine } from './machine.ts';

const graph = twoRings(20);
const nodes = graph.ids.length;
const dimensions = 96;
const training = {
  dimensions,
  windowSize: 4,
  negativeSamples: 5,
  learningRate: 0.1,
  minLearningRate: 0.001,
  totalWalks: nodes,
  isSubsampled: false,
  isFused: false,
};

/** The bytes of both tables after one pass, when all threads have joined. */
async function trained(threads: number): Promise<Uint32Array[]> {
  const walks = { walkLength: 12, p: 1, q: 1 };
  const machine = makeMachine({ graph, walks, tables: {}, seed: 3, threads, training });
  const crew = threads > 1 ? startCrew(threads - 1, machine.module, machine.memory) : undefined;
  try {
    while (crew !== undefined && crew.size() < threads) {
      crew.check();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    machine.count(0, nodes);
    const noise = { thresholds: new Uint32Array(nodes), aliases: new Uint32Array(nodes) };
    fillAlias(noise, 0, noiseWeights(machine.counts()));
    machine.setSampling({ noise });
    const { vectors, stride } = machine;
    fillInitial(vectors.input, graph.ids, { dimensions, stride, seed: 1, kind: 'uniform' });
    for (let first = 0; first < nodes; first += 10) machine.train(first, first + 10);
    return [vectors.input, vectors.output].map((table) =>
      Uint32Array.from(new Uint32Array(table.buffer, table.byteOffset, table.length)),
    );
  } finally {
    crew?.dismiss();
  }
}

test('two and three threads that share three slices give the bytes of one', { timeout: 60_000 }, async () => {
  const one = await trained(1);
  expect(one[1].some((word) => word !== 0)).toBe(true);
  for (const threads of [2, 3].filter((count) => threadsFor(count) === count)) {
    expect(await trained(threads), `${threads} threads`).toEqual(one);
  }
});
