/**
 * Every engine gives the reference's bits: one suite for all of them. A new engine is a line in `contenders`, with a
 * way to verify that it took the steps itself.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fillUniform } from '../src/base/random.ts';
import { tensor } from '../src/base/tensor.ts';
import {
  add,
  argument,
  constant,
  div,
  type Formula,
  mul,
  neg,
  type Primitive,
  primitives,
} from '../src/core/formula.ts';
import { Graph, type Node } from '../src/core/graph.ts';
import { map, mapOf } from '../src/core/op.ts';
import { activations, linear, resolveActivation, sigmoid, softmax, tanh } from '../src/core/ops/activations.ts';
import type { Engine, Program } from '../src/engines/engine.ts';
import { reference } from '../src/engines/reference/index.ts';
import { type Products, wasmEngine } from '../src/engines/wasm/index.ts';
import type { Gemm } from '../src/engines/wasm/products.ts';
import { resolveTraining } from '../src/net/experiment.ts';
import { dense } from '../src/net/layers/dense.ts';
import { crossEntropy, halfMse, type Loss, losses, mse, resolveLoss } from '../src/net/losses.ts';
import { initialize, type Network, network } from '../src/net/network.ts';
import { adam, sgd } from '../src/net/optimizers.ts';
import type { TrainingJson } from '../src/net/schema.ts';
import { lossGraph, type StepRecipe, type StepSize, trainingStep } from '../src/net/step.ts';
import { compile, type Plan } from '../src/plan/plan.ts';
import { isLong, runs, sampled } from './runs.ts';

type Numbers = ArrayLike<number>;
type Exports = Readonly<Record<string, unknown>>;
declare const WebAssembly: { Instance: new (module: object, imports: object) => { readonly exports: Exports } };

interface Contender {
  readonly engine: Engine;
  /** The number of steps that it has taken itself so far. */
  taken(): number;
}

/** Counts the steps that generated modules take: every function `step…(times)` that an instance exports is wrapped. */
function countInModules(): () => number {
  let steps = 0;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class {
    readonly exports: Exports;
    constructor(module: object, imports: object) {
      const { memory, ...functions } = new Instance(module, imports).exports;
      const counted = Object.entries(functions).map(([name, step]) => [
        name,
        (times: number) => {
          steps += times;
          (step as (times: number) => void)(times);
        },
      ]);
      this.exports = { memory, ...Object.fromEntries(counted) };
    }
  };
  return () => steps;
}

const inModules = countInModules();

/** A product in the host, term by term in the reference's order: if the bits are right, so are the arguments. */
function inOrder(kind: Float64ArrayConstructor | Float32ArrayConstructor) {
  let calls = 0;
  const products: Products = {
    from: 0,
    outside: {
      data: undefined,
      bind(_, { buffer }) {
        const gemm: Gemm = (
          leftT,
          rightT,
          rows,
          columns,
          terms,
          left,
          leftStride,
          right,
          rightStride,
          result,
          stride,
        ) => {
          calls += 1;
          const numbers = new kind(buffer as ArrayBuffer);
          const at = (start: number, row: number, column: number, along: number, transposed: number) =>
            start / kind.BYTES_PER_ELEMENT + (transposed ? column * along + row : row * along + column);
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < columns; j++) {
              const to = at(result, i, j, stride, 0);
              numbers[to] = 0;
              for (let k = 0; k < terms; k++) {
                const a = numbers[at(left, i, k, leftStride, leftT)];
                numbers[to] += a * numbers[at(right, k, j, rightStride, rightT)];
              }
            }
          }
        };
        return { blas: { gemm: gemm as (...operands: number[]) => void } };
      },
    },
  };
  return { products, calls: () => calls };
}

const outside = inOrder(Float64Array);

const contenders: readonly Contender[] = [
  { engine: { ...wasmEngine({ unrollUpTo: Number.POSITIVE_INFINITY }), name: 'wasm, unrolled' }, taken: inModules },
  { engine: { ...wasmEngine({ unrollUpTo: 0 }), name: 'wasm, in loops' }, taken: inModules },
  {
    engine: {
      ...wasmEngine({ unrollUpTo: 0, products: outside.products }),
      name: 'wasm, with products by a function of the host',
    },
    taken: inModules,
  },
];

const plainRecipe: StepRecipe = {
  loss: mse,
  optimizer: sgd({ learningRate: 0.1 }),
  gradient: 'exact',
  update: 'simultaneous',
  l1: 0,
  l2: 0,
};

