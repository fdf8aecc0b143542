/**
 * Random graphs of every op at ranks 0 to 4. Their gradients equal central differences, and in float64 every
 * engine gives the reference's bits.
 */
import { describe, expect, test } from 'vitest';
import { kernels } from '../src/core/ops/kernels.ts';
import type { Engine } from '../src/engines/engine.ts';
import { reference } from '../src/engines/reference/index.ts';
import { wasmEngine } from '../src/engines/wasm/index.ts';
import { compile } from '../src/plan/plan.ts';
import { centralDifference, disagreements } from './central-differences.ts';
import { randomGraph } from './random-graph.ts';
import { runs } from './runs.ts';

const seeds = Array.from({ length: runs(12, 150) }, (_, i) => i + 1);

/** The results of a graph on an engine: the output, then the gradients. */
function run(engine: Engine, seed: number): number[][] {
  const { graph, output, gradients } = randomGraph(seed);
  const [program] = engine.compile([compile(graph, [output, ...gradients])]);
  program.run();
  return [output, ...gradients].map((node) => Array.from(program.view(node.name!)));
}

describe('random graphs', () => {
  test('contain every kernel', () => {
    const used = new Set(seeds.flatMap((seed) => [...randomGraph(seed).used]));
    expect([...used].sort()).toEqual(kernels.map(({ name }) => name).sort());
  });

  test('have gradients equal to central differences', () => {
    const wrong = seeds.flatMap((seed) => {
      const { graph, parameters, output, gradients } = randomGraph(seed);
      const [program] = reference.compile([compile(graph, [output, ...gradients])]);
      program.run();
      const found = gradients.map((node) => Array.from(program.view(node.name!)));
      const rows = parameters.flatMap((node, p) => {
        const view = program.view(node.name!);
        const stride = Math.max(1, Math.floor(view.length / 3));
        return found[p].flatMap((gradient, at) => {
          if (at % stride > 0) return [];
          const difference = centralDifference(view as Float64Array, at, () => {
            program.run();
            return program.view('output')[0];
          });
          return [{ quantity: `seed ${seed}: ${node.name}[${at}]`, gradient, difference }];
        });
      });
      return disagreements(rows);
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    ['unrolled if possible', wasmEngine({ unrollUpTo: 100_000 })],
    ['looped', wasmEngine({ unrollUpTo: 0 })],
    [
      'looped, without the passes over the plan',
      wasmEngine({ unrollUpTo: 0, passes: { merge: false, fuse: false, inPlace: false } }),
    ],
  ])('have the same bits on wasm, %s, and on the reference', (_, engine) => {
    for (const seed of seeds) expect(run(engine, seed), `seed ${seed}`).toEqual(run(reference, seed));
  });
});
