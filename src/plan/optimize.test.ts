import { describe, expect, test } from 'vitest';
import { runs } from '../../test/runs.ts';
import { add, mul, sub } from '../core/formula.ts';
import { Graph } from '../core/graph.ts';
import { map } from '../core/op.ts';
import { reference } from '../engines/reference/index.ts';
import { classes, mazur, page, randomProblem } from '../explain/fixtures.ts';
import type { Problem } from '../net/problem.ts';
import { trainingStep } from '../net/step.ts';
import { optimize, type Passes } from './optimize.ts';
import { alignment } from './place.ts';
import { compile, type Plan, show } from './plan.ts';

const stepOf = ({ network, recipe, inputs, targets }: Problem) =>
  trainingStep(network, recipe, {
    batch: inputs.shape[0],
    inputs: inputs.shape[1],
    outputs: targets.shape[1],
  });

const planOf = (problem: Problem) => {
  const graph = stepOf(problem);
  return compile(graph, [graph.get('loss'), graph.get('gradientNorm')]);
};

const one = (plan: Plan, passes?: Partial<Passes>) => optimize([plan], passes).plans[0];

describe('as text', () => {
  test("the textbook page's step: two loops fewer, the new weights written over the old", () => {
    expect(show(one(planOf(page())))).toMatchInlineSnapshot(`
      "count [] @12 = slot
      learningRate [] @16 = slot
      layers.0.weight [3, 2] @0 = parameter
      layers.1.weight [2, 1] @8 = parameter
      layers.0.input [3, 3] @20 = input
      target [3, 1] @32 = input
      layers.0.sum [3, 2] @44 = contract bi,io->bo  layers.0.input, layers.0.weight
      layers.1.sum [3, 1] @52 = contract bi,io->bo  layers.0.sum, layers.1.weight
      loss.terms [3, 1] @52, gradient(layers.1.sum) [3, 1] @56 = sigmoid · halfMse · halfMse' · sigmoid'(layers.1.sum, target) ab,ab->ab
      loss [] @36 = contract bk->  loss.terms
      gradient(layers.1.weight) [2, 1] @52 = contract bo,bi->io  gradient(layers.1.sum), layers.0.sum
      gradient(layers.0.sum) [3, 2] @44 = contract bo,io->bi  gradient(layers.1.sum), layers.1.weight
      gradient(layers.0.weight) [3, 2] @56 = contract bo,bi->io  gradient(layers.0.sum), layers.0.input
      #16 [] @44 = contract ab,ab->  gradient(layers.0.weight), gradient(layers.0.weight)
      #17 [] @48 = contract ab,ab->  gradient(layers.1.weight), gradient(layers.1.weight)
      gradientNorm [] @40 = norm(#16, #17) ,->
      updated(layers.0.weight) [3, 2] @0 = descend(layers.0.weight, learningRate, gradient(layers.0.weight)) ab,,ab->ab
      updated(layers.1.weight) [2, 1] @8 = descend(layers.1.weight, learningRate, gradient(layers.1.weight)) ab,,ab->ab"
    `);
  });

  test('three classes with Adam: one loop for each parameter, and one bias correction', () => {
    expect(show(one(planOf(classes())))).toMatchInlineSnapshot(`
      "count [] @144 = slot
      learningRate [] @148 = slot
      layers.0.weight [4, 5] @0 = parameter
      layers.0.bias [5] @20 = parameter
      layers.1.weight [5, 3] @28 = parameter
      layers.1.bias [3] @44 = parameter
      layers.0.input [12, 4] @152 = input
      target [12, 3] @200 = input
      optimizer.layers.0.weight.mean [4, 5] @48 = state
      optimizer.layers.0.weight.meanSquare [4, 5] @68 = state
      optimizer.layers.0.bias.mean [5] @88 = state
      optimizer.layers.0.bias.meanSquare [5] @96 = state
      optimizer.layers.1.weight.mean [5, 3] @104 = state
      optimizer.layers.1.weight.meanSquare [5, 3] @120 = state
      optimizer.layers.1.bias.mean [3] @136 = state
      optimizer.layers.1.bias.meanSquare [3] @140 = state
      #7 [12, 5] @244 = contract bi,io->bo  layers.0.input, layers.0.weight
      layers.0.output [12, 5] @244 = addBias · tanh(#7, layers.0.bias) ab,b->ab
      #10 [12, 3] @304 = contract bi,io->bo  layers.0.output, layers.1.weight
      layers.1.sum [12, 3] @304 = addBias(#10, layers.1.bias) ab,b->ab
      #12 [12] @340 = rowMaximum(layers.1.sum)
      #13 [12, 3] @352 = e^(x - max)(layers.1.sum, #12) ab,a->ab
      #14 [12] @388 = contract bk->b  #13
      loss.terms [12, 3] @352, gradient(layers.1.sum) [12, 3] @304 = quotient · logSoftmax · crossEntropy · y - t(#13, #14, layers.1.sum, #12, target) ab,a,ab,a,ab->ab
      loss [] @236 = contract bk->  loss.terms
      gradient(layers.1.bias) [3] @340 = contract bo->o  gradient(layers.1.sum)
      gradient(layers.1.weight) [5, 3] @344 = contract bo,bi->io  gradient(layers.1.sum), layers.0.output
      gradient(layers.0.output) [12, 5] @360 = contract bo,io->bi  gradient(layers.1.sum), layers.1.weight
      gradient(layers.0.sum) [12, 5] @360 = tanh'(gradient(layers.0.output), layers.0.output) ab,ab->ab
      gradient(layers.0.bias) [5] @244 = contract bo->o  gradient(layers.0.sum)
      gradient(layers.0.weight) [4, 5] @252 = contract bo,bi->io  gradient(layers.0.sum), layers.0.input
      #30 [] @272 = contract ab,ab->  gradient(layers.0.weight), gradient(layers.0.weight)
      #31 [] @276 = contract a,a->  gradient(layers.0.bias), gradient(layers.0.bias)
      #32 [] @280 = contract ab,ab->  gradient(layers.1.weight), gradient(layers.1.weight)
      #33 [] @284 = contract a,a->  gradient(layers.1.bias), gradient(layers.1.bias)
      gradientNorm [] @240, #39 [] @272, #40 [] @276 = norm · biasCorrection · biasCorrection(#30, #31, #32, #33, count) ,,,,->
      #36 [4, 5] @48, #38 [4, 5] @68, updated(layers.0.weight) [4, 5] @0 = mean · meanSquare · adam(optimizer.layers.0.weight.mean, gradient(layers.0.weight), optimizer.layers.0.weight.meanSquare, layers.0.weight, learningRate, #39, #40) ab,ab,ab,ab,,,->ab
      #43 [5] @88, #45 [5] @96, updated(layers.0.bias) [5] @20 = mean · meanSquare · adam(optimizer.layers.0.bias.mean, gradient(layers.0.bias), optimizer.layers.0.bias.meanSquare, layers.0.bias, learningRate, #39, #40) a,a,a,a,,,->a
      #50 [5, 3] @104, #52 [5, 3] @120, updated(layers.1.weight) [5, 3] @28 = mean · meanSquare · adam(optimizer.layers.1.weight.mean, gradient(layers.1.weight), optimizer.layers.1.weight.meanSquare, layers.1.weight, learningRate, #39, #40) ab,ab,ab,ab,,,->ab
      #57 [3] @136, #59 [3] @140, updated(layers.1.bias) [3] @44 = mean · meanSquare · adam(optimizer.layers.1.bias.mean, gradient(layers.1.bias), optimizer.layers.1.bias.meanSquare, layers.1.bias, learningRate, #39, #40) a,a,a,a,,,->a"
    `);
  });
});