function uniforms(count: number, sequence: number, min = -2, max = 2): Float64Array {
  const out = new Float64Array(count);
  fillUniform(out, 1, 'check', sequence);
  return out.map((u) => min + (max - min) * u);
}

function targetsFor({ targets }: Loss, { batch, outputs }: StepSize): Float64Array {
  const drawn = uniforms(batch * outputs, 2);
  if (targets === 'any') return drawn;
  // one class for each row
  if (targets === 'probabilities')
    return drawn.map((_, i) => Number(i % outputs === Math.floor(i / outputs) % outputs));
  if ('values' in targets) return drawn.map((u) => targets.values[u > 0 ? 1 : 0]);
  const [min, max] = targets.range;
  return drawn.map((u) => min + ((max - min) * (u + 2)) / 4);
}

/** The differences of two programs of a plan in any bit of any named value; the payload of a NaN is ignored. */
function differences(plan: Plan, wanted: Program, got: Program): string[] {
  const found: string[] = [];
  for (const name of plan.names.keys()) {
    // an engine need not keep values that were not requested
    if (!got.has(name)) continue;
    const [a, b] = [wanted.view(name), got.view(name)];
    if (a.length !== b.length) found.push(`${name} has ${b.length} numbers, not ${a.length}`);
    for (let i = 0; i < a.length; i++) {
      if (!Object.is(a[i], b[i])) found.push(`${name}[${i}] is ${b[i]}, not ${a[i]}`);
    }
  }
  return found;
}

/**
 * The numbers that differ from the expected ones by more than an allowed error for each, NaN included. An `expect` for
 * each number would take most of the time.
 */
function beyond(wanted: Numbers, got: Numbers, allowed: (value: number) => number): string[] {
  const found: string[] = [];
  for (let i = 0; i < wanted.length; i++) {
    if (!(Math.abs(wanted[i] - got[i]) <= allowed(wanted[i]))) found.push(`[${i}] is ${got[i]}, not ${wanted[i]}`);
  }
  return found;
}

/** The program of a plan on an engine, with these numbers in it. */
function programFor(engine: Engine, plan: Plan, numbers: Readonly<Record<string, Numbers>>): Program {
  const [program] = engine.compile([plan]);
  fill(program, numbers);
  return program;
}

function fill(program: Program, numbers: Readonly<Record<string, Numbers>>) {
  for (const [name, values] of Object.entries(numbers)) {
    if (program.has(name) && program.view(name).length === values.length) program.view(name).set(values);
  }
}

/** Programs of the reference and of another engine, one of each for each plan, with the same numbers in them. */
function compileBoth(engine: Engine, plans: readonly Plan[], numbers: Readonly<Record<string, Numbers>>) {
  const [wanted, got] = [reference, engine].map((each) => each.compile(plans));
  for (const program of [...wanted, ...got]) fill(program, numbers);
  return plans.map((plan, i) => ({ plan, wanted: wanted[i], got: got[i] }));
}

function stepPlan(net: Network, recipe: StepRecipe, size: StepSize): Plan {
  const graph = trainingStep(net, recipe, size);
  const norm = graph.find('gradientNorm');
  return compile(graph, norm === undefined ? [graph.get('loss')] : [graph.get('loss'), norm]);
}

function startingNumbers(net: Network, { loss }: StepRecipe, size: StepSize): Record<string, Numbers> {
  const parameters = [...initialize(net, size.inputs)].map(([name, { data }]) => [name, data] as const);
  return {
    ...Object.fromEntries(parameters),
    'layers.0.input': uniforms(size.batch * size.inputs, 1),
    target: targetsFor(loss, size),
    sampleWeight: uniforms(size.batch, 3, 0, 2),
  };
}

const stepCount = runs(10, 50);

/**
 * Takes training steps on the reference and on every engine, compares every named value after each, and checks which
 * engine took the steps. The plan is compiled once, and the reference takes its steps once, for all engines.
 */
