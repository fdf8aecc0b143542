import { describe, expect, test } from 'vitest';
import { fillUniform } from '../base/random.ts';
import { fromRows } from '../base/tensor.ts';
import { argument, differentiate, evaluate, type Formula } from '../core/formula.ts';
import {
  type Activation,
  activations,
  linear,
  relu,
  resolveActivation,
  sigmoid,
  softmax,
  tanh,
} from '../core/ops/activations.ts';
import type { Program } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { mazur, page, problemOf } from '../explain/fixtures.ts';
import { compile } from '../plan/plan.ts';
import type { Layer } from './layer.ts';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import { binaryCrossEntropy, crossEntropy, halfMse, type Loss, losses, mse, resolveLoss } from './losses.ts';
import { initialize, network } from './network.ts';
import { adam, sgd } from './optimizers.ts';
import type { Problem } from './problem.ts';
import { lossGraph, outputGraph, type StepRecipe, trainingStep } from './step.ts';
import { assemble } from './training.ts';

/** A problem on the reference engine, with everything that its step computes to be looked at. */
function start(problem: Problem): Program & { at(name: string): number[] } {
  const { inputs, targets } = problem;
  const [batch, width] = inputs.shape;
  const graph = trainingStep(problem.network, problem.recipe, { batch, inputs: width, outputs: targets.shape[1] });
  const [program] = reference.compile([compile(graph, 'all')]);
  for (const [name, { data }] of problem.parameters) program.view(name).set(data);
  program.view('layers.0.input').set(inputs.data);
  program.view('target').set(targets.data);
  return Object.assign(program, { at: (name: string) => [...program.view(name)] });
}

/** The loss with the weights as they are, before any further update. */
function lossAfter(program: Program): number {
  program.run();
  return program.view('loss')[0];
}

/** Numbers as printed: each within half a unit of its last digit. */
const printed = (...texts: string[]) => texts.map((text) => expect.closeTo(Number(text), text.split('.')[1].length));

describe("the textbook page's step: the true gradient", () => {
  const step = start(page());
  step.run();

  test('forward pass and error', () => {
    expect(step.at('layers.0.output')).toEqual(printed('2.4', '1.8', '0.75', '1.2', '1.35', '1.4'));
    expect(step.at('layers.1.sum')).toEqual(printed('2.28', '0.84', '1.36'));
    expect(step.at('layers.1.output')).toEqual(printed('0.907', '0.698', '0.796'));
    expect(step.at('loss')).toEqual(printed('0.048856'));
    // E before and after; the contract's sample output has all its digits
    expect(step.at('loss')).toEqual([0.04885599223002374]);
  });

  test('gradients and weights after one update', () => {
    expect(step.at('gradient(layers.1.weight)')[0]).toEqual(printed('0.059262')[0]);
    expect(step.at('gradient(layers.0.weight)')[0]).toEqual(printed('0.078678')[0]);
    expect(step.at('layers.1.weight')).toEqual(printed('0.770369', '0.169209'));
    expect(step.at('layers.0.weight')).toEqual(
      printed('0.110661', '0.190165', '0.581559', '0.295390', '0.277535', '0.494384'),
    );
  });

  test('the error after the update; it is below 1e-30 after 1,949 updates, and not before', () => {
    const again = start(page());
    again.run();
    expect([lossAfter(again)]).toEqual(printed('0.040227'));
    // the update that shows the loss is the next one: two are made
    again.run(1946);
    expect(lossAfter(again)).toBeGreaterThan(1e-30);
    expect(lossAfter(again)).toBeLessThan(1e-30);
  });
});

