import { expect, test } from 'vitest';
import { add, exp, mul } from '../../core/formula.ts';
import { Graph } from '../../core/graph.ts';
import { map } from '../../core/op.ts';
import { activations, resolveActivation } from '../../core/ops/activations.ts';
import { dense } from '../../net/layers/dense.ts';
import { halfMse } from '../../net/losses.ts';
import { network } from '../../net/network.ts';
import { optimizers } from '../../net/optimizers.ts';
import { trainingStep } from '../../net/step.ts';
import { compile } from '../../plan/plan.ts';
import { unroll, unrolledSize } from './scalars.ts';

test('unrolledSize: at least the operations of the unrolled step, and less than twice as many', () => {
  for (const activation of activations.map(resolveActivation)) {
    for (const family of optimizers) {
      const optimizer = family({ learningRate: 0.1 } as never);
      const net = network([dense(2, { activation }), dense(3, { activation })]);
      const recipe = { loss: halfMse, optimizer, gradient: 'exact', update: 'simultaneous', l1: 0.1, l2: 0.1 } as const;
      const plan = compile(trainingStep(net, recipe, { batch: 2, inputs: 2, outputs: 3 }), 'all');
      const { length } = unroll(plan, new Set()).order;
      const size = unrolledSize(plan);
      expect(size, `${activation.name}, ${family.family}`).toBeGreaterThanOrEqual(length);
      expect(size, `${activation.name}, ${family.family}`).toBeLessThan(2 * length);
    }
  }
});

test('a scalar that occurs twice, in one formula or in two, is computed once', () => {
  const graph = new Graph();
  const x = graph.source('input', 'x', [1]);
  const twice = map('twice', { f: (x) => add(exp(mul(2, x)), exp(mul(2, x))) });
  const once = map('once', { f: (x) => exp(mul(2, x)) });
  graph.name('a', graph.map(twice, [x]));
  graph.name('b', graph.map(once, [x]));
  expect(unroll(compile(graph, 'all'), new Set()).order.map(({ primitive }) => primitive)).toEqual([
    'mul',
    'exp',
    'add',
  ]);
});
