/** The properties of every entry, and that adding one needs nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fromRows } from '../src/base/tensor.ts';
import { differentiate, evaluate, exp, type Formula, mul, sameFormula, square } from '../src/core/formula.ts';
import type { MapOp } from '../src/core/op.ts';
import { type Activation, activation, activations, resolveActivation } from '../src/core/ops/activations.ts';
import { reference } from '../src/engines/reference/index.ts';
import { wasm } from '../src/engines/wasm/index.ts';
import { renderHtml } from '../src/explain/render/html.ts';
import { renderLatex } from '../src/explain/render/latex.ts';
import { renderTerminal } from '../src/explain/render/terminal.ts';
import { check, explain, explanation } from '../src/explain.ts';
import { describeNetwork } from '../src/net/describe-model.ts';
import { initializers } from '../src/net/initializers.ts';
import { dense } from '../src/net/layers/dense.ts';
import { losses, mse, resolveLoss } from '../src/net/losses.ts';
import { initialize, network } from '../src/net/network.ts';
import { optimizers, sgd } from '../src/net/optimizers.ts';
import type { Problem } from '../src/net/problem.ts';
import { entryName, entrySpecs } from '../src/net/schema.ts';
import { trainingStep } from '../src/net/step.ts';
import { assemble } from '../src/net/training.ts';
import { compile, show } from '../src/plan/plan.ts';
import { disagreements } from './central-differences.ts';
import { drawComparable, switches } from './random-step.ts';

/** Each elementwise activation with its defaults, and members of families with other options too. */
const elementwise: { title: string; map: MapOp }[] = activations.flatMap((entry) => {
  const members: Activation[] = [resolveActivation(entry)];
  if (typeof entry === 'function') {
    const options = Object.entries(entry.specs).map(([key, spec]) => [key, 0.3 + 2 * (spec.default as number)]);
    members.push(entry(Object.fromEntries(options) as never));
  }
  return members.flatMap(({ name, options, map }) =>
    map === undefined ? [] : [{ title: [name, ...Object.entries(options).flat()].join(' '), map }],
  );
});

/** The points between -10 and 10 where a primitive of a formula switches, by bisection. */
function turns(formula: Formula): number[] {
  const found = new Set<number>();
  for (const decide of switches(formula)) {
    const at = (x: number) => evaluate(decide, [x]);
    // The grid misses round numbers, where corners are.
    for (let x = -10.013; x < 10; x += 0.05) {
      let [low, high] = [x, x + 0.05];
      if (Math.sign(at(low)) === Math.sign(at(high))) continue;
      while (high - low > 1e-13) {
        const middle = (low + high) / 2;
        if (Math.sign(at(middle)) === Math.sign(at(low))) low = middle;
        else high = middle;
      }
      found.add(Math.round(high * 1e9) / 1e9);
    }
  }
  return [...found].sort((a, b) => a - b);
}

const slopeAt = ({ formula, partials }: MapOp, x: number) => evaluate(partials[0], [x, evaluate(formula, [x])]);

describe.each(elementwise)('$title', ({ map }) => {
  test('its declared derivative is the derivative of its formula, away from kinks', () => {
    const symbolic = differentiate(map.formula, 0);
    for (let x = -9.987; x < 10; x += 0.0731) {
      const [declared, derived] = [slopeAt(map, x), evaluate(symbolic, [x])];
      // Both have about ten roundings of numbers up to max(1, x²).
      expect(Math.abs(declared - derived), `at ${x}: ${declared}, not ${derived}`).toBeLessThan(
        20 * Number.EPSILON * Math.max(1, x * x),
      );
    }
  });

  test('its kinks are the points where the derivative jumps, with the chosen value', () => {
    const jumps = turns(map.formula).filter((at) => Math.abs(slopeAt(map, at + 1e-6) - slopeAt(map, at - 1e-6)) > 1e-3);
    expect(map.kinks.map(({ at }) => at)).toEqual(jumps);
    for (const { at, derivative } of map.kinks) expect(slopeAt(map, at)).toBeCloseTo(derivative, 15);
  });

  test('its formula is data: it survives JSON', () => {
    expect(sameFormula(JSON.parse(JSON.stringify(map.formula)), map.formula)).toBe(true);
  });
});

