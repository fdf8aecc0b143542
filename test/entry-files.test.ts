/**
 * The number of files that name an entry. One of each kind is defined here, and everything that works for a built-in
 * one works for it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fromRows } from '../src/base/tensor.ts';
import { add, exp, mul, sign, sub } from '../src/core/formula.ts';
import { Graph } from '../src/core/graph.ts';
import type { KernelEntry } from '../src/core/kernel.ts';
import { map } from '../src/core/op.ts';
import { tanh } from '../src/core/ops/activations.ts';
import { kernels } from '../src/core/ops/kernels.ts';
import type { Engine } from '../src/engines/engine.ts';
import { reference } from '../src/engines/reference/index.ts';
import { wasm } from '../src/engines/wasm/index.ts';
import { check, explain } from '../src/explain.ts';
import { assemble } from '../src/net/experiment.ts';
import { initializers } from '../src/net/initializers.ts';
import type { Layer } from '../src/net/layer.ts';
import { dense } from '../src/net/layers/dense.ts';
import { layerEntries } from '../src/net/layers/index.ts';
import { mse } from '../src/net/losses.ts';
import { initialize, network } from '../src/net/network.ts';
import { type Optimizer, optimizers, sgd } from '../src/net/optimizers.ts';
import type { Problem } from '../src/net/problem.ts';
import { entryName } from '../src/net/schema.ts';
import { trainingStep } from '../src/net/step.ts';
import { compile, show } from '../src/plan/plan.ts';

const root = fileURLToPath(new URL('../src', import.meta.url));
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !/(\.test|fixtures)\.ts$/.test(file))
  .map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') }));
const filesWith = (pattern: RegExp) => sources.filter(({ source }) => pattern.test(source)).map(({ file }) => file);

/** Four rows of a line. */
function problem(layers: readonly Layer[], optimizer: Optimizer = sgd({ learningRate: 0.1 })): Problem {
  const net = network(layers, { inputs: 1, seed: 1 });
  const { recipe } = assemble({ loss: mse, optimizer, stop: { epochs: 1 } });
  return {
    network: net,
    parameters: initialize(net, 1),
    inputs: fromRows([[-1], [-0.5], [0.5], [1]], 'inputs'),
    targets: fromRows([[-0.5], [-0.25], [0.25], [0.5]], 'targets'),
    recipe,
    batchSize: 'full',
    shuffle: false,
    symbols: {},
  };
}

/** The parameters, and the loss before the last of some steps. */
function trained(engine: Engine, { network: net, recipe, parameters, inputs, targets }: Problem, steps: number) {
  const graph = trainingStep(net, recipe, { batch: 4, inputs: 1, outputs: 1 });
  const [program] = engine.compile([compile(graph, [graph.get('loss')])]);
  for (const [name, { data }] of parameters) program.view(name).set(data);
  program.view('layers.0.input').set(inputs.data);
  program.view('target').set(targets.data);
  program.run(steps);
  return { loss: program.view('loss')[0], numbers: [...parameters.keys()].map((name) => [...program.view(name)]) };
}

describe('a layer is one file', () => {
  const fade = map('fade', { f: (x, rate) => exp(mul(mul(-1, rate), x)) });
  // its complete source
  const fading: Layer = {
    kind: 'fading',
    shape: (input) => input,
    parameterNames: ['rate'],
    parameters: ([units]) => [{ name: 'rate', shape: [units], start: 0.5, penalized: false }],
    trainable: true,
    quantities: [{ name: 'rate', letter: 'λ', perSample: false }],
    config: { fading: true },
    forward: ({ graph, address }, input, { rate }) => ({
      input,
      output: graph.name(`${address}.output`, graph.map(fade, [input, rate], 'bo,o->bo')),
    }),
  };
  const given = problem([dense(2, { activation: tanh }), fading, dense(1)]);

  test('it trains', () => {
    expect(trained(reference, given, 1000).loss).toBeLessThan(trained(reference, given, 1).loss / 100);
  });

  test('every engine runs it, to the same bits', () => {
    expect(trained(wasm, given, 50)).toEqual(trained(reference, given, 50));
  });

  test('its gradient is checked, and its lines have its letter and the chain rule', () => {
    expect(check(given)).toMatchObject({ agrees: true });
    const line = explain(given).find(({ quantity }) => quantity === 'gradient(layers.1.rate[0])')!;
    expect([line.name, line.rule]).toEqual(['∂E/∂λ2_1', 'Σ_samples ∂E/∂a2_1·∂a2_1/∂λ2_1']);
  });

  test('no source names it, and only its own file and the list name a built-in layer', () => {
    expect(filesWith(/\bfading\b/)).toEqual([]);
    for (const { kind } of layerEntries) {
      const files = filesWith(new RegExp(`kind: ['"]${kind}['"]`));
      expect(files, kind).toHaveLength(kind === 'residual' ? 2 : 1);
      expect(files.every((file) => file.startsWith('net/layers/'))).toBe(true);
    }
  });
});

