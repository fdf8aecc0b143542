/**
 * The number of files that name an entry. One of each kind is defined here, and everything that works for a built-in
 * one works for it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { fromRows } from '../src/base/tensor.ts';
import { addFlags } from '../src/cli/flags/add.ts';
import { allFlags, flagsOfSchema } from '../src/cli/flags/experiment-flags.ts';
import type { Schema } from '../src/cli/flags/flag.ts';
import { add, exp, mul, sign, sub } from '../src/core/formula.ts';
import { gradient } from '../src/core/gradient.ts';
import { Graph, type Node } from '../src/core/graph.ts';
import type { KernelEntry } from '../src/core/kernel.ts';
import { map } from '../src/core/op.ts';
import { tanh } from '../src/core/ops/activations.ts';
import { kernels } from '../src/core/ops/kernels.ts';
import type { Engine } from '../src/engines/engine.ts';
import { reference } from '../src/engines/reference/index.ts';
import { type Operands, kernels as referenceKernels } from '../src/engines/reference/kernels.ts';
import { type Context, stepLocals } from '../src/engines/wasm/context.ts';
import { i32 } from '../src/engines/wasm/encoder.ts';
import { wasm, wasmEngine } from '../src/engines/wasm/index.ts';
import { kernels as loopedKernels } from '../src/engines/wasm/kernels.ts';
import { scalars } from '../src/engines/wasm/lanes.ts';
import { type Builder as Build, type Scalar, kernels as unrolledKernels } from '../src/engines/wasm/scalars.ts';
import { advance, plus, repeat, times, whileBelow } from '../src/engines/wasm/writer.ts';
import { check, explain } from '../src/explain.ts';
import { checkAgainst } from '../src/net/complaint.ts';
import { describe as describeForm } from '../src/net/form.ts';
import { initializers } from '../src/net/initializers.ts';
import type { Layer } from '../src/net/layer.ts';
import { dense } from '../src/net/layers/dense.ts';
import { layerEntries } from '../src/net/layers/index.ts';
import { mse } from '../src/net/losses.ts';
import { initialize, network } from '../src/net/network.ts';
import { type Optimizer, optimizers, sgd } from '../src/net/optimizers.ts';
import type { Problem } from '../src/net/problem.ts';
import { entryName, experimentSchema } from '../src/net/schema.ts';
import { trainingStep } from '../src/net/step.ts';
import { assemble } from '../src/net/training.ts';
import { compile, type KernelStep, type Slot, show } from '../src/plan/plan.ts';

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
      // what an experiment file may say of a layer stands apart, because a page that trains does not load it
      const files = filesWith(new RegExp(`kind: ['"]${kind}['"]`)).map((file) => file.replace('/entries/', '/'));
      expect(new Set(files).size, kind).toBe(kind === 'residual' ? 2 : 1);
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
    // an example in the schema
    expect(others).toEqual(['sgd: net/schema.ts']);
  });
});

describe('a kernel is one entry, and one column for each engine and exporter', () => {
  // All that is written for it in the core: x1, x1 + x2, x1 + x2 + x3 … along the last axis, or the same from the end.
  const runningSum: KernelEntry<'runningSum', { readonly reverse: boolean }> = {
    name: 'runningSum',
    shape: ([input]) => input.shape,
    axis: (_input, axis, [shape]) => (axis < shape.length - 1 ? axis : undefined),
    define({ at, shapes: [shape] }, index, { reverse }) {
      const [rest, last, length] = [index.slice(0, -1), index[index.length - 1], shape[shape.length - 1]];
      const terms = Array.from({ length: reverse ? length - last : last + 1 }, (_, i) => [
        at(0, [...rest, reverse ? length - 1 - i : i]),
      ]);
      return { kind: 'sum', terms };
    },
    backward: (graph, { inputs }, { reverse }) => ({
      to: inputs,
      rule: (g) => [runningSumOf(graph, g!, !reverse)],
    }),
  };
  const runningSumOf = (graph: Graph, input: Node, reverse = false) =>
    graph.kernel(runningSum as never, [input], { reverse } as never);

  type Reverse = { readonly reverse: boolean };
  /** The length of the last axis. */
  const lengthOf = ({ shape }: { readonly shape: readonly number[] }) => shape[shape.length - 1];
  // Its line in the column of the reference engine,
  const plain = ({ reverse }: Reverse, { inputs: [input], shapes: [shape], out }: Operands) => {
    const length = lengthOf({ shape });
    return () => {
      for (let start = 0; start < out.length; start += length) {
        let sum = 0;
        for (let i = 0; i < length; i++) {
          const at = start + (reverse ? length - 1 - i : i);
          sum += input[at];
          out[at] = sum;
        }
      }
    };
  };
  // in that of generated WebAssembly: a loop over the rows of each thread,
  const looped = ({ reverse }: Reverse, { inputs: [input], outputs: [output] }: KernelStep, context: Context) => {
    const { locals, from, to } = stepLocals();
    const lanes = scalars[context.width];
    const [length, start, step] = [lengthOf(input), reverse ? lengthOf(input) - 1 : 0, reverse ? -1 : 1];
    const [row, at, sum] = [locals.add(i32), locals.add(i32), locals.add(lanes.type)];
    const load = lanes.load(at.get, context.address(input));
    return {
      chunks: input.size / length,
      cost: input.size,
      body: locals.body([
        row.set(from.get),
        whileBelow(
          row,
          to.get,
          [
            at.set(times(plus(times(row.get, length), start), context.width)),
            sum.set(lanes.constant(0)),
            repeat(locals, length, [
              sum.set(lanes.add(sum.get, load)),
              lanes.store(at.get, context.address(output), sum.get),
              advance(at, step * context.width),
            ]),
          ],
          advance(row, 1),
        ),
      ]),
    };
  };
  // and in that of small plans: one scalar after the other.
  const unrolled = (build: Build, { reverse }: Reverse, [input]: readonly (readonly Scalar[])[], output: Slot) => {
    const length = lengthOf(output);
    const out = [...input];
    for (let start = 0; start < out.length; start += length) {
      let sum = build.constant(0);
      for (let i = 0; i < length; i++) {
        const at = start + (reverse ? length - 1 - i : i);
        sum = build.apply('add', sum, input[at]);
        out[at] = sum;
      }
    }
    return out;
  };
  const inEngines: [object, unknown][] = [
    [referenceKernels, plain],
    [loopedKernels, looped],
    [unrolledKernels, unrolled],
  ];
  beforeAll(() => {
    for (const [column, code] of inEngines) Object.assign(column, { runningSum: code });
  });
  afterAll(() => {
    for (const [column] of inEngines) Reflect.deleteProperty(column, 'runningSum');
  });

  test('the graph and the plan accept it', () => {
    const graph = new Graph();
    const input = graph.source('input', 'x', [2, 3]);
    const output = graph.name('sums', runningSumOf(graph, input));
    expect(output.shape).toEqual([2, 3]);
    expect(show(compile(graph, [output]))).toContain('runningSum');
  });

  /** The running sums of rows of 5 numbers, and their gradient with weights 1 to 5. */
  function run(engine: Engine, rows: number): Float64Array[] {
    const graph = new Graph();
    const [x, weights] = ['x', 'weights'].map((name) => graph.source('input', name, [rows, 5]));
    const sums = graph.name('sums', runningSumOf(graph, x));
    const [back] = gradient(graph, graph.contract('bo,bo->', [sums, weights]), [x], { unnamed: true });
    graph.name('back', back);
    const [program] = engine.compile([compile(graph, [sums, back])]);
    program.view('x').set(Float64Array.from({ length: rows * 5 }, (_, i) => Math.sin(i)));
    program.view('weights').set(Float64Array.from({ length: rows * 5 }, (_, i) => (i % 5) + 1));
    program.run();
    return ['sums', 'back'].map((name) => Float64Array.from(program.view(name)));
  }

  test('the reference engine runs it, forward and back', () => {
    const [sums, back] = run(reference, 2);
    expect([...sums.slice(0, 3)]).toEqual([0, Math.sin(1), Math.sin(1) + Math.sin(2)]);
    // d/dx_i of the weighted sums is the sum of the weights from i on
    expect([...back.slice(5)]).toEqual([15, 14, 12, 9, 5]);
  });

  test.each([
    ['unrolled', 1e6],
    ['in loops', 0],
  ])('WebAssembly %s runs it, forward and back, to the same bits', (_name, unrollUpTo) => {
    expect(run(wasmEngine({ unrollUpTo }), 40)).toEqual(run(reference, 40));
  });

  const columns = [
    'engines/reference/kernels.ts',
    'engines/wasm/kernels.ts',
    'engines/wasm/scalars.ts',
    'formats/onnx/kernels.ts',
    'formats/typescript/kernels.ts',
  ];
  const sameName = new Set([...initializers.map(entryName), ...optimizers.map(entryName)]);

  /** Words of graphs that are not kernels: initial vectors and false pairs may be uniform, too. */
  const ofGraphs = new Set(['uniform']);

  test.each(kernels.map(({ name }) => name))('%s is in each column, and no other source names it', (name) => {
    const entries = filesWith(new RegExp(`^ +(?:name: )?['"]${name}['"],$`, 'm')).filter((file) =>
      file.startsWith('core/'),
    );
    expect(entries).toHaveLength(1);
    // a key of a column, or a name in quotes
    const naming = filesWith(new RegExp(`^  ${name}(:|\\(|,$)|['"]${name}['"]`, 'm')).filter(
      (file) =>
        !file.startsWith('core/ops/') &&
        !(sameName.has(name) && /^(net\/|index\.ts)/.test(file)) &&
        !(ofGraphs.has(name) && /^(cli\/)?graphs\//.test(file)),
    );
    expect(columns.filter((file) => !naming.includes(file))).toEqual([]);
    // the code that a column of WebAssembly calls may be in a file of that engine
    expect(naming.filter((file) => !columns.includes(file) && !file.startsWith('engines/wasm/'))).toEqual([]);
  });
});

