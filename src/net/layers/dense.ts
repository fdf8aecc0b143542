/** The fully connected layer: sum = input · weight + bias, output = activation(sum). */
import { anyValue, aText, isNumberList, listOf, record, refuse } from '../../base/arguments.ts';
import { didYouMean, fail } from '../../base/errors.ts';
import { lastOf } from '../../base/shape.ts';
import { show } from '../../base/show.ts';
import { fromRows, type Matrix, type Tensor, tensor } from '../../base/tensor.ts';
import { add } from '../../core/formula.ts';
import { leadingLetters } from '../../core/graph.ts';
import { map } from '../../core/op.ts';
import { type Activation, type ActivationFamily, linear, resolveActivation } from '../../core/ops/activations.ts';
import { glorotUniform, type Initializer, type InitializerFamily, resolveInitializer } from '../initializers.ts';
import { builtInLayer, type Layer, type ParameterSpec } from '../layer.ts';
import { written } from '../recipe-json.ts';

export interface DenseOptions {
  /** Default: linear. */
  readonly activation?: Activation | ActivationFamily | undefined;
  /** true (default; starts at 0), false, or its initial numbers [units]. */
  readonly bias?: boolean | readonly number[] | undefined;
  /** [inputs, units]. Default: drawn by the initializer. */
  readonly weight?: Matrix | undefined;
  /** Default: glorotUniform. */
  readonly initializer?: Initializer | InitializerFamily | undefined;
  /** true (default), false, or the names of the trained parameters: ['weight']. */
  readonly trainable?: boolean | readonly string[] | undefined;
}

const addBias = map('addBias', { f: (z, b) => add(z, b) });

/**
 * [batch, …, inputs] -> [batch, …, units].
 * Throws an InputError if the number of units is not a positive integer, or if given numbers do not fit; `where` is the
 * layer's path in the error.
 */
export function dense(units: number, options: DenseOptions = {}, where = 'dense'): Layer {
  if (!Number.isSafeInteger(units) || units < 1) {
    fail({ what: `${show(units)} is not a number of units`, where, fix: 'Give a positive integer.' });
  }
  denseOptions(options, where);
  const { bias = true, trainable = true } = options;
  const activation = resolveActivation(options.activation === undefined ? linear : options.activation);
  const initializer = resolveInitializer(options.initializer === undefined ? glorotUniform : options.initializer);
  const weight = options.weight === undefined ? undefined : givenWeight(options.weight, units, where);
  const startBias = typeof bias === 'boolean' ? 0 : givenBias(bias, units, where);
  const names = bias === false ? ['weight'] : ['weight', 'bias'];
  checkTrainable(trainable, names, where);
  return builtInLayer({
    kind: 'dense',
    shape: (input) => [...input.slice(0, -1), units],
    activation,
    parameterNames: names,
    trainable: trainable === false ? [] : trainable,
    quantities: [
      { name: 'sum', letter: 'z', perSample: true },
      { name: 'weight', letter: 'w', perSample: false },
      ...(bias === false ? [] : [{ name: 'bias', letter: 'b', perSample: false }]),
    ],
    config: {
      dense: units,
      activation: written(activation),
      ...(bias === false && { bias: false }),
      ...(weight === undefined && initializer !== glorotUniform && { initializer: written(initializer) }),
      ...(trainable !== true && { trainable }),
    },
    torch(input) {
      if (activation.torch === undefined) return undefined;
      const module = `Linear(${lastOf(input)}, ${units}${bias === false ? ', bias=False' : ''})`;
      const parameters = Object.fromEntries(names.map((name) => [name, name]));
      return [{ module, parameters }, ...(activation === linear ? [] : [{ module: activation.torch }])];
    },
    parameters(input) {
      const inputs = lastOf(input);
      if (weight !== undefined) checkInputs(weight, inputs, where);
      const specs: ParameterSpec[] = [
        { name: 'weight', shape: [inputs, units], start: weight ?? initializer, penalized: true },
      ];
      if (bias !== false) specs.push({ name: 'bias', shape: [units], start: startBias, penalized: false });
      return specs;
    },
    forward({ graph, address }, input, { weight, bias }) {
      const rows = leadingLetters(input);
      const product = graph.contract(`${rows}i,io->${rows}o`, [input, weight]);
      const sum = graph.name(
        `${address}.sum`,
        bias === undefined ? product : graph.map(addBias, [product, bias], `${rows}o,o->${rows}o`),
      );
      const output = graph.name(`${address}.output`, activation.apply(graph, sum));
      return { input, output, weighted: { sum, weight, bias, activation } };
    },
  });
}

/** The names of the options; each is checked where it is used. */
const denseOptions = record({
  activation: anyValue,
  bias: anyValue,
  weight: anyValue,
  initializer: anyValue,
  trainable: anyValue,
});

function givenWeight(rows: Matrix, units: number, where: string): Tensor {
  const weight = fromRows(rows, `${where}.weight`);
  if (weight.shape[1] === units) return weight;
  return fail({
    what: `rows of ${weight.shape[1]} numbers, but the layer has ${units} units`,
    where: `${where}.weight`,
    fix: `A weight is [inputs, units]: give each row ${units} numbers.`,
  });
}

function givenBias(bias: readonly number[], units: number, where: string): Tensor {
  if (!isNumberList(bias)) refuse(bias, `${where}.bias`, 'true, false or a list of numbers');
  if (bias.length !== units) {
    fail({
      what: `${bias.length} numbers, but the layer has ${units} units`,
      where: `${where}.bias`,
      fix: `Give ${units} numbers, or true to start at 0.`,
    });
  }
  for (let k = 0; k < bias.length; k++) {
    const value: unknown = bias[k];
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    fail({
      what: `${show(value)} is not a finite number`,
      where: `${where}.bias[${k}]`,
      fix: 'Write a number.',
    });
  }
  return tensor([units], bias);
}

/** Throws an InputError if a given weight has another number of rows than the layer has inputs. */
function checkInputs({ shape: [rows, units] }: Tensor, inputs: number, where: string): void {
  if (rows === inputs) return;
  fail({
    what: `${rows} rows, but the layer before has ${inputs} units`,
    where: `${where}.weight`,
    fix: `A weight is [inputs, units]: give ${inputs} rows of ${units} ${units === 1 ? 'number' : 'numbers'}, or leave it out to have it drawn.`,
  });
}

function checkTrainable(trainable: boolean | readonly string[], names: readonly string[], where: string): void {
  if (typeof trainable !== 'boolean') listOf(aText)(trainable, `${where}.trainable`);
  for (const name of typeof trainable === 'boolean' ? [] : trainable) {
    if (!names.includes(name)) {
      fail({ what: `the layer has no "${name}"`, where: `${where}.trainable`, fix: didYouMean(name, names) });
    }
  }
}