describe("the textbook page's step: its own rule, averaged factors", () => {
  const step = start(page({ gradient: 'averagedFactors' }));
  step.run();

  test('the error before is the same', () => {
    expect(step.at('loss')).toEqual([0.04885599223002374]);
  });

  test('the five factors of the page', () => {
    expect(step.at('factor(loss, layers.1.output[mean])')).toEqual(printed('0.2938'));
    expect(step.at('factor(layers.1.output[mean], layers.1.sum[mean])')).toEqual(printed('0.1524'));
    // ds/dw1 and dh1/dv11 are the mean inputs of their layers, ds/dh1 is a weight
    expect(step.at('layers.1.input[mean]')[0]).toBeCloseTo(1.5, 15);
    expect([...page().parameters.get('layers.1.weight')!.data][0]).toBe(0.8);
    expect(step.at('layers.0.input[mean]')[0]).toBe(2);
  });

  test('gradients, and weights after one update', () => {
    expect(step.at('gradient(layers.1.weight)')[0]).toEqual(printed('0.067183')[0]);
    expect(step.at('gradient(layers.0.weight)')[0]).toEqual(printed('0.071662')[0]);
    expect(step.at('layers.1.weight')).toEqual(printed('0.76641', '0.16716'));
    expect(step.at('layers.0.weight')).toEqual(
      printed('0.11417', '0.19104', '0.57611', '0.29403', '0.27611', '0.49403'),
    );
  });

  test('the error after the update, and its limit: 0.0025866', () => {
    const again = start(page({ gradient: 'averagedFactors' }));
    again.run();
    expect([lossAfter(again)]).toEqual(printed('0.039889'));
    again.run(1947);
    const level = lossAfter(again);
    expect([level]).toEqual(printed('0.0025866'));
    again.run(10_000);
    expect(lossAfter(again)).toBeCloseTo(level, 15);
  });
});

describe("Mazur's step", () => {
  test('simultaneous updates give his weights; the loss after is 0.291027773694', () => {
    const step = start(mazur());
    expect(lossAfter(step)).toEqual(printed('0.298371109')[0]);
    // stored [in, out]: w5 and w7 are the first row
    expect(step.at('layers.1.weight')).toEqual(printed('0.35891648', '0.511301270', '0.408666186', '0.561370121'));
    expect(step.at('layers.0.weight')).toEqual(printed('0.149780716', '0.24975114', '0.19956143', '0.29950229'));
    expect(lossAfter(step)).toEqual(printed('0.291027773694')[0]);
    // his 0.0000351085 is after 9,999 updates, two of which were made
    step.run(9997);
    expect(lossAfter(step)).toEqual(printed('0.0000351085')[0]);
    expect(lossAfter(step)).not.toEqual(printed('0.0000351085')[0]);
  });

  test('sequential updates give his loss after one update, and his outputs after 10,000', () => {
    const step = start(mazur({ update: 'sequential' }));
    step.run();
    // the last layer's weights are those of simultaneous updates
    expect(step.at('layers.1.weight')).toEqual(printed('0.35891648', '0.511301270', '0.408666186', '0.561370121'));
    expect(lossAfter(step)).toEqual(printed('0.291027924')[0]);
    step.run(9999);
    expect(step.at('layers.1.output')).toEqual(printed('0.015912196', '0.984065734'));
  });

  test('biases that are not trained do not change', () => {
    const step = start(mazur());
    step.run(100);
    expect([step.at('layers.0.bias'), step.at('layers.1.bias')]).toEqual([
      [0.35, 0.35],
      [0.6, 0.6],
    ]);
  });
});

test("scikit-learn's test_fit: the right numbers after one step", () => {
  const step = start(
    problemOf({
      network: {
        inputs: 3,
        layers: [
          {
            dense: 2,
            activation: 'sigmoid',
            weight: [
              [0.1, 0.2],
              [0.3, 0.1],
              [0.5, 0],
            ],
            bias: [0.1, 0.1],
          },
          { dense: 1, activation: 'sigmoid', weight: [[0.1], [0.2]], bias: [1] },
        ],
      },
      data: { inputs: [[0.6, 0.8, 0.7]], targets: [[0]] },
      training: {
        loss: 'binaryCrossEntropy',
        optimizer: { name: 'sgd', learningRate: 0.1 },
        l2: 0.1,
        stop: { epochs: 1 },
      },
    }),
  );
  step.run();
  expect(step.at('layers.0.weight')).toEqual(
    printed('0.098', '0.1957545', '0.2956657', '0.0960061', '0.4938325', '-0.0026197'),
  );
  expect(step.at('layers.0.bias')).toEqual(printed('0.0983321', '0.09626'));
  expect(step.at('layers.1.weight')).toEqual(printed('0.0470121', '0.1540292'));
  expect(step.at('layers.1.bias')).toEqual(printed('0.9235'));
});

/** A small network and three rows, all numbers drawn. */
interface Setting {
  readonly layers: readonly Layer[];
  readonly inputs?: number;
  readonly rows?: number;
  readonly seed?: number;
  readonly training?: Partial<Parameters<typeof assemble>[0]>;
}

