import { describe, expect, test } from 'vitest';
import { Graph } from '../../core/graph.ts';
import { classes } from '../../explain/fixtures.ts';
import { trainingStep } from '../../net/step.ts';
import { compile, type Plan } from '../../plan/plan.ts';
import { wasmEngine } from './index.ts';

const planOf = (batch: number): Plan => {
  const { network, recipe } = classes();
  const graph = trainingStep(network, recipe, { batch, inputs: 4, outputs: 3 });
  return compile(graph, [graph.get('loss'), graph.get('gradientNorm')]);
};

/** The addresses that the loop writes and reads. */
const addresses = { feeds: ['layers.0.input', 'target'], loss: 'loss', norm: 'gradientNorm' };

describe('memory', () => {
  test('needing more than WebAssembly has is an error before training, with the bytes and the fix', () => {
    expect(() =>
      wasmEngine().compileLoop([planOf(4)], { ...addresses, batches: [4], rows: 400_000_000 }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [InputError: training: not enough memory: training needs 20.9 GiB, and WebAssembly has at most 4 GiB.
        Use smaller batches, fewer rows, or a smaller network.]
    `);
  });

  test('is that of weights, states, inputs and live values, and at most one page more', () => {
    const plan = planOf(64);
    const elements = plan.sources.reduce((total, { size }) => total + size, 0);
    const values = plan.steps.flatMap(({ outputs }) => outputs).reduce((total, { size }) => total + size, 0);
    const spec = { ...addresses, batches: [64], rows: 64 };
    const memory = (passes?: { inPlace: boolean }) =>
      wasmEngine({ precision: 'float64', passes }).compileLoop([plan], spec).loop.memory;
    const lists = 2 * 4096 * 8;
    expect(memory()).toBeLessThan(8 * (elements + values / 2) + lists + 65_536);
    expect(memory()).toBeLessThanOrEqual(memory({ inPlace: false }));
  });
});

test('an address that the plan does not have is a bug of the caller', () => {
  const graph = new Graph();
  graph.source('input', 'x', [2]);
  const [program] = wasmEngine().compile([compile(graph, [])]);
  expect(program.has('x')).toBe(true);
  expect(program.has('y')).toBe(false);
  expect(() => program.view('y')).toThrow('the plan has no y');
});