const passes: readonly (keyof Passes)[] = ['merge', 'fuse', 'inPlace'];
const allOff: Passes = { merge: false, fuse: false, inPlace: false };

describe('the passes change no bit', () => {
  /** Runs steps of a plan on the reference engine, and gives the loss, the norm and the weights. */
  const numbers = (plan: Plan, problem: Problem, times: number) => {
    const [program] = reference.compile([plan]);
    for (const [name, { data }] of problem.parameters) program.view(name).set(data);
    program.view('layers.0.input').set(problem.inputs.data);
    program.view('target').set(problem.targets.data);
    for (let count = 1; count <= times; count++) {
      program.view('count')[0] = count;
      program.run();
    }
    return ['loss', 'gradientNorm', ...problem.parameters.keys()].map((name) => [name, ...program.view(name)]);
  };
  const same = (problem: Problem, times: number, message?: string) => {
    const plan = planOf(problem);
    const wanted = numbers(plan, problem, times);
    for (const setting of [allOff, ...passes.map((pass) => ({ ...allOff, [pass]: true })), {}]) {
      expect(numbers(one(plan, setting), problem, times), `${message} ${JSON.stringify(setting)}`).toEqual(wanted);
    }
  };

  test.each([
    ["the page's", page()],
    ["the page's, by averaged factors", page({ gradient: 'averagedFactors' })],
    ["Mazur's, sequential", mazur({ update: 'sequential' })],
    ['three classes with Adam', classes()],
  ])('%s', (title, problem) => {
    same(problem, 20, title);
  });

  test('random problems', () => {
    for (let seed = 1; seed <= runs(20, 60); seed++) same(randomProblem(seed).problem, 5, `seed ${seed}`);
  });
});