function setting({ layers, inputs = 3, rows = 3, seed = 1, training = {} }: Setting): Problem {
  const net = network(layers, { inputs, seed });
  const { recipe } = assemble({ loss: mse, optimizer: sgd({ learningRate: 0.5 }), stop: { epochs: 1 }, ...training });
  const outputs = layers.at(-1)!.shape([1])[0];
  const draw = (count: number, sequence: number) => {
    const out = new Float64Array(count);
    fillUniform(out, seed, 'check', sequence);
    return out;
  };
  const drawn = draw(rows * outputs, 1);
  const targets = drawn.map((u, i) => {
    const kind = recipe.loss.targets;
    if (kind === 'any') return 2 * u - 1;
    if (kind === 'probabilities')
      return u / drawn.slice(i - (i % outputs), i - (i % outputs) + outputs).reduce((a, b) => a + b);
    return 'range' in kind ? u : u < 0.5 ? -1 : 1;
  });
  const parameters = [...initialize(net, inputs)].map(([name, { shape, data }], i) => {
    const fresh = draw(data.length, 2 + i).map((u) => 2 * u - 1);
    return [name, { shape, data: fresh }] as const;
  });
  return {
    network: net,
    parameters: new Map(parameters),
    inputs: { shape: [rows, inputs], data: draw(rows * inputs, 0).map((u) => 4 * u - 2) },
    targets: { shape: [rows, outputs], data: targets },
    recipe,
    batchSize: 'full',
    shuffle: false,
    symbols: {},
  };
}

const twoLayers = [dense(4, { activation: tanh }), dense(2, { activation: sigmoid })];
const names = ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias'];
/** A few roundings of numbers of about 1. */
const close = (numbers: Iterable<number>) => Array.from(numbers, (x) => expect.closeTo(x, 14));

describe('penalties', () => {
  const plain = start(setting({ layers: twoLayers }));
  plain.run();
  const both = setting({ layers: twoLayers, training: { l1: 0.03, l2: 0.2 } });
  const step = start(both);
  step.run();
  const weights = [...both.parameters].filter(([name]) => name.endsWith('weight')).flatMap(([, { data }]) => [...data]);

  test('l1·Σ|w| and l2/2·Σw² over weights, not biases, are added to the loss', () => {
    const l1 = weights.reduce((sum, w) => sum + Math.abs(w), 0);
    const l2 = weights.reduce((sum, w) => sum + w * w, 0);
    expect(step.at('loss.penalty')).toEqual(close([0.03 * l1 + 0.1 * l2]));
    expect(step.at('loss.data')).toEqual(plain.at('loss'));
    expect(step.at('loss')).toEqual(close([step.at('loss.data')[0] + step.at('loss.penalty')[0]]));
  });

  test('the gradients of weights gain l1·sign(w) + l2·w, and those of biases gain nothing', () => {
    for (const [name, { data }] of both.parameters) {
      const without = plain.at(`gradient(${name})`);
      const want = name.endsWith('bias')
        ? without
        : without.map((g, i) => g + 0.03 * Math.sign(data[i]) + 0.2 * data[i]);
      expect(step.at(`gradient(${name})`), name).toEqual(close(want));
    }
  });

  test('l1 does not move a weight of 0', () => {
    const zero = setting({ layers: [dense(1, { weight: [[0]], bias: false })], inputs: 1, training: { l1: 0.5 } });
    const problem = {
      ...zero,
      parameters: initialize(zero.network, 1),
      inputs: fromRows([[0]], 'x'),
      targets: fromRows([[1]], 't'),
    };
    const step = start(problem);
    step.run();
    expect(step.at('layers.0.weight')).toEqual([0]);
  });

  test('averaged factors get the whole penalty too', () => {
    const averaged = { gradient: 'averagedFactors' } as const;
    const [without, withPenalties] = [averaged, { ...averaged, l1: 0.03, l2: 0.2 }].map((training) => {
      const step = start(setting({ layers: twoLayers, training }));
      step.run();
      return step;
    });
    for (const [name, { data }] of both.parameters) {
      const g = without.at(`gradient(${name})`);
      const want = name.endsWith('bias') ? g : g.map((x, i) => x + 0.03 * Math.sign(data[i]) + 0.2 * data[i]);
      expect(withPenalties.at(`gradient(${name})`), name).toEqual(close(want));
    }
  });

  test('the loss of rows without penalties is that of the data', () => {
    const size = { batch: 3, inputs: 3, outputs: 2 };
    const evaluateWith = (recipe: Pick<StepRecipe, 'loss' | 'l1' | 'l2'>) => {
      const graph = lossGraph(both.network, recipe, size);
      const [program] = reference.compile([compile(graph, [graph.get('loss')])]);
      for (const [name, { data }] of both.parameters) program.view(name).set(data);
      program.view('layers.0.input').set(both.inputs.data);
      program.view('target').set(both.targets.data);
      program.run();
      return [...program.view('loss')];
    };
    expect(evaluateWith({ ...both.recipe, l1: 0, l2: 0 })).toEqual(plain.at('loss'));
    expect(evaluateWith(both.recipe)).toEqual(step.at('loss'));
  });
});