function compareSteps(net: Network, recipe: StepRecipe, size: StepSize, what: string) {
  const plan = stepPlan(net, recipe, size);
  const numbers = startingNumbers(net, recipe, size);
  const [wanted, ...others] = [reference, ...contenders.map(({ engine }) => engine)].map((each) =>
    programFor(each, plan, numbers),
  );
  for (let count = 1; count <= stepCount; count++) {
    takeStep(wanted, count);
    for (const [i, { engine, taken }] of contenders.entries()) {
      const before = taken();
      takeStep(others[i], count);
      const steps = taken() - before;
      if (steps !== 1) expect(steps, `${what}: steps taken by ${engine.name}`).toBe(1);
      const found = differences(plan, wanted, others[i]);
      if (found.length > 0) expect(found, `${engine.name}: ${what}, step ${count}`).toEqual([]);
    }
  }
  return { plan, loss: wanted.view('loss')[0] };
}

function takeStep(program: Program, count: number) {
  if (program.has('count')) program.view('count')[0] = count;
  program.run();
}

/** Activations, each with the losses that accept it: all in the long suite, some for each in the short one. */
const activationsAndLosses = activations.map(resolveActivation).map((activation, a) => ({
  activation,
  accepting: sampled(
    losses.map(resolveLoss).filter(({ takes }) => takes === undefined || takes.includes(activation.name)),
    3,
    a,
  ),
}));

const small = network([dense(2, { activation: tanh }), dense(2, { activation: sigmoid })]);
const smallSize: StepSize = { batch: 3, inputs: 2, outputs: 2 };

describe('every engine gives the bits of the reference', () => {
  test.each(activationsAndLosses)('$activation.name, under every loss that accepts it', ({ activation, accepting }) => {
    const net = network([dense(2, { activation }), dense(2, { activation })]);
    for (const loss of accepting) compareSteps(net, { ...plainRecipe, loss }, smallSize, loss.name);
    expect(accepting.length).toBeGreaterThan(runs(0, 4));
  });

  // every optimizer with every option, penalties and clipping; test/optimizers.test.ts checks that the list is complete
  test('every optimizer with every option, l1, l2, clipping by norm and by value', () => {
    const url = new URL('outside/optimizers.json', import.meta.url);
    const { cases } = JSON.parse(readFileSync(url, 'utf8')) as { cases: { training: TrainingJson }[] };
    for (const { training } of sampled(cases, 6)) {
      const { recipe } = resolveTraining({ ...training, stop: { epochs: 1 } });
      compareSteps(small, recipe, smallSize, JSON.stringify(training));
    }
  });

  test.each([
    ['sequential update', small, { update: 'sequential' }],
    ['sequential update by adam, penalized', small, { update: 'sequential', optimizer: adam(), l1: 0.01, l2: 0.1 }],
    ['averaged factors', small, { gradient: 'averagedFactors' }],
    ['averaged factors, sequential, penalized', small, { gradient: 'averagedFactors', update: 'sequential', l2: 0.1 }],
    ['averaged factors of a joint loss', softmaxNet(), { gradient: 'averagedFactors', loss: crossEntropy }],
    ['a layer that is not trained', partlyTrained(false), {}],
    ['weights trained, biases not', partlyTrained(['weight']), { optimizer: adam() }],
    ['nothing trained', network([dense(2, { trainable: false })]), {}],
    ['no biases', network([dense(2, { bias: false })]), { loss: halfMse }],
  ] as [string, Network, Partial<StepRecipe>][])('%s', (what, net, recipe) => {
    compareSteps(net, { ...plainRecipe, ...recipe }, smallSize, what);
  });

  const weightings = (['positive', 'someZero'] as const).flatMap((weights) =>
    [3, 70].map((batch) => ({ weights, batch })),
  );
  test.each(losses.map(resolveLoss).map((loss, i) => [loss.name, loss, i] as const))(
    'rows with weights under %s',
    (_, loss, i) => {
      const activation = activations.map(resolveActivation).find(({ name }) => name === (loss.takes ?? ['tanh'])[0])!;
      const net = network([dense(2, { activation: tanh }), dense(2, { activation })]);
      for (const { weights, batch } of sampled(weightings, 4, i)) {
        compareSteps(net, { ...plainRecipe, loss }, { ...smallSize, batch, weights }, `${batch}, ${weights}`);
      }
    },
  );

  test.each([1, 2, 5, 17])('a batch of %i', (batch) => {
    compareSteps(small, plainRecipe, { ...smallSize, batch }, `batch ${batch}`);
  });

  test('up to infinite numbers, and beyond', () => {
    const recipe = { ...plainRecipe, optimizer: sgd({ learningRate: 1e6 }) };
    const net = network([dense(2, { activation: linear }), dense(2)]);
    expect(compareSteps(net, recipe, smallSize, 'diverging').loss).toBeNaN();
  });
});

