/**
 * A network from an ONNX file of another program. Each node's result is a constant, rows of numbers that follow from the input
 * in a way that layers can express, or a value that is not understood. A value that is not understood is an error if an output of
 * numbers depends on it.
 */

import { fail, listNames } from '../../base/errors.ts';
import { withDefaults } from '../../base/options.ts';
import { clip } from '../../base/printable.ts';
import { show } from '../../base/show.ts';
import { activations } from '../../core/ops/activations.ts';
import {
  type ConstantSource,
  type Constants,
  elementName,
  chainFix as fix,
  isFractional,
  numbersOf,
} from './constants.ts';
import { elementwise } from './elementwise.ts';
import { foldOf } from './fold.ts';
import { modelOf, type ReadModel } from './layers.ts';
import { mlOperators, secondOutput } from './ml-operators.ts';
import { NodeAttributes } from './node-attributes.ts';
import { operators } from './operators.ts';
import { isConstant, NotUnderstood, ReadContext, type ReadNode, refuse } from './read-context.ts';
import { readActivationNode, readElementwise } from './read-elementwise.ts';
import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './schema.ts';
import { readSoftmaxPart } from './softmax-parts.ts';
import { type ConstantValue, type RowsValue, rowsOf, type Value } from './values.ts';

/** A file: its constants, its name in errors, and the files next to it. */
export interface OnnxSource extends ConstantSource {
  readonly constants: Constants;
}

/** Reads the network. Throws an InputError that names the node if the graph does not compute what layers can express. */
export function readChain(model: OnnxModel, source: OnnxSource): ReadModel {
  const graph = new GraphReader(model, source);
  for (const input of model.graph!.input) graph.addInput(input);
  for (const node of model.graph!.node) graph.addNode(node);
  return graph.model();
}

const activationOperators = new Set(
  activations.map((entry) => (typeof entry === 'function' ? withDefaults(entry) : entry).onnx?.operator),
);

/** How a node of an operator is read; undefined if it is not known. */
function readerOf({ opType, domain }: OnnxNode): ReadNode | undefined {
  if (domain === 'ai.onnx.ml') return Object.hasOwn(mlOperators, opType) ? mlOperators[opType] : undefined;
  if (Object.hasOwn(operators, opType)) return operators[opType];
  if (Object.hasOwn(elementwise, opType)) return readElementwise(opType);
  return activationOperators.has(opType) ? readActivationNode(opType) : undefined;
}

class GraphReader {
  private readonly values = new Map<string, Value>();
  private readonly inputs: string[] = [];
  private readonly context: ReadContext;
  private readonly own: ReadonlySet<string>;
  private readonly source: OnnxSource;
  private readonly outputs: readonly OnnxValue[];

  constructor({ graph, functions }: OnnxModel, source: OnnxSource) {
    this.source = source;
    this.context = new ReadContext(source.charge);
    this.own = new Set(functions.map(({ domain, name }) => `${domain} ${name}`));
    this.outputs = graph!.output;
    for (const [name, given] of source.constants) this.values.set(name, this.constant(given));
  }

  private constant(given: OnnxTensor): ConstantValue {
    let found: ReturnType<typeof numbersOf> | undefined;
    return {
      kind: 'constant',
      element: given.dataType,
      shape: given.dims.map(Number),
      numbers: () => {
        found ??= numbersOf(given, this.source);
        return found;
      },
      ...(given.dataType === 8 && { texts: given.stringData.map((bytes) => new TextDecoder().decode(bytes)) }),
    };
  }

  /** An input of the graph that is not a constant: rows of numbers. */
  addInput({ name, type }: OnnxValue): void {
    if (this.source.constants.has(name)) return;
    this.inputs.push(name);
    const element = type?.tensorType?.elemType ?? 1;
    const dims = type?.tensorType?.shape?.dim;
    const lengths = dims?.slice(1).map(({ dimValue }) => (dimValue === undefined ? Number.NaN : Number(dimValue)));
    const isPlain = lengths === undefined || lengths.length < 2;
    const [only = Number.NaN] = lengths ?? [];
    const width = isPlain && only > 0 ? only : undefined;
    const rows = rowsOf({ step: { kind: 'input', names: [name] }, width }, element);
    this.values.set(name, isPlain ? rows : { ...rows, axes: lengths });
    if (!isFractional(element) && element !== 8) {
      this.context.notes.add(`The input ${show(name)} is of type ${elementName(element)}: give whole numbers.`);
    }
  }

