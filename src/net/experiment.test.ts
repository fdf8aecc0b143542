import { describe, expect, test } from 'vitest';
import { fromJSONSchema } from 'zod';
import { InputError } from '../base/errors.ts';
import { softmax } from '../core/ops/activations.ts';
import { describeNetwork } from './describe-model.ts';
import { resolveExperiment, resolveFile } from './experiment.ts';
import { experimentJsonSchema } from './json-schema.ts';
import { dense } from './layers/dense.ts';
import { dropout } from './layers/dropout.ts';
import { huber, mse } from './losses.ts';
import { names } from './names.ts';
import { initialize, network } from './network.ts';
import { adam, sgd } from './optimizers.ts';
import { assemble } from './training.ts';

// biome-ignore lint/suspicious/noExplicitAny: what people write is any JSON
type Json = any;

/** The example of the contract. */
const contract = {
  network: {
    inputs: 3,
    layers: [
      {
        dense: 2,
        activation: 'linear',
        bias: false,
        weight: [
          [0.15, 0.2],
          [0.6, 0.3],
          [0.3, 0.5],
        ],
      },
      { dense: 1, activation: 'sigmoid', bias: false, weight: [[0.8], [0.2]] },
    ],
  },
  data: {
    inputs: [
      [2, 3, 1],
      [1, 0, 2],
      [3, 1, 1],
    ],
    targets: [[0.64], [0.52], [0.36]],
  },
  training: {
    loss: 'halfMse',
    optimizer: { name: 'sgd', learningRate: 0.5 },
    batchSize: 'full',
    stop: { epochs: 1000, seconds: 10, loss: 0.0001 },
  },
  seed: 1,
};

/** The contract's example with something changed. */
function changed(change: (json: Json) => void): Json {
  const json = structuredClone(contract);
  change(json);
  return json;
}

/** The text of the error that a change meets. */
function complaint(change: (json: Json) => void): string {
  try {
    resolveExperiment(changed(change));
  } catch (error) {
    if (error instanceof InputError) return String(error);
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the example of the contract', () => {
  const experiment = resolveExperiment(contract);

  test('is resolved: network, recipe, schedule, with defaults for the rest', () => {
    const { network: net, recipe, schedule, symbols, seed } = experiment;
    expect(net.layers.map(({ config }) => config)).toEqual([
      { dense: 2, activation: 'linear', bias: false },
      { dense: 1, activation: 'sigmoid', bias: false },
    ]);
    expect([...initialize(net, 3).get('layers.0.weight')!.data]).toEqual([0.15, 0.2, 0.6, 0.3, 0.3, 0.5]);
    expect(recipe.loss.name).toBe('halfMse');
    expect(recipe.optimizer).toMatchObject({ name: 'sgd', learningRate: 0.5, options: { momentum: 0 } });
    expect(recipe).toMatchObject({ gradient: 'exact', update: 'simultaneous', l1: 0, l2: 0 });
    expect([recipe.clipNorm, recipe.clipValue]).toEqual([undefined, undefined]);
    expect(schedule).toEqual({
      checkpoint: { seconds: 30 },
      batchSize: 'full',
      shuffle: false,
      stop: { epochs: 1000, seconds: 10, loss: 0.0001 },
      keep: 'last',
      engine: 'auto',
      precision: undefined,
      arithmetic: 'strict',
      threads: undefined,
    });
    expect(symbols).toEqual({});
    expect([seed, net.seed]).toEqual([1, 1]);
  });

  test('is not changed', () => {
    expect(experiment.json).toEqual(contract);
  });

  test('seed, inputs and batch size are optional; $schema and version are allowed', () => {
    const json = changed((json) => {
      delete json.seed;
      delete json.network.inputs;
      delete json.training.batchSize;
      json.version = 1;
      json.$schema = 'https://example.org/experiment.schema.json';
    });
    const { seed, network: net, schedule } = resolveExperiment(json);
    expect([seed, net.inputs, schedule.batchSize]).toEqual([1, undefined, 'full']);
  });
});