describe.each(contenders)('$engine.name gives the bits of the reference', ({ engine, taken }) => {
  test('plans compiled together share parameters and state; views stay valid', () => {
    const sizes = [4, 3, 6].map((batch) => ({ ...smallSize, batch }));
    const recipe = { ...plainRecipe, optimizer: adam({ learningRate: 0.05 }) };
    const graph = lossGraph(small, recipe, sizes[2]);
    const plans = [
      stepPlan(small, recipe, sizes[0]),
      stepPlan(small, recipe, sizes[1]),
      compile(graph, [graph.get('loss')]),
    ];
    const numbers = sizes.map((size) => startingNumbers(small, recipe, size));
    const both = compileBoth(engine, plans, numbers[0]);
    both.forEach(({ wanted, got }, i) => {
      for (const program of [wanted, got]) {
        for (const name of ['layers.0.input', 'target']) program.view(name).set(numbers[i][name]);
      }
    });
    const [large, , evaluation] = both.map(({ got }) => got);
    const held = large.view('layers.0.weight');
    const before = taken();
    for (let count = 1; count <= stepCount; count++) {
      for (const { plan, wanted, got } of both) {
        for (const program of [wanted, got]) {
          if (program.has('count')) program.view('count')[0] = count;
          program.run();
        }
        expect(differences(plan, wanted, got), `step ${count}`).toEqual([]);
      }
      expect(evaluation.view('layers.0.weight')).toEqual(held);
    }
    expect(taken() - before).toBe(3 * stepCount);
    // and all plans read what is written through a view
    held[0] = 42;
    for (const { got } of both) expect(got.view('layers.0.weight')[0]).toBe(42);
  });

  // around 1,000, where wasm divides long runs
  test.each([0, 1, 2, 999, 1000, 1001, 2500])('run(%i) is that many runs', (times) => {
    const plan = stepPlan(small, plainRecipe, smallSize);
    const numbers = startingNumbers(small, plainRecipe, smallSize);
    const [{ wanted, got }] = compileBoth(engine, [plan], numbers);
    for (let t = 0; t < times; t++) wanted.run();
    const before = taken();
    got.run(times);
    expect(differences(plan, wanted, got)).toEqual([]);
    expect(taken() - before).toBe(times);
    const [all] = compileBoth(engine, [plan], numbers).map((both) => both.wanted);
    all.run(times);
    expect(differences(plan, wanted, all)).toEqual([]);
  });

  test.each(Object.keys(primitives) as Primitive[])('the primitive %s, for all combinations of hard values', (name) => {
    const arity = primitives[name].length;
    const columns = combinations(hard, arity);
    const graph = new Graph();
    const args = columns.map((_, i) => graph.source('input', `argument ${i}`, [columns[i].length]));
    const operands = args.map((_, i) => argument(i));
    graph.name('value', graph.map(mapOf(name, { kind: 'apply', primitive: name, operands }, arity), args));
    compareOnce(graph, Object.fromEntries(columns.map((values, i) => [`argument ${i}`, values])));
  });

  test('exp at 5,000 points of its whole range', () => {
    const graph = new Graph();
    const exponents = graph.source('input', 'x', [5000]);
    graph.name(
      'e^x',
      graph.map(mapOf('exp', { kind: 'apply', primitive: 'exp', operands: [argument(0)] }, 1), [exponents]),
    );
    compareOnce(graph, { x: uniforms(5000, 3, -760, 720) });
  });

  test('a sum of 8,000 products, in order; a formula 400 deep; constants 0 and -0', () => {
    const graph = new Graph();
    const [a, b] = ['a', 'b'].map((name) => graph.source('input', name, [8000]));
    graph.name('sum', graph.contract('i,i->', [a, b]));
    const deep = map('deep', {
      f: (x, y) => Array.from({ length: 400 }).reduce<typeof x>((f) => add(mul(f, y), x), x),
      d: () => [constant(0), constant(0)],
    });
    const short = graph.constant(tensor([3], [0.5, -0.9, 0.999]));
    graph.name('deep', graph.map(deep, [short, short]));
    graph.name(
      '1/x',
      graph.map(map('1/x', { f: (x) => add(div(x, constant(0)), div(neg(x), constant(-0))) }), [short]),
    );
    compareOnce(graph, { a: uniforms(8000, 4), b: uniforms(8000, 5) });
  });

  test('updates read values from before all of them: two states swap; of two updates of one state, the last one counts', () => {
    const graph = new Graph();
    const [a, b, c] = ['a', 'b', 'c'].map((name, i) => graph.source('state', name, [2], i + 1));
    const copy = map('copy', { f: (x) => x });
    const double = map('double', { f: (x) => mul(2, x) });
    graph.update(a, graph.map(copy, [b]));
    graph.update(b, graph.map(copy, [a]));
    graph.update(c, graph.map(copy, [c]));
    graph.update(c, graph.name('twice', graph.map(double, [c])));
    const [{ plan, wanted, got }] = compileBoth(engine, [compile(graph, 'all')], {});
    wanted.run(3);
    got.run(3);
    expect(differences(plan, wanted, got)).toEqual([]);
    expect(['a', 'b', 'c', 'twice'].map((name) => got.view(name)[1])).toEqual([2, 1, 24, 24]);
  });

  /** Compares one run of a graph, everything kept. */
  function compareOnce(graph: Graph, numbers: Readonly<Record<string, Numbers>>) {
    const [{ plan, wanted, got }] = compileBoth(engine, [compile(graph, 'all')], numbers);
    const before = taken();
    wanted.run();
    got.run();
    expect(differences(plan, wanted, got)).toEqual([]);
    expect(taken() - before).toBe(1);
  }
});