  addNode(node: OnnxNode): void {
    const found = this.read(node);
    const value: Value =
      found instanceof NotUnderstood ? { kind: 'unread', why: `the node ${this.nameOf(node)} ${found.why}` } : found;
    const isSecond = secondOutput.has(node.opType);
    node.output.forEach((name, k) => {
      if (name === '') return;
      const isMain = k === (isSecond ? 1 : 0);
      const other = `the node ${this.nameOf(node)} has an output ${show(name)} that chainrule does not compute`;
      this.values.set(name, isMain ? value : { kind: 'unread', why: other });
    });
  }

  private read(node: OnnxNode): Value | NotUnderstood {
    const attributes = new NodeAttributes(node);
    const standard = node.domain === '' || node.domain === 'ai.onnx';
    if (!standard && node.domain !== 'ai.onnx.ml') return refuse(`belongs to the domain ${show(node.domain)}`);
    if (this.own.has(`${node.domain} ${node.opType}`)) return refuse('is an operator that the file itself defines');
    const inputs = node.input.map((name) => (name === '' ? undefined : this.valueOf(name)));
    const unread = inputs.find((value) => value?.kind === 'unread');
    if (standard && node.opType === 'Constant') return this.constantOf(attributes);
    const isFixed = isConstant(inputs[0]) && inputs.every((value) => value === undefined || isConstant(value));
    const fold = standard && isFixed ? foldOf(node.opType) : undefined;
    const softmaxPart = standard ? readSoftmaxPart(node.opType, inputs, attributes, this.context) : undefined;
    if (softmaxPart !== undefined) return softmaxPart;
    const reader = fold ?? readerOf(node);
    if (reader === undefined) return refuse('is not supported');
    if (unread !== undefined) return unread;
    const found = reader(inputs as never, attributes, this.context);
    if (found instanceof NotUnderstood || attributes.unread === undefined) return found;
    return refuse(`has the attribute ${show(attributes.unread)}, which chainrule does not know`);
  }

  private valueOf(name: string): Value {
    return this.values.get(name) ?? { kind: 'unread', why: `nothing in the graph computes ${show(name)}` };
  }

  private constantOf(attributes: NodeAttributes): Value | NotUnderstood {
    const given = attributes.tensor('value');
    if (given !== undefined) return this.constant(given);
    const plain = (dataType: number, dims: bigint[], rest: Partial<OnnxTensor>) =>
      this.constant({ name: '', dims, dataType, rawData: new Uint8Array(), dataLocation: 0, ...rest } as OnnxTensor);
    const floats = attributes.numbers('value_floats');
    const integers = attributes.integers('value_ints');
    if (attributes.has('value_float')) return plain(1, [], { floatData: [attributes.number('value_float', 0)] });
    if (attributes.has('value_int')) return plain(7, [], { int64Data: [BigInt(attributes.integer('value_int', 0))] });
    if (integers !== undefined) return plain(7, [BigInt(integers.length)], { int64Data: integers.map(BigInt) });
    if (floats.length > 0) return plain(1, [BigInt(floats.length)], { floatData: [...floats] });
    return refuse('is a constant of another kind');
  }

  private nameOf({ name, output, opType }: OnnxNode): string {
    return `${show(name || output[0] || '')} (${clip(opType)})`;
  }

  /** The model, from the one output of numbers. Outputs of labels are left out with a note. */
  model(): ReadModel {
    const { where } = this.source;
    const found = this.outputs.map((output) => ({ output, value: this.valueOf(output.name) }));
    const numbers = found.filter((each): each is { output: OnnxValue; value: RowsValue } => each.value.kind === 'rows');
    const isLabel = ({ type }: OnnxValue) => type !== undefined && !isFractional(type.tensorType?.elemType ?? 0);
    const lost = found.find(
      ({ value, output }) => value.kind === 'unread' && (numbers.length === 0 || !isLabel(output)),
    );
    if (lost !== undefined) fail({ what: (lost.value as { why: string }).why, where, fix });
    if (numbers.length !== 1) {
      const names = numbers.map(({ output }) => show(output.name));
      const what =
        numbers.length === 0
          ? 'no output of the graph follows from its input'
          : `the graph has ${numbers.length} outputs of numbers: ${listNames(names)}`;
      fail({ what, where, fix: 'Export a model with one output of numbers.' });
    }
    const [{ output, value }] = numbers;
    for (const each of found) {
      if (each.output.name !== output.name) this.context.notes.add(`The output ${show(each.output.name)} is not read.`);
    }
    const stage = this.context.close(value);
    if (stage instanceof NotUnderstood) {
      return fail({ what: `the output ${show(output.name)} ${stage.why}`, where, fix });
    }
    if (value.axes !== undefined && value.axes.length > 0) {
      fail({ what: `the output ${show(output.name)} has ${value.axes.length + 1} axes`, where, fix });
    }
    return modelOf(stage, { ...this.source, notes: this.context.notes, inputs: this.inputs });
  }
}
