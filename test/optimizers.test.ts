/** Compares every optimizer with PyTorch's, in float64: test/outside/optimizers.py wrote the numbers. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromRows } from '../src/base/tensor.ts';
import { reference } from '../src/engines/reference/index.ts';
import { resolveExperiment } from '../src/net/experiment.ts';
import { initialize } from '../src/net/network.ts';
import { optimizers } from '../src/net/optimizers.ts';
import { trainingStep } from '../src/net/step.ts';
import { compile } from '../src/plan/plan.ts';

type Tensors = Readonly<Record<string, number[] | number[][]>>;

interface Case {
  readonly training: { readonly optimizer: { readonly name: string; readonly learningRate: number } };
  /** Before each update. */
  readonly losses: readonly number[];
  readonly after1: Tensors;
  readonly weights: Tensors;
}

const outside = JSON.parse(readFileSync(new URL('outside/optimizers.json', import.meta.url), 'utf8')) as {
  readonly experiment: { readonly network: object; readonly data: { inputs: number[][]; targets: number[][] } };
  readonly cases: readonly Case[];
};
const { network, data } = outside.experiment;
const inputs = fromRows(data.inputs, 'inputs');
const targets = fromRows(data.targets, 'targets');

/** A case in the training step and the reference engine. */
function run({ training }: Case) {
  const { network: net, recipe } = resolveExperiment({ network, data, training: { ...training, stop: { epochs: 1 } } });
  const graph = trainingStep(net, recipe, { batch: 5, inputs: 3, outputs: 2 });
  const [program] = reference.compile([compile(graph, [graph.get('loss')])]);
  for (const [name, { data }] of initialize(net, 3)) program.view(name).set(data);
  program.view('layers.0.input').set(inputs.data);
  program.view('target').set(targets.data);
  // The learning rate is a slot: its value counts, not that of the recipe.
  program.view('learningRate')[0] = training.optimizer.learningRate;
  const step = (count: number) => {
    program.view('count')[0] = count;
    program.run();
    return program.view('loss')[0];
  };
  return { step, view: program.view };
}

/**
 * The tolerance: 1e-12 relative; below 0.1 in size, 1e-13 absolute, because a weight that approaches 0 keeps the
 * rounding error of its earlier size: 60 updates at ε of about 1 each, some of them amplified by later updates.
 */
function distance(got: number, want: number): number {
  return Math.abs(got - want) / Math.max(Math.abs(want), 0.1);
}
const tolerance = 1e-12;

function compareTensors(view: (name: string) => Float64Array, want: Tensors, when: string) {
  for (const [name, values] of Object.entries(want)) {
    values.flat().forEach((value, i) => {
      const got = view(name)[i];
      expect(distance(got, value), `${name}[${i}] ${when}: ${got}, not ${value}`).toBeLessThan(tolerance);
    });
  }
}

for (const [i, given] of outside.cases.entries()) {
  const { optimizer, ...rest } = given.training;
  const { loss: _mse, ...beside } = rest as Record<string, unknown>;
  const shown = JSON.stringify({ ...optimizer, ...beside }).replaceAll('"', '');
  test(`${shown}: PyTorch's losses and weights to 1e-12 over 60 updates (case ${i})`, () => {
    const { step, view } = run(given);
    const steps = given.losses.length;
    expect(steps).toBeGreaterThanOrEqual(50);
    for (let t = 1; t <= steps; t++) {
      const loss = step(t);
      const want = given.losses[t - 1];
      expect(distance(loss, want), `loss of update ${t}: ${loss}, not ${want}`).toBeLessThan(tolerance);
      if (t === 1) compareTensors(view, given.after1, 'after one update');
    }
    compareTensors(view, given.weights, `after ${steps} updates`);
  });
}

test('adamW without decay is adam to the last bit, for both placements of epsilon', () => {
  const adam = outside.cases.filter(({ training: { optimizer } }) => optimizer.name === 'adam');
  const without = adam.filter(({ training }) => !('weightDecay' in training.optimizer));
  expect(without.some(({ training }) => 'epsilonPlacement' in training.optimizer)).toBe(true);
  for (const given of without) {
    const optimizer = { ...given.training.optimizer, name: 'adamW', weightDecay: 0 };
    const [a, b] = [run(given), run({ ...given, training: { ...given.training, optimizer } })];
    for (let t = 1; t <= 10; t++) expect(b.step(t)).toBe(a.step(t));
  }
});

test('every optimizer is compared, and each of its options differs from the default in some case', () => {
  const given = outside.cases.map(({ training }) => training.optimizer as Readonly<Record<string, unknown>>);
  // Compared with adam above.
  const elsewhere = ['adamW.epsilonPlacement'];
  for (const { family, specs } of optimizers) {
    // src/train/lbfgs/loop.test.ts compares its search with PyTorch's.
    if (family === 'lbfgs') continue;
    const cases = given.filter(({ name }) => name === family);
    expect(cases.length, family).toBeGreaterThan(0);
    for (const [key, option] of Object.entries(specs)) {
      const differs = cases.some((options) => options[key] !== undefined && options[key] !== option.default);
      expect(differs || elsewhere.includes(`${family}.${key}`), `${family}.${key}`).toBe(true);
    }
  }
});
