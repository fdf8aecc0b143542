import { describe, expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import { add, mul } from '../core/formula.ts';
import { Graph } from '../core/graph.ts';
import { map } from '../core/op.ts';
import { rowMaximum } from '../core/ops/row-maximum.ts';
import { uniform } from '../core/ops/uniform.ts';
import { reference } from '../engines/reference/index.ts';
import { classes, mazur, page, randomProblem } from '../explain/fixtures.ts';
import type { Problem } from '../net/problem.ts';
import { trainingStep } from '../net/step.ts';
import { compile, show } from './plan.ts';

const product = map('product', { f: (a, b) => mul(a, b) });
const plus = map('plus', { f: (a, b) => add(a, b) });

const stepOf = ({ network, recipe, inputs, targets }: Problem) =>
  trainingStep(network, recipe, {
    batch: inputs.shape[0],
    inputs: inputs.shape[1],
    outputs: targets.shape[1],
  });

describe('as text', () => {
  test("the textbook page's step, the true gradient", () => {
    const graph = stepOf(page());
    expect(show(compile(graph, [graph.get('loss')]))).toMatchInlineSnapshot(`
      "count [] @0 = slot
      learningRate [] @1 = slot
      layers.0.weight [3, 2] @2 = parameter
      layers.1.weight [2, 1] @8 = parameter
      layers.0.input [3, 3] @10 = input
      target [3, 1] @31 = input
      layers.0.sum [3, 2] @19 = contract bi,io->bo  layers.0.input, layers.0.weight
      layers.1.sum [3, 1] @25 = contract bi,io->bo  layers.0.sum, layers.1.weight
      layers.1.output [3, 1] @28 = sigmoid(layers.1.sum) ab->ab
      loss.terms [3, 1] @34 = halfMse(layers.1.output, target) ab,ab->ab
      loss [] @37 = contract bk->  loss.terms
      gradient(layers.1.output) [3, 1] @38 = halfMse'(layers.1.output, target) ab,ab->ab
      gradient(layers.1.sum) [3, 1] @41 = sigmoid'(gradient(layers.1.output), layers.1.output) ab,ab->ab
      gradient(layers.1.weight) [2, 1] @44 = contract bo,bi->io  gradient(layers.1.sum), layers.0.sum
      gradient(layers.0.sum) [3, 2] @46 = contract bo,io->bi  gradient(layers.1.sum), layers.1.weight
      gradient(layers.0.weight) [3, 2] @52 = contract bo,bi->io  gradient(layers.0.sum), layers.0.input
      updated(layers.0.weight) [3, 2] @58 = descend(layers.0.weight, learningRate, gradient(layers.0.weight)) ab,,ab->ab
      updated(layers.1.weight) [2, 1] @64 = descend(layers.1.weight, learningRate, gradient(layers.1.weight)) ab,,ab->ab
      layers.0.weight := updated(layers.0.weight)
      layers.1.weight := updated(layers.1.weight)"
    `);
  });

  test("the textbook page's step, by averaged factors", () => {
    const graph = stepOf(page({ gradient: 'averagedFactors' }));
    expect(show(compile(graph, [graph.get('loss')]))).toMatchInlineSnapshot(`
      "count [] @0 = slot
      learningRate [] @1 = slot
      layers.0.weight [3, 2] @2 = parameter
      layers.1.weight [2, 1] @8 = parameter
      layers.0.input [3, 3] @10 = input
      target [3, 1] @31 = input
      layers.0.sum [3, 2] @19 = contract bi,io->bo  layers.0.input, layers.0.weight
      layers.1.sum [3, 1] @25 = contract bi,io->bo  layers.0.sum, layers.1.weight
      layers.1.output [3, 1] @28 = sigmoid(layers.1.sum) ab->ab
      loss.terms [3, 1] @34 = halfMse(layers.1.output, target) ab,ab->ab
      loss [] @37 = contract bk->  loss.terms
      gradient(layers.1.output) [3, 1] @38 = halfMse'(layers.1.output, target) ab,ab->ab
      factor(loss, layers.1.output[mean]) [1] @41 = contract bo->o  gradient(layers.1.output)
      #13 [3, 1] @42 = sigmoid'(layers.1.sum, layers.1.output) ab,ab->ab
      #14 [1] @45 = contract bo->o  #13
      factor(layers.1.output[mean], layers.1.sum[mean]) [1] @46 = mean(#14) a->a
      gradient(layers.1.sum[mean]) [1] @47 = product(factor(loss, layers.1.output[mean]), factor(layers.1.output[mean], layers.1.sum[mean])) a,a->a
      #17 [2] @48 = contract bo->o  layers.0.sum
      layers.1.input[mean] [2] @50 = mean(#17) a->a
      gradient(layers.1.weight) [2, 1] @52 = contract o,i->io  gradient(layers.1.sum[mean]), layers.1.input[mean]
      gradient(layers.0.output[mean]) [2] @54 = contract io,o->i  layers.1.weight, gradient(layers.1.sum[mean])
      #21 [3] @56 = contract bo->o  layers.0.input
      layers.0.input[mean] [3] @59 = mean(#21) a->a
      gradient(layers.0.weight) [3, 2] @62 = contract o,i->io  gradient(layers.0.output[mean]), layers.0.input[mean]
      updated(layers.0.weight) [3, 2] @68 = descend(layers.0.weight, learningRate, gradient(layers.0.weight)) ab,,ab->ab
      updated(layers.1.weight) [2, 1] @74 = descend(layers.1.weight, learningRate, gradient(layers.1.weight)) ab,,ab->ab
      layers.0.weight := updated(layers.0.weight)
      layers.1.weight := updated(layers.1.weight)"
    `);
  });

  test('kernels, states and unnamed nodes', () => {
    const graph = new Graph();
    const x = graph.source('input', 'x', [2, 3]);
    const count = graph.source('slot', 'count', []);
    const held = graph.source('state', 'held', [2]);
    const maxima = rowMaximum(graph, x);
    graph.name('drawn', uniform(graph, x, count, 1, 0));
    graph.update(held, graph.map(plus, [held, maxima]));
    graph.map(product, [graph.constant(tensor([2], [1, 2])), held]);
    expect(show(compile(graph, 'all'))).toMatchInlineSnapshot(`
      "x [2, 3] @0 = input
      count [] @6 = slot
      held [2] @7 = state
      #6 [2] @19 = constant
      #3 [2] @9 = rowMaximum(x)
      drawn [2, 3] @11 = uniform(x, count)
      #5 [2] @17 = plus(held, #3) a,a->a
      #7 [2] @21 = product(#6, held) a,a->a
      held := #5"
    `);
  });
});

describe('kept values', () => {
  /** x, two products of it, and an update that uses the first. */
  function branches() {
    const graph = new Graph();
    const x = graph.source('input', 'x', [2]);
    const w = graph.source('parameter', 'w', [2]);
    const used = graph.name('used', graph.map(product, [x, w]));
    const asked = graph.name('asked', graph.map(plus, [x, x]));
    graph.name('idle', graph.map(plus, [w, w]));
    graph.update(w, used);
    return { graph, asked };
  }

  test('steps with unused results are left out', () => {
    const { graph, asked } = branches();
    const steps = (keep: Parameters<typeof compile>[1]) =>
      compile(graph, keep).steps.map(({ outputs }) => outputs[0].name);
    expect(steps([])).toEqual(['used']);
    expect(steps([asked])).toEqual(['used', 'asked']);
    expect(steps('all')).toEqual(['used', 'asked', 'idle']);
    expect([...compile(graph, []).names.keys()]).toEqual(['x', 'w', 'used']);
  });

  test('inputs can be written although no step reads them', () => {
    const graph = new Graph();
    graph.source('slot', 'count', []);
    graph.source('input', 'target', [2]);
    graph.source('parameter', 'unused', [2]);
    expect([...compile(graph, []).names.keys()]).toEqual(['count', 'target']);
  });

  test('all addresses of a node lead to its slot', () => {
    const { graph, asked } = branches();
    graph.name('another', asked);
    const { names, slots } = compile(graph, [asked]);
    expect(names.get('another')).toBe(names.get('asked'));
    expect(slots.get(asked)).toBe(names.get('asked'));
  });
});

test('every element of the arena belongs to one value, in order, and the arena ends with the last value', () => {
  const graph = stepOf(classes());
  for (const keep of [[graph.get('loss')], 'all'] as const) {
    const plan = compile(graph, keep);
    const places = [...plan.sources, ...plan.steps.map(({ outputs }) => outputs[0])].sort(
      (a, b) => a.offset - b.offset,
    );
    let end = 0;
    for (const { offset, size } of places) {
      expect(offset).toBe(end);
      end += size;
    }
    expect(end).toBe(plan.arenaSize);
    // steps come after the steps that they read
    const known = new Set(plan.sources.map(({ id }) => id));
    for (const { inputs, outputs } of plan.steps) {
      for (const input of inputs) expect(known.has(input.id)).toBe(true);
      known.add(outputs[0].id);
    }
  }
});

describe("keep 'all' and keeping only the loss give the same bits", () => {
  const same = (problem: Problem, times: number, message?: string) => {
    const graph = stepOf(problem);
    const [few, all] = ([[graph.get('loss')], 'all'] as const).map((keep) => {
      const [program] = reference.compile([compile(graph, keep)]);
      for (const [name, { data }] of problem.parameters) program.view(name).set(data);
      program.view('layers.0.input').set(problem.inputs.data);
      program.view('target').set(problem.targets.data);
      for (let count = 1; count <= times; count++) {
        program.view('count')[0] = count;
        program.run();
      }
      return program;
    });
    for (const name of ['loss', ...problem.parameters.keys()]) {
      expect([...all.view(name)], message).toEqual([...few.view(name)]);
    }
  };

  test.each([
    ["the page's", page()],
    ["the page's, by averaged factors", page({ gradient: 'averagedFactors' })],
    ["Mazur's, sequential", mazur({ update: 'sequential' })],
    ['three classes with Adam', classes()],
  ])('%s', (_title, problem) => {
    same(problem, 20);
  });

  test('60 random problems', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { problem } = randomProblem(seed);
      same(problem, 5, `seed ${seed}`);
    }
  });
});