describe('clipping', () => {
  const penalties = { l1: 0.03, l2: 0.2 };
  const free = start(setting({ layers: twoLayers, training: penalties }));
  const { parameters } = setting({ layers: twoLayers, training: penalties });
  free.run();
  const gradients = new Map(names.map((name) => [name, free.at(`gradient(${name})`)]));
  const norm = Math.hypot(...[...gradients.values()].flat());

  /** The update of 0.5 times each clipped gradient. */
  function expectUpdate(step: ReturnType<typeof start>, clip: (g: number) => number) {
    for (const [name, { data }] of parameters) {
      const want = gradients.get(name)!.map((g, i) => data[i] - 0.5 * clip(g));
      expect(step.at(name), name).toEqual(close(want));
    }
  }
  const clipped = (training: Setting['training']) => {
    const step = start(setting({ layers: twoLayers, training: { ...penalties, ...training } }));
    step.run();
    return step;
  };

  test('the norm is that of all gradients together, penalties included, before clipping', () => {
    expect(free.at('gradientNorm')).toEqual(close([norm]));
    expect(clipped({ clipNorm: 0.1, clipValue: 0.01 }).at('gradientNorm')).toEqual(close([norm]));
  });

  test('by norm: all gradients are multiplied by c/(‖g‖ + 1e-6) if that is below 1', () => {
    expectUpdate(clipped({ clipNorm: 0.1 }), (g) => (g * 0.1) / (norm + 1e-6));
    // PyTorch's 1e-6: a norm of exactly c is shortened
    expectUpdate(clipped({ clipNorm: norm }), (g) => (g * norm) / (norm + 1e-6));
  });

  test('by norm: shorter gradients keep every bit', () => {
    const step = clipped({ clipNorm: 2 * norm });
    for (const name of names) expect(step.at(name)).toEqual(free.at(name));
  });

  test('by value: each element within ±c', () => {
    expectUpdate(clipped({ clipValue: 0.05 }), (g) => Math.max(-0.05, Math.min(0.05, g)));
    expect([...gradients.values()].flat().some((g) => Math.abs(g) > 0.05)).toBe(true);
    expect([...gradients.values()].flat().some((g) => Math.abs(g) < 0.05)).toBe(true);
  });

  test('by norm first, then by value', () => {
    const scale = 0.1 / (norm + 1e-6);
    expectUpdate(clipped({ clipNorm: 0.1, clipValue: 0.03 }), (g) => Math.max(-0.03, Math.min(0.03, g * scale)));
  });

  test("the optimizer's own decay comes after it", () => {
    const optimizer = sgd({ learningRate: 0.5, weightDecay: 0.4 });
    const step = clipped({ clipNorm: 0.1, optimizer });
    for (const [name, { data }] of parameters) {
      const want = gradients.get(name)!.map((g, i) => data[i] - 0.5 * ((g * 0.1) / (norm + 1e-6) + 0.4 * data[i]));
      expect(step.at(name), name).toEqual(close(want));
    }
  });
});