describe('an optimizer is one entry', () => {
  const average = map('average', { f: (held, g) => add(mul(0.5, held), mul(0.5, g)) });
  const follow = map('follow', { f: (w, held, rate) => sub(w, mul(rate, sign(held))) });
  // its complete source: steps of one length along the sign of the averaged gradient
  const marching: Optimizer = {
    name: 'marching',
    options: {},
    learningRate: 0.002,
    update({ graph, parameter, gradient, rate, state, keep }) {
      const held = graph.map(average, [state('held'), gradient]);
      keep(graph.get(`optimizer.${parameter.name}.held`), held);
      return graph.map(follow, [parameter, held, rate]);
    },
  };
  const given = problem([dense(2, { activation: tanh }), dense(1)], marching);

  test('it trains', () => {
    expect(trained(reference, given, 1000).loss).toBeLessThan(trained(reference, given, 1).loss / 100);
  });

  test('every engine runs it, to the same bits', () => {
    expect(trained(wasm, given, 50)).toEqual(trained(reference, given, 50));
  });

  test('its state and its update are explained', () => {
    const lines = explain(given).filter(({ phase, layer }) => phase === 'update' && layer === 1);
    expect(lines.slice(0, 2).map(({ name, formula }) => `${name} = ${formula}`)).toMatchInlineSnapshot(`
      [
        "held′(w2_1) = 0.5·held(w2_1) + 0.5·∂E/∂w2_1",
        "w2_1′ = w2_1 − η·sign(held′(w2_1))",
      ]
    `);
  });

  test('no source names it, and only the file of optimizers names a built-in one', () => {
    expect(filesWith(/\bmarching\b/)).toEqual([]);
    const others = optimizers.map(entryName).flatMap((name) =>
      filesWith(new RegExp(`['"]${name}['"]`))
        .filter((file) => !file.startsWith('net/optimizers'))
        .map((file) => `${name}: ${file}`),
    );
    // an example in the schema, and the defaults of the command line, which are choices among entries
    expect(others).toEqual(['sgd: net/schema.ts', 'adam: cli/open.ts', 'lbfgs: cli/open.ts']);
  });
});

describe('a kernel is one entry, and one column for each engine and exporter', () => {
  // its complete source in the core: x1, x1 + x2, x1 + x2 + x3 …
  const runningSum = {
    name: 'runningSum',
    shape: ([input]) => input.shape,
    axis: (_input, axis, [shape]) => (axis < shape.length - 1 ? axis : undefined),
    define({ at }, index) {
      const rest = index.slice(0, -1);
      const terms = Array.from({ length: index[index.length - 1] + 1 }, (_, i) => [at(0, [...rest, i])]);
      return { kind: 'sum', terms };
    },
  } satisfies KernelEntry<string, object>;

  test('the graph and the plan accept it', () => {
    const graph = new Graph();
    const input = graph.source('input', 'x', [2, 3]);
    const output = graph.name('sums', graph.kernel(runningSum as never, [input], {}));
    expect(output.shape).toEqual([2, 3]);
    expect(show(compile(graph, [output]))).toContain('runningSum');
  });

  const columns = [
    'engines/reference/kernels.ts',
    'engines/wasm/kernels.ts',
    'engines/wasm/scalars.ts',
    'formats/onnx/write.ts',
    'formats/typescript.ts',
  ];
  const sameName = new Set([...initializers.map(entryName), ...optimizers.map(entryName)]);

  test.each(kernels.map(({ name }) => name))('%s is in each column, and no other source names it', (name) => {
    const entries = filesWith(new RegExp(`^ +(?:name: )?['"]${name}['"],$`, 'm')).filter((file) =>
      file.startsWith('core/'),
    );
    expect(entries).toHaveLength(1);
    // a key of a column, or a name in quotes
    const naming = filesWith(new RegExp(`^  ${name}(:|\\(|,$)|['"]${name}['"]`, 'm')).filter(
      (file) => !file.startsWith('core/ops/') && !(sameName.has(name) && /^(net\/|index\.ts)/.test(file)),
    );
    expect(columns.filter((file) => !naming.includes(file))).toEqual([]);
    // the code that a column of WebAssembly calls may be in a file of that engine
    expect(naming.filter((file) => !columns.includes(file) && !file.startsWith('engines/wasm/'))).toEqual([]);
  });
});