test('products were computed by the function of the host', () => {
  // the products of every step: at least three, forward and backward
  expect(outside.calls()).toBeGreaterThan(runs(1_000, 10_000));
});

describe('fast arithmetic in float64', () => {
  test.each(isLong ? [5, 29] : [29])(
    'every optimizer, ten steps of a 6-%i-3 network: to 1e-12 of the reference',
    (width) => {
      const net = network([dense(width, { activation: tanh }), dense(3, { activation: softmax })]);
      const size = { batch: 17, inputs: 6, outputs: 3 };
      const url = new URL('outside/optimizers.json', import.meta.url);
      const { cases } = JSON.parse(readFileSync(url, 'utf8')) as { cases: { training: TrainingJson }[] };
      let others = 0;
      const tried = sampled(cases, 6);
      for (const { training } of tried) {
        const { recipe: given } = resolveTraining({ ...training, stop: { epochs: 1 } });
        const recipe = { ...given, loss: crossEntropy };
        const [{ plan, wanted, got }] = compileBoth(
          wasmEngine({ unrollUpTo: 0, arithmetic: 'fast' }),
          [stepPlan(net, recipe, size)],
          startingNumbers(net, recipe, size),
        );
        for (let count = 1; count <= 10; count++) {
          for (const program of [wanted, got]) {
            if (program.has('count')) program.view('count')[0] = count;
            program.run();
          }
        }
        for (const name of ['loss', 'gradientNorm', 'layers.0.weight', 'layers.1.bias']) {
          const far = beyond(wanted.view(name), got.view(name), (value) => 1e-12 * Math.max(1, Math.abs(value)));
          expect(far, `${name} under ${JSON.stringify(training)}`).toEqual([]);
        }
        if (differences(plan, wanted, got).length > 0) others += 1;
      }
      // softmax divides by the sum of a row: the last bits show that it used the reciprocal
      expect(others).toBeGreaterThan(tried.length / 2);
    },
  );
});

function softmaxNet(): Network {
  return network([dense(3, { activation: tanh }), dense(2, { activation: softmax })]);
}

function partlyTrained(trainable: boolean | string[]): Network {
  return network([dense(2, { activation: tanh, trainable }), dense(2)]);
}

/** Limits of the exponential's cases, zeros, subnormals, infinities and NaN. */
const hard = [
  ...[
    0,
    5e-324,
    2.2250738585072014e-308,
    1e-17,
    0.34657359027997264,
    0.5,
    1,
    2,
    1.7976931348623157e308,
    Infinity,
  ].flatMap((x) => [x, -x]),
  ...[709.782712893384, 709.7827128933841, -708.3964185322642, -745.1332191019411, -745.1332191019412, -746, 30.5, NaN],
];