describe('what is trained', () => {
  const changed = (layers: readonly Layer[], training: Setting['training'] = {}) => {
    const problem = setting({ layers, training });
    const step = start(problem);
    step.run();
    return [...problem.parameters]
      .filter(([name, { data }]) => step.at(name).some((w, i) => w !== data[i]))
      .map(([name]) => name);
  };
  const frozen = (trainable?: boolean | string[]) => [
    dense(4, { activation: tanh, trainable }),
    dense(2, { activation: sigmoid }),
  ];

  test.each(['exact', 'averagedFactors'] as const)(
    '%s: all parameters, all but one layer, one tensor of a layer',
    (gradient) => {
      expect(changed(frozen(), { gradient })).toEqual(names);
      expect(changed(frozen(false), { gradient })).toEqual(['layers.1.weight', 'layers.1.bias']);
      expect(changed(frozen(['weight']), { gradient })).toEqual([names[0], names[2], names[3]]);
      expect(changed(frozen(['bias']), { gradient, update: 'sequential' })).toEqual([names[1], names[2], names[3]]);
    },
  );

  test('the gradient passes through a frozen layer to the layers before it', () => {
    const layers = [dense(4, { activation: tanh }), dense(2, { activation: sigmoid, trainable: false })];
    const [free, step] = [twoLayers, layers].map((layers) => {
      const step = start(setting({ layers }));
      step.run();
      return step;
    });
    expect(step.at('layers.0.weight')).toEqual(free.at('layers.0.weight'));
  });

  test('if all layers are frozen, a step has a loss and changes nothing', () => {
    for (const gradient of ['exact', 'averagedFactors'] as const) {
      const layers = [dense(2, { activation: sigmoid, trainable: false })];
      expect(changed(layers, { gradient })).toEqual([]);
      const step = start(setting({ layers, training: { gradient } }));
      step.run();
      expect(step.at('loss')[0]).toBeGreaterThan(0);
      expect(step.has('gradientNorm')).toBe(false);
    }
  });
});

/** The contract's rule in plain code: a dense network's δ̄ by layer, and from them its gradients. */
function averagedByHand(problem: Problem): Map<string, number[]> {
  const { parameters, recipe } = problem;
  const [m, width] = problem.inputs.shape;
  const rowsOf = (data: ArrayLike<number>, columns: number) =>
    Array.from({ length: data.length / columns }, (_, r) =>
      Array.from({ length: columns }, (_, c) => data[r * columns + c]),
    );
  const derivative = ({ map }: Activation) => differentiate(map!.formula, 0);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const column = (rows: number[][], c: number) => rows.map((row) => row[c]);

  const inputs: number[][][] = [];
  const sums: number[][][] = [];
  let current = rowsOf(problem.inputs.data, width);
  const weights = problem.network.layers.map((layer, l) =>
    rowsOf(parameters.get(`layers.${l}.weight`)!.data, layer.shape([0])[0]),
  );
  problem.network.layers.forEach((layer, l) => {
    const bias = parameters.get(`layers.${l}.bias`)?.data;
    inputs.push(current);
    sums.push(
      current.map((row) =>
        Array.from({ length: layer.shape([0])[0] }, (_, o) =>
          row.reduce((sum, x, i) => sum + x * weights[l][i][o], bias?.[o] ?? 0),
        ),
      ),
    );
    const { map } = layer.activation!;
    current = sums[l].map((row) => row.map((z) => (map === undefined ? z : evaluate(map.formula, [z]))));
  });

  const last = problem.network.layers.length - 1;
  const n = problem.targets.shape[1];
  const targets = rowsOf(problem.targets.data, n);
  const slope: Formula = differentiate(recipe.loss.definition(argument(0), argument(1)), 0);
  let delta: number[];
  if (recipe.loss.joint) {
    // sigmoid and softmax with their likelihoods: Σ_s (y - t), over the loss's divisor
    const outputs =
      recipe.loss === crossEntropy
        ? sums[last].map((row) =>
            row.map((z) => Math.exp(z) / row.reduce((total, other) => total + Math.exp(other), 0)),
          )
        : current;
    const divisor = recipe.loss === crossEntropy ? m : m * n;
    delta = targets[0].map((_, k) => outputs.reduce((sum, row, s) => sum + (row[k] - targets[s][k]) / divisor, 0));
  } else {
    const divisor = recipe.loss === halfMse ? 2 * m : m * n;
    const g = targets[0].map((_, k) =>
      current.reduce((sum, row, s) => sum + evaluate(slope, [row[k], targets[s][k]]) / divisor, 0),
    );
    const f = derivative(problem.network.layers[last].activation!);
    delta = g.map((gk, k) => gk * mean(column(sums[last], k).map((z) => evaluate(f, [z]))));
  }
  const gradients = new Map<string, number[]>();
  for (let l = last; l >= 0; l--) {
    const average = inputs[l][0].map((_, i) => mean(column(inputs[l], i)));
    gradients.set(
      `layers.${l}.weight`,
      average.flatMap((a) => delta.map((d) => d * a)),
    );
    gradients.set(`layers.${l}.bias`, delta);
    if (l === 0) break;
    const f = derivative(problem.network.layers[l - 1].activation!);
    delta = weights[l].map(
      (row, i) =>
        row.reduce((sum, w, j) => sum + w * delta[j], 0) * mean(column(sums[l - 1], i).map((z) => evaluate(f, [z]))),
    );
  }
  return gradients;
}