describe('defaults that depend on something', () => {
  const scheduleOf = (change: (training: Json) => void) =>
    resolveExperiment(changed(({ training }) => change(training))).schedule;

  test('by default, rows are shuffled for batches and not for the full batch', () => {
    const shuffle = (change: (training: Json) => void) => scheduleOf(change).shuffle;
    expect(shuffle((t) => Object.assign(t, { batchSize: 2 }))).toBe(true);
    expect(shuffle((t) => Object.assign(t, { batchSize: 'full' }))).toBe(false);
    expect(shuffle((t) => Object.assign(t, { batchSize: 2, shuffle: false }))).toBe(false);
    expect(shuffle((t) => Object.assign(t, { batchSize: 'full', shuffle: true }))).toBe(true);
  });

  test('by default, the best weights are kept with patience, else the last', () => {
    const keep = (change: (training: Json) => void) => scheduleOf(change).keep;
    expect(keep((t) => Object.assign(t.stop, { patience: 5 }))).toBe('best');
    expect(keep(() => {})).toBe('last');
    expect(keep((t) => Object.assign(t, { keep: 'best' }))).toBe('best');
  });
});

describe('recipes by name, or with options', () => {
  test('an activation, an initializer, a loss, an optimizer', () => {
    const { network: net, recipe } = resolveExperiment(
      changed((json) => {
        json.network.layers[0] = {
          dense: 2,
          activation: { name: 'leakyRelu', slope: 0.2 },
          initializer: { name: 'normal', std: 0.1 },
        };
        json.training.loss = { name: 'huber', delta: 2 };
        json.training.optimizer = 'adamW';
      }),
    );
    expect(net.layers[0].activation).toMatchObject({ name: 'leakyRelu', options: { slope: 0.2 } });
    expect(net.layers[0].config.initializer).toEqual({ name: 'normal', mean: 0, std: 0.1 });
    expect(recipe.loss).toMatchObject({ name: 'huber', options: { delta: 2 } });
    expect(recipe.optimizer).toMatchObject({ name: 'adamW', learningRate: 0.001 });
  });

  test('an object with only a name equals the name', () => {
    const { recipe } = resolveExperiment(changed((json) => Object.assign(json.training, { loss: { name: 'mse' } })));
    expect(recipe.loss).toBe(mse);
  });

  test('a layer is described as in the file, without numbers, and read back unchanged', () => {
    const layers = [
      dense(4, { activation: softmax, bias: [1, 2, 3, 4], trainable: ['weight'] }),
      dropout(0.25),
      dense(1, { bias: false }),
    ];
    const described = describeNetwork(network(layers, { seed: 3 }), 2);
    expect(described).toMatchInlineSnapshot(`
      {
        "inputs": 2,
        "layers": [
          {
            "activation": "softmax",
            "dense": 4,
            "trainable": [
              "weight",
            ],
          },
          {
            "dropout": 0.25,
          },
          {
            "activation": "linear",
            "bias": false,
            "dense": 1,
          },
        ],
      }
    `);
    const { network: again } = resolveExperiment(changed((json) => Object.assign(json, { network: described })));
    expect(describeNetwork(again, 2)).toEqual(described);
  });

  test('the names for flags and help are those of the contract', () => {
    expect(names).toMatchInlineSnapshot(`
      {
        "activations": [
          "linear",
          "sigmoid",
          "tanh",
          "relu",
          "leakyRelu",
          "elu",
          "selu",
          "gelu",
          "geluTanh",
          "silu",
          "softplus",
          "softsign",
          "hardSigmoid",
          "hardSwish",
          "mish",
          "celu",
          "relu6",
          "softmax",
          "logSoftmax",
        ],
        "initializers": [
          "glorotUniform",
          "glorotNormal",
          "heUniform",
          "heNormal",
          "lecunNormal",
          "orthogonal",
          "zeros",
          "uniform",
          "normal",
          "constant",
        ],
        "losses": [
          "halfMse",
          "mse",
          "mae",
          "huber",
          "logCosh",
          "crossEntropy",
          "binaryCrossEntropy",
          "hinge",
        ],
        "optimizers": [
          "sgd",
          "adam",
          "adamW",
          "rmsprop",
          "adagrad",
          "adadelta",
          "adamax",
          "nadam",
          "radam",
          "rprop",
          "lion",
          "lbfgs",
        ],
      }
    `);
  });
});