test('no two names of one kind differ only in case', () => {
  for (const entries of [activations, losses, optimizers, initializers]) {
    const names = entries.map((entry) => entryName(entry).toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  }
});

test('losses name existing activations', () => {
  const names = activations.map(entryName);
  for (const entry of losses) for (const name of resolveLoss(entry).takes ?? []) expect(names).toContain(name);
});

test('defaults are within their declared ranges, and only the rate of sgd and the value of constant are required', () => {
  const required: string[] = [];
  for (const entry of [...activations, ...losses, ...optimizers, ...initializers]) {
    const asked = Object.entries(entrySpecs(entry)).filter(([, { default: value }]) => value === undefined);
    required.push(...asked.map(([key]) => `${entryName(entry)}.${key}`));
    if (typeof entry === 'function') entry(Object.fromEntries(asked.map(([key]) => [key, 0.5])) as never);
    for (const { note } of Object.values(entrySpecs(entry))) expect(note).not.toBe('');
  }
  expect(required).toEqual(['sgd.learningRate', 'constant.value']);
});

describe('an activation is one entry', () => {
  // The whole entry; CONTRIBUTING.md shows another.
  const bump = activation('bump', { f: (x) => exp(mul(-1, square(x))) });

  test('its gradient is correct in every network', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { step, rows } = drawComparable(seed, bump, mse);
      expect(disagreements(rows), step.description).toEqual([]);
    }
  });

  test('the plan names it, in the forward and the backward pass', () => {
    const net = network([dense(2, { activation: bump }), dense(1)], { inputs: 1 });
    const { recipe } = assemble({ loss: mse, optimizer: sgd({ learningRate: 0.1 }), stop: { epochs: 1 } });
    const graph = trainingStep(net, recipe, { batch: 4, inputs: 1, outputs: 1 });
    const lines = show(compile(graph, [graph.get('loss')])).split('\n');
    expect(lines.filter((line) => line.includes('bump')).join('\n')).toMatchInlineSnapshot(`
      "layers.0.output [4, 2] @29 = bump(layers.0.sum) ab->ab
      gradient(layers.0.sum) [4, 2] @69 = bump'(gradient(layers.0.output), layers.0.sum) ab,ab->ab"
    `);
  });

  test('it trains', () => {
    // A bump between -1 and 1, which two units fit.
    const inputs = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];
    const net = network([dense(3, { activation: bump }), dense(1)], { inputs: 1, seed: 1 });
    const { recipe } = assemble({ loss: mse, optimizer: sgd({ learningRate: 0.2 }), stop: { epochs: 1 } });
    const graph = trainingStep(net, recipe, { batch: inputs.length, inputs: 1, outputs: 1 });
    const [program] = reference.compile([compile(graph, [graph.get('loss')])]);
    for (const [name, { data }] of initialize(net, 1)) program.view(name).set(data);
    program.view('layers.0.input').set(inputs);
    program.view('target').set(inputs.map((x) => 1 / (1 + x ** 4)));
    program.run();
    const [before] = program.view('loss');
    program.run(2000);
    const [after] = program.view('loss');
    expect(after).toBeLessThan(before / 100);
  });

  /** Two layers of it, and three rows. */
  function problem(gradient: 'exact' | 'averagedFactors' = 'exact'): Problem {
    const net = network([dense(2, { activation: bump }), dense(1, { activation: bump })], { inputs: 1, seed: 1 });
    const { recipe } = assemble({ loss: mse, optimizer: sgd({ learningRate: 0.2 }), gradient, stop: { epochs: 1 } });
    return {
      network: net,
      parameters: initialize(net, 1),
      inputs: fromRows([[-1], [0.5], [2]], 'inputs'),
      targets: fromRows([[0.5], [0.8], [0.1]], 'targets'),
      recipe,
      batchSize: 'full',
      shuffle: false,
      symbols: {},
    };
  }

  test('it is explained: its formula in names and numbers, its derivative line by line, its plot', () => {
    const explained = explanation(problem());
    const shown = (quantity: string) => explained.lines.find((line) => line.quantity === quantity)!;
    const [x, w] = [-1, problem().parameters.get('layers.0.weight')!.data[0]];
    const output = shown('layers.0.output[0][0]');
    expect(output.formula).toMatchInlineSnapshot(`"e^(−z1_1²)"`);
    expect(output.value).toBeCloseTo(Math.exp(-((x * w) ** 2)), 15);
    const back = shown('gradient(layers.0.sum[0][0])');
    expect(back.formula).toMatchInlineSnapshot(`"−∂E/∂a1_1·e^(−z1_1²)·2·z1_1"`);
    const text = renderTerminal(explained);
    // Its page of functions: definition and derivative.
    const about = text.split('\n\n').filter((part) => part.includes('bump') && part.includes('′'));
    expect(about.join('\n\n')).toMatchInlineSnapshot(`
      "bump, layers 1, 2
        y = e^(−s²)
        ∂y/∂s = (e^(−s²))′
              = e^(−s²)·(−s²)′   [chain rule: (e^u)′ = e^u·u′]
              = −e^(−s²)·(s²)′   [constant factor]
              = −2·e^(−s²)·s   [power rule]
              = −e^(−s²)·2·s   [simplified]"
    `);
    for (const page of [renderHtml(explained), renderLatex(explained), text]) {
      expect(page).toContain('bump');
      expect(page).not.toMatch(/undefined|\[object/);
    }
  });

  test('the gradient check accepts it, and finds a wrong derivative', () => {
    expect(check(problem())).toMatchObject({ agrees: true });
    const wrong = activation('bump', { f: (x) => exp(mul(-1, square(x))), d: (x, y) => [mul(mul(-2.002, x), y)] });
    const net = network([dense(2, { activation: wrong }), dense(1)], { inputs: 1, seed: 1 });
    expect(check({ ...problem(), network: net, parameters: initialize(net, 1) })).toMatchObject({ agrees: false });
  });

  test('every loss that accepts any activation accepts it, under both gradient rules', () => {
    for (const entry of losses.filter((loss) => resolveLoss(loss).takes === undefined)) {
      for (const gradient of ['exact', 'averagedFactors'] as const) {
        const given = problem(gradient);
        const recipe = { ...given.recipe, loss: resolveLoss(entry) };
        const lines = explain({ ...given, recipe });
        const updates = lines.filter(({ phase }) => phase === 'update');
        expect(updates.length, `${entryName(entry)} ${gradient}`).toBeGreaterThan(0);
        expect(updates.every(({ value }) => Number.isFinite(value))).toBe(true);
      }
    }
  });

  test('every engine runs it, with the same bits', () => {
    const { network: net, recipe, parameters, inputs, targets } = problem();
    const runs = [reference, wasm].map((engine) => {
      const graph = trainingStep(net, recipe, { batch: 3, inputs: 1, outputs: 1 });
      const plan = compile(graph, [graph.get('loss')]);
      const [program] = engine.compile([plan]);
      for (const [name, { data }] of parameters) program.view(name).set(data);
      program.view('layers.0.input').set(inputs.data);
      program.view('target').set(targets.data);
      program.run(50);
      return [...parameters.keys(), 'loss'].map((name) => [...program.view(name)]);
    });
    expect(runs[1]).toEqual(runs[0]);
  });

  test('files refer to it by its name', () => {
    expect(describeNetwork(problem().network, 1).layers).toEqual([
      { dense: 2, activation: 'bump' },
      { dense: 1, activation: 'bump' },
    ]);
  });

  test('no source names it', () => {
    const root = fileURLToPath(new URL('../src', import.meta.url));
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((file) => /\bbump\b/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('a wrong derivative is found', () => {
    const wrong = activation('bump', { f: (x) => exp(mul(-1, square(x))), d: (x, y) => [mul(mul(-2.002, x), y)] });
    expect(disagreements(drawComparable(1, wrong, mse).rows)).not.toEqual([]);
  });
});