describe('averaged factors', () => {
  const deep = (last: Activation, outputs = 2) => [
    dense(4, { activation: tanh }),
    dense(3, { activation: sigmoid }),
    dense(outputs, { activation: last }),
  ];

  test.each<[string, Loss, Activation]>([
    ['halfMse of sigmoid', halfMse, sigmoid],
    ['mse of tanh', mse, tanh],
    ['mse of linear', mse, linear],
    ['binaryCrossEntropy, jointly', binaryCrossEntropy, sigmoid],
    ['crossEntropy, jointly', crossEntropy, softmax],
  ])('%s: the rule of the contract, in three layers with biases and five samples', (_title, loss, last) => {
    for (let seed = 1; seed <= 10; seed++) {
      const problem = setting({ layers: deep(last), rows: 5, seed, training: { loss, gradient: 'averagedFactors' } });
      const step = start(problem);
      step.run();
      for (const [name, want] of averagedByHand(problem)) {
        expect(step.at(`gradient(${name})`), `${name}, seed ${seed}`).toEqual(close(want));
      }
    }
  });

  test('with several samples, it is not the gradient', () => {
    const [exact, averaged] = (['exact', 'averagedFactors'] as const).map((gradient) => {
      const step = start(setting({ layers: deep(sigmoid), training: { gradient } }));
      step.run();
      return step.at('gradient(layers.0.weight)');
    });
    expect(Math.max(...exact.map((g, i) => Math.abs(g - averaged[i])))).toBeGreaterThan(1e-3);
  });

  const elementwise = activations.map(resolveActivation).filter(({ map }) => map !== undefined);

  test.each(losses.map(resolveLoss))('$name of one sample: equal to exact, under every activation', (loss) => {
    const lasts =
      loss.takes === undefined
        ? elementwise
        : activations.map(resolveActivation).filter(({ name }) => loss.takes!.includes(name));
    for (const [i, last] of lasts.entries()) {
      const hidden = elementwise[(7 * i + 3) % elementwise.length];
      for (const update of ['simultaneous', 'sequential'] as const) {
        const layers = [
          dense(4, { activation: hidden }),
          dense(3, { activation: relu }),
          dense(2, { activation: last }),
        ];
        const [exact, averaged] = (['exact', 'averagedFactors'] as const).map((gradient) => {
          const training = { loss, gradient, update, l2: 0.1 };
          const step = start(setting({ layers, rows: 1, seed: 20 + i, training }));
          step.run();
          return step;
        });
        for (const name of [
          'layers.0.weight',
          'layers.0.bias',
          'layers.1.weight',
          'layers.1.bias',
          'layers.2.weight',
          'layers.2.bias',
        ]) {
          // the factors are the same; they are multiplied in another order
          const [a, b] = [exact, averaged].map((step) => step.at(`gradient(${name})`));
          a.forEach((g, e) => {
            const message = `${name}[${e}], ${hidden.name}, ${last.name}, ${update}, seed ${20 + i}: ${b[e]}, not ${g}`;
            expect(Math.abs(g - b[e]), message).toBeLessThanOrEqual(20 * Number.EPSILON * Math.max(1, Math.abs(g)));
          });
        }
      }
    }
  });

  const refused =
    (layers: readonly Layer[], loss: Loss = mse) =>
    () =>
      start(setting({ layers, training: { loss, gradient: 'averagedFactors' } }));

  test('activations that mix units are refused, except in a joint pair', () => {
    expect(refused([dense(3, { activation: softmax }), dense(2)])).toThrow(
      'layers[0].activation: averagedFactors is not defined for softmax, whose outputs mix units.\n  Use "gradient": "exact"',
    );
    expect(refused([dense(3), dense(2, { activation: softmax })])).toThrow(
      'layers[1].activation: averagedFactors is not defined for softmax',
    );
    expect(refused([dense(3), dense(2, { activation: softmax })], crossEntropy)).not.toThrow();
  });

  test('layers other than dense are refused', () => {
    expect(refused([dense(3), dropout(0.5), dense(2)])).toThrow(
      'layers[1]: averagedFactors is defined for dense layers only.\n  Use "gradient": "exact".',
    );
  });
});