describe('unknown keys name the nearest', () => {
  test('at the top', () => {
    expect(complaint((json) => Object.assign(json, { netwrok: {} }))).toMatchInlineSnapshot(`
      "InputError: netwrok: unknown key "netwrok".
        Did you mean "network"? Choose one of: $schema, version, network, symbols, data, training, seed."
    `);
  });

  test('of a layer', () => {
    expect(complaint(({ network }) => Object.assign(network.layers[0], { activaton: 'relu' }))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].activaton: unknown key "activaton".
        Did you mean "activation"? Choose one of: dense, activation, bias, weight, initializer, trainable."
    `);
  });

  test('of training, and of stop', () => {
    expect(complaint(({ training }) => Object.assign(training, { batchsize: 2 }))).toMatchInlineSnapshot(`
      "InputError: training.batchsize: unknown key "batchsize".
        Did you mean "batchSize"? Choose one of: loss, optimizer, gradient, update, batchSize, shuffle, l1, l2, classWeights, clipNorm, clipValue, ema, stop, keep, arithmetic, precision, engine, threads, checkpoint."
    `);
    expect(complaint(({ training }) => Object.assign(training.stop, { epoch: 5 }))).toMatchInlineSnapshot(`
      "InputError: training.stop.epoch: unknown key "epoch".
        Did you mean "epochs"? Choose one of: epochs, seconds, loss, patience, minDelta, watch, gradientNorm."
    `);
  });

  test('of an optimizer: its options only', () => {
    expect(complaint(({ training }) => Object.assign(training.optimizer, { momentun: 1 }))).toMatchInlineSnapshot(`
      "InputError: training.optimizer.momentun: unknown key "momentun".
        Did you mean "momentum"? Choose one of: name, learningRate, momentum, nesterov, dampening, weightDecay."
    `);
    expect(complaint(({ training }) => Object.assign(training.optimizer, { beta1: 0.9 }))).toMatchInlineSnapshot(`
      "InputError: training.optimizer.beta1: unknown key "beta1".
        Choose one of: name, learningRate, momentum, nesterov, dampening, weightDecay."
    `);
  });

  test('of an activation, also one without options', () => {
    const activation = (given: object) =>
      complaint(({ network }) => Object.assign(network.layers[0], { activation: given }));
    expect(activation({ name: 'leakyRelu', slop: 0.2 })).toMatchInlineSnapshot(`
      "InputError: network.layers[0].activation.slop: unknown key "slop".
        Did you mean "slope"? Choose one of: name, slope."
    `);
    expect(activation({ name: 'relu', slope: 0.2 })).toMatchInlineSnapshot(`
      "InputError: network.layers[0].activation.slope: unknown key "slope".
        Choose one of: name."
    `);
  });

  test('the key __proto__ is treated like any other', () => {
    expect(() => resolveExperiment(JSON.parse('{"__proto__": {}}'))).toThrow('unknown key "__proto__"');
  });
});

describe('unknown names name the nearest', () => {
  const training = (given: object) => complaint((json) => Object.assign(json.training, given));

  test('of an activation, bare and in an object', () => {
    const text = complaint(({ network }) => Object.assign(network.layers[1], { activation: 'sigmiod' }));
    expect(text).toMatchInlineSnapshot(`
      "InputError: network.layers[1].activation: unknown activation "sigmiod".
        Did you mean "sigmoid"? Choose one of: linear, sigmoid, tanh, relu, leakyRelu, elu, selu, gelu, geluTanh, silu, softplus, softsign, hardSigmoid, hardSwish, mish, celu, relu6, softmax, logSoftmax."
    `);
    expect(complaint(({ network }) => Object.assign(network.layers[1], { activation: { name: 'Sigmoid' } }))).toContain(
      'network.layers[1].activation.name: unknown activation "Sigmoid".\n  Did you mean "sigmoid"?',
    );
  });

  test('of a loss, an optimizer, an initializer', () => {
    expect(training({ loss: 'crossentropy' })).toMatchInlineSnapshot(`
      "InputError: training.loss: unknown loss "crossentropy".
        Did you mean "crossEntropy"? Choose one of: halfMse, mse, mae, huber, logCosh, crossEntropy, binaryCrossEntropy, hinge."
    `);
    expect(training({ optimizer: { name: 'adm' } })).toMatchInlineSnapshot(`
      "InputError: training.optimizer.name: unknown optimizer "adm".
        Did you mean "adam"? Choose one of: sgd, adam, adamW, rmsprop, adagrad, adadelta, adamax, nadam, radam, rprop, lion, lbfgs."
    `);
    expect(complaint(({ network }) => Object.assign(network.layers[0], { initializer: 'heNormall' }))).toContain(
      'network.layers[0].initializer: unknown initializer "heNormall".\n  Did you mean "heNormal"?',
    );
  });

  test('of a choice', () => {
    expect(training({ update: 'sequentiel' })).toMatchInlineSnapshot(`
      "InputError: training.update: unknown update "sequentiel".
        Did you mean "sequential"? Choose one of: simultaneous, sequential."
    `);
    expect(training({ engine: 'wsam' })).toMatchInlineSnapshot(`
      "InputError: training.engine: unknown engine "wsam".
        Did you mean "wasm"? Choose one of: auto, reference, wasm, blas."
    `);
    expect(training({ gradient: 'averaged' })).toMatchInlineSnapshot(`
      "InputError: training.gradient: unknown gradient "averaged".
        Did you mean "averagedFactors"? Choose one of: exact, averagedFactors."
    `);
  });
});

describe('wrong types and missing values', () => {
  test('the file is not an object', () => {
    for (const value of [null, 5, 'network', []]) {
      expect(() => resolveExperiment(value, 'net.json')).toThrow(
        `net.json: ${JSON.stringify(value)} is not an object.`,
      );
    }
  });

  test('a missing part', () => {
    expect(complaint((json) => delete json.network)).toMatchInlineSnapshot(`
      "InputError: network: it is missing.
        Add it: an object."
    `);
    for (const key of ['loss', 'optimizer', 'stop']) {
      expect(complaint(({ training }) => delete training[key])).toContain(`training.${key}: it is missing.\n`);
    }
  });

  test('text, lists and fractions where numbers belong', () => {
    expect(complaint(({ network }) => Object.assign(network.layers[0], { dense: '2' }))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].dense: "2" is not a number.
        Write a number here."
    `);
    expect(complaint(({ network }) => Object.assign(network.layers[0], { dense: 1.5 }))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].dense: 1.5 is not an integer.
        Write an integer here."
    `);
    expect(complaint((json) => Object.assign(json, { seed: 'x' }))).toMatchInlineSnapshot(`
      "InputError: seed: "x" is not a number.
        Write a number here."
    `);
    expect(complaint((json) => Object.assign(json, { training: 3 }))).toMatchInlineSnapshot(`
      "InputError: training: 3 is not an object.
        Write an object here."
    `);
  });

  test('numbers out of range', () => {
    expect(complaint((json) => Object.assign(json, { seed: 2 ** 32 }))).toMatchInlineSnapshot(`
      "InputError: seed: 4294967296 is not at most 4294967295.
        Give a number at most 4294967295."
    `);
    expect(complaint(({ network }) => Object.assign(network.layers[0], { dense: 0 }))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].dense: 0 is not at least 1.
        Give a number at least 1."
    `);
    expect(complaint(({ network }) => network.layers.unshift({ dropout: 1 }))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].dropout: 1 is not below 1.
        Give a number below 1."
    `);
    expect(complaint(({ training }) => Object.assign(training, { l2: -1 }))).toMatchInlineSnapshot(`
      "InputError: training.l2: -1 is not at least 0.
        Give a number at least 0."
    `);
    expect(complaint(({ training }) => Object.assign(training, { clipNorm: 0 }))).toMatchInlineSnapshot(`
      "InputError: training.clipNorm: 0 is not above 0.
        Give a number above 0."
    `);
    expect(complaint(({ training }) => Object.assign(training.stop, { patience: 0 }))).toMatchInlineSnapshot(`
      "InputError: training.stop.patience: 0 is not at least 1.
        Give a number at least 1."
    `);
  });

  test('a value that is not true or false', () => {
    expect(complaint(({ training }) => Object.assign(training, { shuffle: 'yes' }))).toMatchInlineSnapshot(`
      "InputError: training.shuffle: "yes" is not true or false.
        Write true or false here."
    `);
  });

  test('no layers', () => {
    expect(complaint(({ network }) => Object.assign(network, { layers: [] }))).toMatchInlineSnapshot(`
      "InputError: network.layers: the list is empty.
        Give at least one entry."
    `);
  });
});

describe('a learning rate that is not positive, or is missing', () => {
  const rate = (learningRate: unknown) =>
    complaint(({ training }) => Object.assign(training.optimizer, { learningRate }));

  test('0 and below', () => {
    expect(rate(0)).toMatchInlineSnapshot(`
      "InputError: training.optimizer.learningRate: 0 is not above 0.
        Give a number above 0."
    `);
    expect(rate(-0.5)).toContain('training.optimizer.learningRate: -0.5 is not above 0.');
  });

  test('a text', () => {
    expect(rate('0.5')).toMatchInlineSnapshot(`
      "InputError: training.optimizer.learningRate: "0.5" is not a number.
        Write a number here."
    `);
  });

  test('none for sgd', () => {
    expect(complaint(({ training }) => Object.assign(training, { optimizer: 'sgd' }))).toMatchInlineSnapshot(`
      "InputError: training.optimizer: learningRate is missing.
        Add "learningRate": 0.1."
    `);
    expect(complaint(({ training }) => delete training.optimizer.learningRate)).toMatchInlineSnapshot(`
      "InputError: training.optimizer.learningRate: it is missing.
        Add it: the learning rate η; above 0, or one of: constant, step, exponential, cosine, oneCycle, linear, warmup, plateau."
    `);
  });
});

describe('shapes that do not fit', () => {
  const starting = (change: (network: Json) => void) => () =>
    initialize(resolveExperiment(changed((json) => change(json.network))).network, 3);

  test('a weight with another number of rows than the units of the layer before', () => {
    expect(
      starting(({ layers }) => Object.assign(layers[1], { weight: [[0.8], [0.2], [0.1]] })),
    ).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].weight: 3 rows, but the layer before has 2 units.
        A weight is [inputs, units]: give 2 rows of 1 number, or leave it out to have it drawn.]
    `);
  });

  test('rows of another length than the units', () => {
    expect(
      complaint(({ network }) =>
        Object.assign(network.layers[1], {
          weight: [
            [1, 2],
            [3, 4],
          ],
        }),
      ),
    ).toMatchInlineSnapshot(`
      "InputError: network.layers[1].weight: rows of 2 numbers, but the layer has 1 units.
        A weight is [inputs, units]: give each row 1 numbers."
    `);
  });

  test('ragged rows, and text in them', () => {
    const weight = (given: unknown) => complaint(({ network }) => Object.assign(network.layers[0], { weight: given }));
    expect(weight([[1, 2], [3], [4, 5]])).toMatchInlineSnapshot(`
      "InputError: network.layers[0].weight[1]: 1 numbers, but row 0 has 2.
        Give every row the same number of columns."
    `);
    expect(
      weight([
        [1, 2],
        [3, 'a'],
        [4, 5],
      ]),
    ).toMatchInlineSnapshot(`
      "InputError: network.layers[0].weight[1][1]: "a" is not a finite number.
        Replace it with a number, or leave the row out."
    `);
    expect(weight([])).toMatchInlineSnapshot(`
      "InputError: network.layers[0].weight: there are no rows.
        Give at least one row: [[1, 2], [3, 4]]."
    `);
  });

  test('a bias of another length than the units', () => {
    expect(complaint(({ network }) => Object.assign(network.layers[0], { bias: [0.1] }))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].bias: 1 numbers, but the layer has 2 units.
        Give 2 numbers, or true to start at 0."
    `);
  });

  test('trainable names a tensor that the layer does not have', () => {
    expect(
      complaint(({ network }) => Object.assign(network.layers[0], { trainable: ['wieght'] })),
    ).toMatchInlineSnapshot(`
      "InputError: network.layers[0].trainable: the layer has no "wieght".
        Did you mean "weight"? Choose one of: weight."
    `);
  });
});

describe('combinations of options', () => {
  test('a last activation that the loss does not accept', () => {
    expect(complaint(({ training }) => Object.assign(training, { loss: 'crossEntropy' }))).toMatchInlineSnapshot(`
      "InputError: network.layers[1].activation: crossEntropy needs softmax or logSoftmax as the last activation, not sigmoid.
        Write "activation": "softmax", or choose another loss."
    `);
    const text = complaint((json) => {
      json.training.loss = 'binaryCrossEntropy';
      json.network.layers[1].activation = 'tanh';
    });
    expect(text).toMatchInlineSnapshot(`
      "InputError: network.layers[1].activation: binaryCrossEntropy needs sigmoid as the last activation, not tanh.
        Write "activation": "sigmoid", or choose another loss."
    `);
    expect(complaint(({ training }) => Object.assign(training, { loss: 'hinge' }))).toMatchInlineSnapshot(`
      "InputError: network.layers[1].activation: hinge needs linear as the last activation, not sigmoid.
        Write "activation": "linear", or choose another loss."
    `);
  });

  test('a network that ends in a layer without weights', () => {
    expect(complaint(({ network }) => network.layers.push({ dropout: 0.5 }))).toMatchInlineSnapshot(`
      "InputError: network.layers[2]: the network ends in dropout, but the loss needs a layer with weights at the end.
        End in a dense layer, such as { "dense": 1 }."
    `);
  });

  test('no stop rule that always ends training', () => {
    expect(complaint(({ training }) => Object.assign(training, { stop: { loss: 0.1 } }))).toMatchInlineSnapshot(`
      "InputError: training.stop: neither epochs nor seconds is given, so training might never end.
        Add "epochs": 1000 or "seconds": 10."
    `);
    expect(complaint(({ training }) => Object.assign(training, { stop: {} }))).toContain('training.stop: neither');
    for (const stop of [{ epochs: 0 }, { seconds: 0.1 }]) {
      expect(resolveExperiment(changed(({ training }) => Object.assign(training, { stop }))).schedule.stop).toEqual(
        stop,
      );
    }
  });

  test('blas with strict arithmetic', () => {
    expect(complaint(({ training }) => Object.assign(training, { engine: 'blas' }))).toMatchInlineSnapshot(`
      "InputError: training.engine: "blas" rounds as its library does, which strict arithmetic forbids.
        Add "arithmetic": "fast", or leave the engine out."
    `);
    const fast = changed(({ training }) => Object.assign(training, { engine: 'blas', arithmetic: 'fast' }));
    expect(resolveExperiment(fast).schedule).toMatchObject({ engine: 'blas', arithmetic: 'fast' });
  });

  test('sequential updates with clipping', () => {
    for (const clip of [{ clipNorm: 1 }, { clipValue: 1 }]) {
      const text = complaint(({ training }) => Object.assign(training, { update: 'sequential', ...clip }));
      expect(text).toContain('training.update: a sequential update changes a layer before');
    }
    expect(
      complaint(({ training }) => Object.assign(training, { update: 'sequential', clipNorm: 1 })),
    ).toMatchInlineSnapshot(`
      "InputError: training.update: a sequential update changes a layer before the gradients of the others are known, so they cannot be clipped.
        Leave clipNorm and clipValue out, or use "simultaneous"."
    `);
  });

  test('a symbol for an unknown address', () => {
    expect(complaint((json) => Object.assign(json, { symbols: { 'layers.0.weights': 'v' } }))).toMatchInlineSnapshot(`
      "InputError: symbols: "layers.0.weights" is not an address.
        Name loss, target, or layers.N.input, sum, output, weight or bias, N from 0 to 1."
    `);
    const symbols = { 'layers.0.weight': 'v', 'layers.0.output': 'h', 'layers.1.sum': 's', target: 't', loss: 'E' };
    expect(resolveExperiment({ ...contract, symbols }).symbols).toEqual(symbols);
  });
});

describe('versions', () => {
  test('a newer version is refused before anything else is checked', () => {
    expect(complaint((json) => Object.assign(json, { version: 2, somethingNew: true }))).toMatchInlineSnapshot(`
      "InputError: version: 2 is newer than 1, the newest version that this chainrule reads.
        Use a newer chainrule."
    `);
  });

  test('a newer version is refused in a worked example too', () => {
    const worked = { title: '', source: '', experiment: { ...contract, version: 9 }, printed: [] };
    expect(() => resolveFile(worked, 'page.json')).toThrow('9 is newer than 1');
  });

  test('an invalid version', () => {
    expect(complaint((json) => Object.assign(json, { version: 0 }))).toMatchInlineSnapshot(`
      "InputError: version: 0 is not at least 1.
        Give a number at least 1."
    `);
    expect(complaint((json) => Object.assign(json, { version: '1' }))).toContain('version: "1" is not a number.');
  });
});

describe('a worked example', () => {
  const worked = {
    title: 'One step',
    source: 'a textbook page',
    experiment: contract,
    printed: [
      { quantity: 'loss', value: '0.234' },
      { quantity: 'layers.1.weight[0][0]', value: '0.766', after: 1 },
    ],
  };

  test('gives its experiment and the printed numbers', () => {
    const { experiment, worked: rest } = resolveFile(worked, 'page.json');
    expect(experiment.recipe.loss.name).toBe('halfMse');
    expect(rest).toEqual({ title: worked.title, source: worked.source, printed: worked.printed });
    expect(resolveFile(contract, 'page.json').worked).toBeUndefined();
  });

  test('a printed value is a text: its digits count', () => {
    const json = { ...worked, printed: [{ quantity: 'loss', value: 0.234 }] };
    expect(() => resolveFile(json, 'page.json')).toThrowErrorMatchingInlineSnapshot(`
      [InputError: printed[0].value: 0.234 is not a text in quotes.
        Write a text in quotes here.]
    `);
  });

  test('an unknown key in it', () => {
    const json = { ...worked, printed: [{ quantity: 'loss', vlaue: '0.234' }] };
    expect(() => resolveFile(json, 'page.json')).toThrowErrorMatchingInlineSnapshot(`
      [InputError: printed[0].vlaue: unknown key "vlaue".
        Did you mean "value"? Choose one of: quantity, value, after.]
    `);
  });

  test('an error in its experiment has the path within it', () => {
    const json = { ...worked, experiment: { ...contract, training: { ...contract.training, los: 'mse' } } };
    expect(() => resolveFile(json, 'page.json')).toThrow('training.los: unknown key "los".\n  Did you mean "loss"?');
  });
});

describe('from code', () => {
  test('recipes replace names; a family gives its member with default options', () => {
    const { recipe, schedule } = assemble({ loss: huber, optimizer: adam, stop: { epochs: 3 }, batchSize: 8 });
    expect(recipe.loss.options).toEqual({ delta: 1 });
    expect(recipe.optimizer.learningRate).toBe(0.001);
    expect(schedule).toMatchObject({ batchSize: 8, shuffle: true, stop: { epochs: 3 } });
  });

  test('the same checks apply', () => {
    const optimizer = sgd({ learningRate: 1 });
    expect(() => assemble({ loss: mse, optimizer, stop: {} })).toThrow('training.stop: neither epochs nor seconds');
    expect(() => assemble({ loss: mse, optimizer, stop: undefined as never })).toThrow('training.stop: neither');
  });
});

describe('the JSON Schema for editors', () => {
  const schema = experimentJsonSchema() as Json;
  // read back by another part of zod: as far as a validator from the same house can tell
  const accepts = (value: unknown) => fromJSONSchema(schema).safeParse(value).success;

  test('accepts the example of the contract', () => {
    expect(accepts(contract)).toBe(true);
    expect(accepts({ ...contract, version: 1, symbols: { 'layers.0.weight': 'v' } })).toBe(true);
    expect(accepts(changed(({ training }) => Object.assign(training, { optimizer: 'adam', batchSize: 2 })))).toBe(true);
    expect(accepts(changed(({ network }) => network.layers.unshift({ dropout: 0.2 })))).toBe(true);
  });

  test('refuses what the program refuses', () => {
    for (const change of [
      (json: Json) => Object.assign(json, { netwrok: 1 }),
      (json: Json) => delete json.training.loss,
      (json: Json) => Object.assign(json.training, { loss: 'mes' }),
      (json: Json) => Object.assign(json.training.optimizer, { learningRate: 0 }),
      (json: Json) => Object.assign(json.training.optimizer, { momentun: 0.9 }),
      (json: Json) => Object.assign(json.network.layers[0], { dense: 0 }),
      (json: Json) => Object.assign(json.network.layers[0], { weight: [['a']] }),
      (json: Json) => Object.assign(json, { seed: -1 }),
    ]) {
      expect(accepts(changed(change)), String(change)).toBe(false);
      expect(() => resolveExperiment(changed(change)), String(change)).toThrow(InputError);
    }
  });

  test('is of draft 2020-12, allows no unknown keys, and has descriptions', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toEqual(['network', 'data', 'training']);
    expect(schema.properties.training.required).toEqual(['loss', 'optimizer', 'stop']);
    expect(schema.properties.training.properties.l2.description).toBe(
      'L2 regularization: adds half of this factor times the sum of w² to the loss',
    );
    expect(JSON.stringify(schema.properties.training.properties.optimizer)).toContain('decay rate of the velocity');
  });
});

describe('the error is about the form that was most likely meant', () => {
  test('a layer with a misspelt name, and an unknown one', () => {
    expect(
      complaint(({ network }) => Object.assign(network.layers, [{ dence: 1, activation: 'sigmoid' }])),
    ).toMatchInlineSnapshot(`
      "InputError: network.layers[0].dence: unknown key "dence".
        Did you mean "dense"? Choose one of: dense, activation, bias, weight, initializer, trainable."
    `);
    expect(complaint(({ network }) => Object.assign(network.layers, [{ convolution: 8 }]))).toMatchInlineSnapshot(`
      "InputError: network.layers[0].convolution: unknown key "convolution".
        Choose one of: dense, activation, bias, weight, initializer, trainable, dropout, batchNorm, epsilon, momentum, affine, layerNorm, activate, residual, embedding, of."
    `);
  });

  test('options without a name', () => {
    expect(complaint(({ training }) => Object.assign(training, { loss: { delta: 2 } }))).toMatchInlineSnapshot(`
      "InputError: training.loss.name: it is missing.
        Add it. Choose one of: halfMse, mse, mae, huber, logCosh, crossEntropy, binaryCrossEntropy, hinge."
    `);
  });

  test('a value of neither form', () => {
    expect(complaint(({ training }) => Object.assign(training, { batchSize: 1.5 }))).toMatchInlineSnapshot(`
      "InputError: training.batchSize: 1.5 is not "full" or an integer.
        Write "full" or an integer here."
    `);
    expect(complaint(({ training }) => Object.assign(training, { batchSize: 'all' }))).toMatchInlineSnapshot(`
      "InputError: training.batchSize: "all" is not "full" or a number.
        Write "full" or a number here."
    `);
    expect(complaint(({ training }) => Object.assign(training, { checkpoint: true }))).toMatchInlineSnapshot(`
      "InputError: training.checkpoint: true is not false or an object.
        Write false or an object here."
    `);
    expect(complaint((json) => Object.assign(json, { symbols: ['v'] }))).toMatchInlineSnapshot(`
      "InputError: symbols: ["v"] is not an object.
        Write an object here."
    `);
  });

  test('a number too large for a float', () => {
    const learningRate = Number.POSITIVE_INFINITY;
    expect(
      complaint(({ training }) => Object.assign(training, { optimizer: { name: 'sgd', learningRate } })),
    ).toMatchInlineSnapshot(`
      "InputError: training.optimizer.learningRate: Infinity is not a finite number.
        Write a finite number here."
    `);
  });
});
