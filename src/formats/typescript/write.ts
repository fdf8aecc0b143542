/**
 * A model as one TypeScript file that imports nothing: its weights, and a function from a row to a prediction. The code is
 * the network's own graph for one row, node by node, so every network can be written.
 */

import { lastOf, size } from '../../base/shape.ts';
import type { Letters, Node } from '../../core/graph.ts';
import { inputsFirst } from '../../core/walk.ts';
import type { Encoding } from '../../data/encode/encoding.ts';
import { stepAddresses } from '../../net/addresses.ts';
import { modelParts } from '../../net/describe-model.ts';
import type { Loss } from '../../net/losses.ts';
import { layerShapes, type Network, type Parameters } from '../../net/network.ts';
import { outputKind } from '../../net/rows-setup.ts';
import { outputGraph } from '../../net/step.ts';
import { scriptComment, scriptNumber } from '../literals.ts';
import { checkOneInput } from '../one-input.ts';
import { erfSource, formulaText, Identifiers } from './expressions.ts';
import { kernelText } from './kernels.ts';
import { tableText } from './table.ts';

/** The parts of a model that a file contains. */
export interface ModelToWrite {
  readonly network: Network;
  /** The number of inputs. */
  readonly inputs: number;
  readonly parameters: Parameters;
  /** Decides the number of digits of the weights. */
  readonly precision: 'float64' | 'float32';
  readonly loss: Loss;
  readonly encoding?: Encoding;
}

/**
 * A TypeScript file that imports nothing and exports `predict`: from a row of the table to a number or a label, or, for a
 * model that was not trained on a table, from a row of numbers to the outputs.
 */
export function toTypeScript(model: ModelToWrite): string {
  modelParts(model, 'toTypeScript: model');
  const { network, inputs, parameters, precision, loss, encoding } = model;
  checkOneInput(network, 'TypeScript');
  const units = [[inputs], ...layerShapes(network, [inputs])].map(lastOf);
  const predicted = encoding?.target.name ?? `${units.at(-1)} numbers`;
  const title = `A network ${units.join('-')}, trained and written by chainrule. Predictions: ${predicted}.`;
  const { weights, steps, result } = networkText(network, { inputs, parameters, precision });
  const usesErf = steps.some((text) => text.includes('erf('));
  const parts = [
    `// ${scriptComment(title)}`,
    ...weights,
    ...(usesErf ? [erfSource.trim()] : []),
    `/** Computes the network's outputs from its inputs. */\nfunction network(x: ArrayLike<number>): Float64Array {\n${steps.join('\n')}\n  return ${result};\n}`,
    encoding === undefined ? plainText(inputs) : tableText(encoding, outputKind(network, loss)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The constants of a network, the statements that compute its outputs, and the name of the outputs. */
function networkText(
  network: Network,
  { inputs, parameters, precision }: Pick<ModelToWrite, 'inputs' | 'parameters' | 'precision'>,
) {
  const graph = outputGraph(network, { batch: 1, inputs });
  const output = graph.get(stepAddresses.output);
  const needed = new Set(inputsFirst([output]));
  const names = new Map<Node, string>();
  const identifiers = new Identifiers();
  const weights: string[] = [];
  const steps: string[] = [];
  for (const node of graph.nodes.filter((each) => needed.has(each))) {
    const { op } = node;
    if (op.kind !== 'source') {
      const name = `v${steps.length + 1}`;
      names.set(node, name);
      steps.push(stepText(node, name, names));
      continue;
    }
    const name = node.name === stepAddresses.input ? 'x' : identifiers.of(node.name ?? `constant_${node.id}`);
    names.set(node, name);
    const data = node.name === undefined ? undefined : parameters.get(node.name);
    const { initial } = op;
    if (data !== undefined) weights.push(numbersText(name, data, precision));
    else if (typeof initial === 'object') weights.push(numbersText(name, initial, 'float64'));
    else if (op.role !== 'input') weights.push(`const ${name} = [${scriptNumber(initial ?? 0)}];`);
  }
  return { weights, steps, result: names.get(output)! };
}

function numbersText(
  name: string,
  { data }: { readonly data: ArrayLike<number> },
  precision: 'float64' | 'float32',
): string {
  const [kind, shown] =
    precision === 'float32'
      ? // Nine digits distinguish any two numbers of float32.
        ['Float32Array', (value: number) => scriptNumber(Number(value.toPrecision(9)))]
      : ['Float64Array', scriptNumber];
  return `const ${name} = ${kind}.from([${Array.from(data, (value) => shown(value)).join(', ')}]);`;
}

/** The index of an element, with the letters as indices; an axis of length 1 has none. */
function indexText(axes: string, shape: readonly number[]): string {
  const terms: string[] = [];
  let stride = 1;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    if (shape[axis] > 1) terms.unshift(stride === 1 ? axes[axis] : `${axes[axis]} * ${stride}`);
    stride *= shape[axis];
  }
  return terms.join(' + ') || '0';
}

function stepText(node: Node, name: string, names: ReadonlyMap<Node, string>): string {
  const { op, inputs, shape } = node;
  const declared = `  const ${name} = new Float64Array(${size(shape)});`;
  const read = (letters: Letters, i: number) =>
    `${names.get(inputs[i])}[${indexText(letters.inputs[i], inputs[i].shape)}]!`;
  switch (op.kind) {
    case 'source':
      return '';
    case 'kernel': {
      const from = inputs.map((input) => names.get(input)!);
      return kernelText(op.kernel, name, from, node);
    }
    case 'contract': {
      const { letters } = op;
      const lengths = lengthsOf(letters, inputs);
      const summed = [...lengths.keys()].filter((letter) => !letters.output.includes(letter));
      const product = inputs.map((_, i) => read(letters, i)).join(' * ');
      const at = `${name}[${indexText(letters.output, shape)}]`;
      return [declared, loops([...letters.output, ...summed], lengths, `${at}! += ${product};`)].join('\n');
    }
    case 'map': {
      const { letters, map } = op;
      const lengths = lengthsOf(letters, inputs);
      [...letters.output].forEach((letter, axis) => {
        lengths.set(letter, shape[axis]);
      });
      const { before, value } = formulaText(map.formula, (i) => read(letters, i));
      const body = [...before, `${name}[${indexText(letters.output, shape)}] = ${value};`];
      return [declared, loops([...letters.output], lengths, ...body)].join('\n');
    }
  }
}

function lengthsOf(letters: Letters, inputs: readonly Node[]): Map<string, number> {
  return new Map(letters.inputs.flatMap((axes, i) => [...axes].map((letter, axis) => [letter, inputs[i].shape[axis]])));
}

/** Statements for all indices of the letters. */
function loops(letters: readonly string[], lengths: ReadonlyMap<string, number>, ...body: string[]): string {
  const over = letters.filter((letter) => lengths.get(letter)! > 1);
  const heads = over.map((letter) => `for (let ${letter} = 0; ${letter} < ${lengths.get(letter)}; ${letter}++)`);
  if (over.length === 0) return `  {\n    ${body.join('\n    ')}\n  }`;
  return `  ${heads.join(' ')} {\n    ${body.join('\n    ')}\n  }`;
}

function plainText(inputs: number): string {
  return `/** The outputs for a row of ${inputs} numbers. Throws a RangeError for a row of another length. */
export function predict(row: ArrayLike<number>): number[] {
  if (row.length !== ${inputs}) throw new RangeError(\`a row has ${inputs} numbers, not \${row.length}\`);
  return Array.from(network(row));
}`;
}