describe('sequential updates', () => {
  test('δ of a layer is computed with the weights of the next after their update, activations with those before', () => {
    const problem = setting({ layers: twoLayers, training: { update: 'sequential' } });
    const step = start(problem);
    step.run();
    const simultaneous = start(setting({ layers: twoLayers }));
    simultaneous.run();
    for (const name of ['layers.1.weight', 'layers.1.bias']) expect(step.at(name)).toEqual(simultaneous.at(name));
    // the same gradient, were the last weights those after the update while the forward pass keeps its numbers
    const w = step.at('layers.1.weight');
    const [rows, units] = [3, 4];
    const h = step.at('layers.0.output');
    const delta = step.at('gradient(layers.1.sum)');
    const x = problem.inputs.data;
    const want = Array.from({ length: 3 * units }, (_, e) => {
      const [i, u] = [Math.floor(e / units), e % units];
      let sum = 0;
      for (let r = 0; r < rows; r++) {
        const back = w[2 * u] * delta[2 * r] + w[2 * u + 1] * delta[2 * r + 1];
        sum += x[3 * r + i] * back * (1 - h[units * r + u] ** 2);
      }
      return sum;
    });
    expect(step.at('gradient(layers.0.weight)')).toEqual(close(want));
    expect(step.at('layers.0.weight')).not.toEqual(simultaneous.at('layers.0.weight'));
  });

  test('with one layer there is no difference, for any optimizer', () => {
    for (const optimizer of [sgd({ learningRate: 0.1, momentum: 0.9 }), adam({ learningRate: 0.1 })]) {
      const [a, b] = (['simultaneous', 'sequential'] as const).map((update) => {
        const step = start(setting({ layers: [dense(2, { activation: tanh })], training: { update, optimizer } }));
        step.run(5);
        return step;
      });
      expect(a.at('layers.0.weight')).toEqual(b.at('layers.0.weight'));
    }
  });

  test('with a last layer that is not trained there is no difference either', () => {
    const layers = [dense(4, { activation: tanh }), dense(2, { activation: sigmoid, trainable: false })];
    const [a, b] = (['simultaneous', 'sequential'] as const).map((update) => {
      const step = start(setting({ layers, training: { update } }));
      step.run(5);
      return step.at('layers.0.weight');
    });
    expect(a).toEqual(b);
  });
});

describe('the other graphs', () => {
  test('predictions need no targets and no random numbers', () => {
    const net = network([dropout(0.5), dense(2, { activation: sigmoid })], { inputs: 3 });
    const graph = outputGraph(net, { batch: 4, inputs: 3 });
    expect(graph.get('output').shape).toEqual([4, 2]);
    expect(graph.find('target')).toBeUndefined();
    expect(graph.nodes.some(({ op }) => op.kind === 'kernel')).toBe(false);
    expect(graph.updates).toEqual([]);
  });

  test('a network without weights cannot be trained', () => {
    const net = network([dropout(0.5)], { inputs: 1 });
    const recipe = { ...assemble({ loss: mse, optimizer: adam, stop: { epochs: 1 } }).recipe };
    expect(() => trainingStep(net, recipe, { batch: 1, inputs: 1, outputs: 1 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers: no layer has weights.
        Add a dense layer, such as { "dense": 1 }.]
    `);
  });

  test('the rate is a slot that starts at the optimizer’s; the count is one too', () => {
    const problem = setting({ layers: twoLayers });
    const step = start(problem);
    expect(step.at('learningRate')).toEqual([0.5]);
    expect(step.at('count')).toEqual([1]);
    step.view('learningRate')[0] = 0;
    step.run();
    expect(step.at('layers.0.weight')).toEqual([...problem.parameters.get('layers.0.weight')!.data]);
  });
});
