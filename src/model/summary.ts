/** A network in a table: its layers with the shapes of their outputs and the numbers of their parameters. */
import { size } from '../base/shape.ts';
import { isTrained, layerText } from '../net/layer.ts';
import { eachParameter, layerShapes, type Network } from '../net/network.ts';

export interface LayerSummary {
  /** The layer's address: `layers.0`. */
  readonly address: string;
  /** In words: `dense 4 tanh`. */
  readonly layer: string;
  /** The shape of the output for one row, without the axis of rows. */
  readonly output: readonly number[];
  readonly parameters: number;
  /** How many of them training changes. Statistics of a batch normalization are not trained. */
  readonly trained: number;
}

export interface ModelSummary {
  readonly inputs: number;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly trained: number;
  /** The summary as a table of text. */
  toString(): string;
}

/** Summarizes a network with rows of `inputs` numbers. */
export function summarize(net: Network, inputs: number): ModelSummary {
  const counts = net.layers.map(() => ({ parameters: 0, trained: 0 }));
  eachParameter(net, inputs, (_address, layer, spec, index) => {
    const count = size(spec.shape);
    counts[index].parameters += count;
    if (!spec.buffer && isTrained(layer, spec.name)) counts[index].trained += count;
  });
  const shapes = layerShapes(net, [inputs]);
  const layers = net.layers.map(({ config }, index) => ({
    address: `layers.${index}`,
    layer: layerText(config),
    output: shapes[index],
    ...counts[index],
  }));
  const total = (of: 'parameters' | 'trained') => counts.reduce((sum, count) => sum + count[of], 0);
  const summary = { inputs, layers, parameters: total('parameters'), trained: total('trained') };
  return Object.defineProperty(summary, 'toString', { value: () => summaryText(summary), enumerable: false });
}

/** Columns of equal width: numbers to the right, texts to the left. */
function summaryText({ inputs, layers, parameters, trained }: ModelSummary): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const rows = [
    ['layer', '', 'output', 'parameters'],
    ['input', '', `[${inputs}]`, ''],
    ...layers.map((each) => [each.address, each.layer, `[${each.output.join(', ')}]`, number(each.parameters)]),
    ['total', '', '', number(parameters)],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 3 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  const fixed = parameters - trained;
  return [...lines, ...(fixed > 0 ? [`${number(fixed)} of the parameters are not trained.`] : [])].join('\n');
}
