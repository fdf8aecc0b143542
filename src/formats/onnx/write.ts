/**
 * A model as an ONNX file. For a model of a table: raw columns in; labels, probabilities or numbers in the units of the column
 * out. For any other model: rows of numbers in, outputs out. The number of rows is open.
 *
 * The network computes in float32, as runtimes do; numeric columns are float64 until they are scaled. Parameters of a
 * float64 model are stored in float64 and cast where they are used, so reading the file loses nothing.
 */
import { type Encoding, transformOf } from '../../data/encode/encoding.ts';
import { describeModel, modelParts } from '../../net/describe-model.ts';
import type { Loss } from '../../net/losses.ts';
import { outputWidth } from '../../net/network.ts';
import type { Optimizer } from '../../net/optimizers.ts';
import { outputKind } from '../../net/rows-setup.ts';
import { type NetworkToWrite, writeNetwork } from './network.ts';
import { elements, encodeModel } from './schema.ts';
import { isNumeric, type Output, writeFeature, writeTarget } from './table.ts';
import { type Element, Writer } from './writer.ts';

/** The parts of a model that a file contains. */
export interface ModelToWrite extends NetworkToWrite {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly encoding?: Encoding;
}

/** IR 10 and opset 21 belong to ONNX 1.16: they have every operator that is used here, and current runtimes support them. */
const versions = { ir: 10n, opset: 21n, ml: 4n };
/** The metadata under this key describe the model; reading restores it from them. */
export const metadataKey = 'chainrule';

/**
 * The bytes of an ONNX file.
 *
 * For a table: an input [rows, 1] for each column, under its name. Numeric columns are float64 with NaN for a missing value
 * (dates as days since 1970-01-01), other columns are text with "" for one. Outputs: `label` [rows] and `probabilities` [rows,
 * classes], or `prediction` [rows, columns]. Otherwise `input` [rows, inputs] and `output` [rows, outputs], float32.
 */
export function toOnnx(model: ModelToWrite): Uint8Array {
  modelParts(model, 'toOnnx: model');
  const { network, inputs, loss, optimizer, encoding } = model;
  const w = new Writer((encoding?.features ?? []).map(({ name }) => name));
  const rows = { dimParam: 'rows' };
  const value = (name: string, type: Element, width?: number) => ({
    name,
    type: {
      tensorType: {
        elemType: elements[type],
        shape: { dim: [rows, ...(width === undefined ? [] : [{ dimValue: BigInt(width) }])] },
      },
    },
  });
  const given = (encoding?.features ?? []).map((feature) =>
    value(feature.name, isNumeric(transformOf(feature)) ? 'double' : 'string', 1),
  );
  let outputs: Output[];
  if (encoding === undefined) {
    const of = writeNetwork(w, model, 'input');
    const width = outputWidth(network, inputs);
    outputs = [{ name: w.node('Identity', [of], {}, 'output'), type: 'float', width }];
  } else {
    const columns = encoding.features.map((feature) => writeFeature(w, transformOf(feature), feature.name));
    const all = columns.length === 1 ? columns[0] : w.node('Concat', columns, { axis: 1 });
    outputs = writeTarget(w, encoding, writeNetwork(w, model, all), outputKind(network, loss));
  }
  return encodeModel({
    irVersion: versions.ir,
    producerName: 'chainrule',
    opsetImport: [
      { domain: '', version: versions.opset },
      ...(w.nodes.some(({ domain }) => domain === 'ai.onnx.ml')
        ? [{ domain: 'ai.onnx.ml', version: versions.ml }]
        : []),
    ],
    graph: {
      name: 'network',
      node: w.nodes,
      initializer: w.initializers,
      input: encoding === undefined ? [value('input', 'float', inputs)] : given,
      output: outputs.map(({ name, type, width }) => value(name, type, width)),
    },
    metadataProps: [
      { key: metadataKey, value: JSON.stringify(describeModel({ network, inputs, loss, optimizer, encoding })) },
    ],
  });
}