/** The inputs `x0`, `x1` … of the letters. */
const sourcesFor = (letters: string, graph: Graph, lengths: ReadonlyMap<string, number>) =>
  letters
    .split('->')[0]
    .split(',')
    .map((axes, i) =>
      graph.source(
        'input',
        `x${i}`,
        [...axes].map((letter) => lengths.get(letter)!),
      ),
    );

/** Runs programs once with the same numbers, which float32 represents exactly. */
function fillAndRun(sources: readonly Node[], programs: readonly Program[], seed: number) {
  sources.forEach(({ shape }, i) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const numbers = uniforms(count, seed + i, -1, 1).map(Math.fround);
    for (const program of programs) program.view(`x${i}`).set(numbers);
  });
  for (const program of programs) program.run();
}

/** Sizes around every limit: of a vector in float64 and float32, of a tile's rows, of a panel; 1, and odd sizes. */
const edges = [1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17];

describe('products, sums and maps of sizes around every limit', () => {
  /** Each graph is built and compiled once, and the reference runs it once, for all of these. */
  const variants = [
    ['float64', { unrollUpTo: 0 }],
    ['float32', { unrollUpTo: 0, precision: 'float32' }],
    ['float64 by a function of the host', { unrollUpTo: 0, products: outside.products }],
    [
      'float32 by a function of the host',
      { unrollUpTo: 0, precision: 'float32', products: inOrder(Float32Array).products },
    ],
    ['float32, fast', { unrollUpTo: 0, precision: 'float32', arithmetic: 'fast' }],
  ] as const;
  const seed = 5;
  const drawn = new Float64Array(3 * 400);
  fillUniform(drawn, seed, 'check', 9);
  const size = (i: number) => edges[Math.floor(drawn[i] * edges.length)] + (drawn[i] > 0.97 ? 60 : 0);

  /**
   * Compares every variant with the reference: in float64 bit by bit. In float32 the largest error of a sum of n terms is
   * n + 1 roundings of at most 2^-24 each, of its largest term.
   */
  function compareVariants(
    plan: Plan,
    sources: readonly Node[],
    turn: number,
    { roundings, scale, merge }: { readonly roundings: number; readonly scale: number; readonly merge: boolean },
  ) {
    const [wanted] = reference.compile([plan]);
    const programs = variants.map(
      ([, options]) => wasmEngine({ ...options, ...(!merge && { passes: { merge } }) }).compile([plan])[0],
    );
    fillAndRun(sources, [wanted, ...programs], turn);
    for (const [i, [variant]] of variants.entries()) {
      const isExact = variant.startsWith('float64');
      const far = isExact
        ? differences(plan, wanted, programs[i])
        : [...plan.names.keys()]
            .filter((name) => programs[i].has(name))
            .flatMap((name) => beyond(wanted.view(name), programs[i].view(name), () => roundings * 2 ** -24 * scale));
      expect(far, `${variant}, turn ${turn}`).toEqual([]);
    }
  }

  test.each([
    'bi,io->bo',
    'bo,bi->io',
    'bo,io->bi',
    'o,i->io',
    'io,o->i',
    'bo->o',
    'bk->b',
    'bk->',
    'bk,bk->',
    'bk,kb->',
    'abi,io->abo',
    'abi,abo->io',
    'bi,io->ob',
  ])('%s', (letters) => {
    for (let turn = 0; turn < runs(5, 40); turn++) {
      const lengths = new Map([...'abiok'].map((letter, k) => [letter, size(5 * turn + k)]));
      const graph = new Graph();
      const sources = sourcesFor(letters, graph, lengths);
      const value = graph.name('value', graph.contract(letters, sources));
      // a second output: the kernel must not write beyond the first
      const beside = graph.name('beside', graph.contract(letters, sources));
      let terms = 1;
      for (const letter of new Set(letters.replace(/[^a-z]/g, ''))) {
        if (!letters.split('->')[1].includes(letter)) terms *= lengths.get(letter)!;
      }
      compareVariants(compile(graph, [value, beside]), sources, turn, {
        roundings: terms + 1,
        scale: terms,
        merge: false,
      });
    }
  });

  test.each([
    'bo,o,->bo',
    'bo,b,->bo',
    'bo,o->bo',
    'bo,b->bo',
    'bo,bo,o->bo',
    'bo,ob->bo',
    'bo,->bo',
    'abo,bo->abo',
    'abo,ao->abo',
    'b,o->bo',
  ])('maps over %s', (letters) => {
    for (let turn = 0; turn < runs(5, 40); turn++) {
      const lengths = new Map([...'abo'].map((letter, k) => [letter, size(600 + 3 * turn + k)]));
      const graph = new Graph();
      const sources = sourcesFor(letters, graph, lengths);
      const sum = sources.map((_, i) => argument(i)).reduce<Formula>((a, b) => add(mul(a, 2), b), constant(0.5));
      const value = graph.map(mapOf('sum', sum, sources.length), sources, letters);
      const twice = graph.map(map('twice', { f: (x) => add(x, x) }), [value]);
      graph.name('value', value);
      graph.name('twice', twice);
      compareVariants(compile(graph, [value, twice]), sources, turn, { roundings: 8, scale: 16, merge: true });
    }
  });
});