test('values that are alive at the same time share no element, and each has its size', () => {
  for (let seed = 1; seed <= runs(20, 40); seed++) {
    const { problem } = randomProblem(seed);
    const plan = one(planOf(problem));
    const lastRead = new Map<number, number>();
    plan.steps.forEach(({ inputs, outputs }, at) => {
      for (const { id } of [...inputs, ...outputs]) lastRead.set(id, at);
    });
    const forever = new Set(
      [...plan.sources, ...plan.kept, ...plan.updates.map(({ value }) => value)].map(({ id }) => id),
    );
    let alive = plan.sources.map((slot) => ({ ...slot, lasts: true }));
    plan.steps.forEach(({ kind, outputs }, at) => {
      for (const output of outputs) {
        // in the place of a source: its new value
        const others = alive.filter(
          ({ offset, size }) => offset < output.offset + output.size && output.offset < offset + size,
        );
        for (const other of others) {
          const over = other.offset === output.offset && other.size === output.size && kind === 'map';
          const contractedOver = other.role === 'parameter' && other.offset === output.offset;
          expect(over || contractedOver, `seed ${seed}: ${output.id} over ${other.id}`).toBe(true);
          expect(other.lasts ? (lastRead.get(other.id) ?? 0) : lastRead.get(other.id)!).toBeLessThanOrEqual(at);
        }
      }
      alive = [
        ...alive.filter(({ id, lasts }) => lasts || lastRead.get(id)! > at),
        ...outputs.map((slot) => ({ ...slot, lasts: forever.has(slot.id) })),
      ];
    });
  }
});

test('plans that belong together share weights and states, and one region for their values', () => {
  const graphs = [4, 3].map((batch) => {
    const { network, recipe } = classes();
    return trainingStep(network, recipe, { batch, inputs: 4, outputs: 3 });
  });
  const { plans, size } = optimize(graphs.map((graph) => compile(graph, [graph.get('loss')])));
  const [large, small] = plans;
  const kind = (plan: Plan, role: string) => plan.sources.filter((source) => source.role === role);
  for (const role of ['parameter', 'state']) {
    expect(kind(small, role).map(({ offset }) => offset)).toEqual(kind(large, role).map(({ offset }) => offset));
  }
  const inputs = new Set([...kind(large, 'input'), ...kind(small, 'input')].map(({ offset }) => offset));
  expect(inputs.size).toBe(4);
  const alone = optimize([compile(graphs[0], [graphs[0].get('loss')])]).size;
  // what the smaller batch adds: its own inputs, slots and loss, each rounded up to whole vectors
  expect(size - alone).toBeLessThanOrEqual(3 * 7 + 6 * alignment);
});

test('a value is not written over its source while another step still reads the source', () => {
  const graph = new Graph();
  const a = graph.source('state', 'a', [2], 1);
  const b = graph.source('state', 'b', [2], 2);
  const plus = map('plus', { f: (x, y) => add(x, y) });
  const less = map('less', { f: (x, y) => sub(x, y) });
  graph.update(a, graph.map(plus, [a, b]));
  graph.update(b, graph.contract('a,c->c', [a, b]));
  graph.update(graph.source('state', 'c', [2], 3), graph.map(less, [a, b]));
  const plan = one(compile(graph, []));
  expect(show(plan)).toMatchInlineSnapshot(`
    "a [2] @0 = state
    b [2] @4 = state
    c [2] @8 = state
    #2 [2] @12, #5 [2] @8 = plus · less(a, b) a,a->a
    #3 [2] @16 = contract a,c->c  a, b
    a := #2
    b := #3"
  `);
  const [program] = reference.compile([plan]);
  program.run();
  expect(['a', 'b', 'c'].map((name) => program.view(name)[1])).toEqual([3, 4, -1]);
});

test('a square stays one operation with one operand, and shared parts are computed once', () => {
  const graph = new Graph();
  const x = graph.source('input', 'x', [3]);
  const double = map('double', { f: (a) => mul(2, a) });
  const square = map('square', { f: (a) => mul(a, a) });
  graph.name('y', graph.map(square, [graph.map(double, [x])]));
  const [step] = one(compile(graph, [graph.get('y')])).steps;
  if (step.kind !== 'map') throw new Error('a map is expected');
  const [f] = step.formulas;
  expect(f.kind === 'apply' && f.operands[0] === f.operands[1]).toBe(true);
});