describe('an option is one entry of the schema, and its consumer', () => {
  // all that is written for it, besides the code that reads it
  const stallRatio = z.optional(describeForm(z.number().check(z.gt(0)), 'stops when the loss falls by less than this'));
  const { training } = experimentSchema.shape;
  const { stop } = training.shape;
  const schema = z.extend(experimentSchema, { training: z.extend(training, { stop: z.extend(stop, { stallRatio }) }) });
  const json = z.toJSONSchema(schema, { unrepresentable: 'any' }) as Schema;
  const flags = flagsOfSchema(json);
  const flagFile = 'cli/flags/experiment-flags.ts';
  const experimentWith = (given: object) => ({
    network: { layers: [{ dense: 1 }] },
    data: { inputs: [[1]], targets: [[1]] },
    training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, stop: { epochs: 1, ...given } },
  });

  test('the JSON Schema has it, with its description', () => {
    expect(json.properties!.training.properties!.stop.properties!.stallRatio).toEqual({
      type: 'number',
      exclusiveMinimum: 0,
      description: 'stops when the loss falls by less than this',
    });
  });

  test('there is a flag, and a line of the help', () => {
    const path = ['training', 'stop', 'stallRatio'];
    expect(flags.find(({ name }) => name === 'stallRatio')).toMatchObject({ kind: 'number', path });
    expect(flags).toHaveLength(allFlags.length + 1);
    const command = addFlags(new Command('train'), flags);
    const help = command.helpInformation().replace(/\s+/g, ' ');
    expect(help).toContain('--stall-ratio <number> stops when the loss falls by less than this');
    command.parse(['--stall-ratio', '0.01'], { from: 'user' });
    expect(command.opts()).toEqual({ stallRatio: '0.01' });
  });

  test('the check of the experiment file knows it: its range, and its name when another is misspelt', () => {
    const check = (given: object) => checkAgainst(schema, experimentWith(given), 'experiment');
    expect(check({ stallRatio: 0.5 }).training.stop).toEqual({ epochs: 1, stallRatio: 0.5 });
    expect(() => check({ stallRatio: 0 })).toThrow('training.stop.stallRatio: 0 is not above 0');
    expect(() => check({ stalRatio: 1 })).toThrow('Did you mean "stallRatio"?');
    expect(() => checkAgainst(experimentSchema, experimentWith({ stallRatio: 1 }), 'experiment')).toThrow(
      'unknown key',
    );
  });

  test('no source names it, and a built-in option is named by the schema and by what reads it', () => {
    expect(filesWith(/\bstallRatio\b/)).toEqual([]);
    const namedBy = (name: string) => filesWith(new RegExp(`\\b${name}\\b`)).filter((file) => file !== 'net/schema.ts');
    // Parquet has deltas of its own
    expect(namedBy('minDelta').filter((file) => !file.startsWith('data/read/'))).toEqual([
      // the rules by which a page recognizes valid options without the schema; training-options.test.ts compares them with it
      'net/training-options.ts',
      'train/stop-rules.ts',
      // the same for the messages of workers
      'train/worker/messages.ts',
    ]);
    expect(namedBy('handleMissing')).toEqual([
      // the keys that a page recognizes without the schema; data-keys.test.ts compares them with it
      'train/data-keys.ts',
      'data/prepare/prepare.ts',
      'data/prepare/usable-rows.ts',
    ]);
    // flags are made from the schema; only those that choose a recipe are written by hand
    const handWritten = allFlags.filter(({ name }) => filesWith(new RegExp(`name: '${name}'`)).includes(flagFile));
    expect(handWritten.map(({ name }) => name)).toEqual([
      'hidden',
      'activation',
      'loss',
      'optimizer',
      'schedule',
      'scheduleWarmup',
    ]);
  });
});