describe('float32', () => {
  const options = { precision: 'float32' } as const;

  // a step is a few dozen roundings deep: 100 of them, of 2^-24 of the largest number there is, leave room for gradients
  test.each(activationsAndLosses)(
    'a step of $activation.name, under every loss that accepts it',
    ({ activation, accepting }) => {
      const net = network([dense(5, { activation }), dense(2, { activation })]);
      for (const loss of accepting) {
        const recipe = { ...plainRecipe, loss };
        const size = { ...smallSize, batch: 5 };
        for (const unrollUpTo of [0, Number.POSITIVE_INFINITY]) {
          const engine = wasmEngine({ ...options, unrollUpTo });
          const [{ wanted, got }] = compileBoth(
            engine,
            [stepPlan(net, recipe, size)],
            startingNumbers(net, recipe, size),
          );
          wanted.run();
          got.run();
          for (const name of ['loss', 'gradientNorm', 'layers.0.weight', 'layers.1.weight']) {
            const [a, b] = [wanted.view(name), got.view(name)];
            const largest = Math.max(1, ...a.map(Math.abs), wanted.view('loss')[0]);
            expect(
              beyond(a, b, () => 100 * 2 ** -24 * largest),
              `${loss.name} ${name}`,
            ).toEqual([]);
          }
        }
      }
    },
  );

  test('every optimizer: the bias corrections are computed in float64', () => {
    const url = new URL('outside/optimizers.json', import.meta.url);
    const { cases } = JSON.parse(readFileSync(url, 'utf8')) as { cases: { training: TrainingJson }[] };
    for (const { training } of sampled(cases, 6, 1)) {
      const { recipe } = resolveTraining({ ...training, stop: { epochs: 1 } });
      const [{ wanted, got }] = compileBoth(
        wasmEngine(options),
        [stepPlan(small, recipe, smallSize)],
        startingNumbers(small, recipe, smallSize),
      );
      for (const program of [wanted, got]) {
        if (program.has('count')) program.view('count')[0] = 1;
        program.run();
      }
      for (const name of ['layers.0.weight', 'layers.1.weight']) {
        expect(
          beyond(wanted.view(name), got.view(name), () => 1e-5),
          JSON.stringify(training),
        ).toEqual([]);
      }
    }
  });
});

/** All combinations of one value for each argument, as one column for each argument. */
function combinations(values: readonly number[], arity: number): number[][] {
  // a third argument would give 20,000 of them, so every third value is used
  const list = arity > 2 ? values.filter((_, i) => i % 3 === 0) : values;
  const count = list.length ** arity;
  return Array.from({ length: arity }, (_, column) =>
    Array.from({ length: count }, (_, i) => list[Math.floor(i / list.length ** column) % list.length]),
  );
}

test('in float32, a decaying state becomes 0 before it is subnormal; NaN stays NaN', () => {
  const graph = new Graph();
  const state = graph.source(
    'state',
    'mean',
    [9],
    tensor([9], [1, -1, 2 ** -126, -(2 ** -126), 2 ** -125, 0, NaN, Infinity, 3]),
  );
  const halved = map('halved', { f: (x) => mul(0.5, x) });
  graph.update(state, graph.map(halved, [state]));
  const [program] = wasmEngine({ precision: 'float32', unrollUpTo: 0 }).compile([compile(graph, [])]);
  program.run();
  expect([...program.view('mean')]).toEqual([0.5, -0.5, 0, 0, 2 ** -126, 0, NaN, Infinity, 1.5]);
  program.run(200);
  expect([...program.view('mean')]).toEqual([0, 0, 0, 0, 0, 0, NaN, Infinity, 0]);
});
