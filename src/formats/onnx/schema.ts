/**
 * The messages of an ONNX file, as far as they are written or read here. Source: onnx.proto of ONNX 1.19 (IR version 12).
 * protobuf-es (Apache-2.0, kept by Buf) encodes them; unlike others it makes no code at run time, which pages may forbid.
 */
import { create, createFileRegistry, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

export interface OnnxTensor {
  dims: bigint[];
  dataType: number;
  floatData: number[];
  int32Data: number[];
  stringData: Uint8Array[];
  int64Data: bigint[];
  doubleData: number[];
  name: string;
  rawData: Uint8Array;
  /** Of another file with the numbers: `location`, `offset` and `length`. */
  externalData: { key: string; value: string }[];
  /** 1: the numbers are in another file. */
  dataLocation: number;
}

export interface OnnxAttribute {
  name: string;
  type: number;
  f: number;
  i: bigint;
  s: Uint8Array;
  t?: OnnxTensor;
  floats: number[];
  ints: bigint[];
  strings: Uint8Array[];
}

export interface OnnxNode {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  domain: string;
  attribute: OnnxAttribute[];
}

export interface OnnxValue {
  name: string;
  type?: { tensorType?: { elemType: number; shape?: { dim: { dimValue?: bigint; dimParam?: string }[] } } };
}

export interface OnnxGraph {
  node: OnnxNode[];
  name: string;
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
}

export interface OnnxModel {
  irVersion: bigint;
  producerName: string;
  producerVersion: string;
  graph?: OnnxGraph;
  opsetImport: { domain: string; version: bigint }[];
  /** Operators that the file defines itself. */
  functions: { name: string; domain: string }[];
  metadataProps: { key: string; value: string }[];
}

/** Element types that are written. */
export const elements = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;
/** Types of attributes. */
export const attributes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

type Field = readonly [name: string, number: number, type: Type | string, how?: 'many' | 'packed'];

const messages: Readonly<Record<string, readonly Field[]>> = {
  ModelProto: [
    ['ir_version', 1, Type.INT64],
    ['producer_name', 2, Type.STRING],
    ['producer_version', 3, Type.STRING],
    ['graph', 7, 'GraphProto'],
    ['opset_import', 8, 'OperatorSetIdProto', 'many'],
    ['metadata_props', 14, 'StringStringEntryProto', 'many'],
    ['functions', 25, 'FunctionProto', 'many'],
  ],
  FunctionProto: [
    ['name', 1, Type.STRING],
    ['domain', 10, Type.STRING],
  ],
  OperatorSetIdProto: [
    ['domain', 1, Type.STRING],
    ['version', 2, Type.INT64],
  ],
  StringStringEntryProto: [
    ['key', 1, Type.STRING],
    ['value', 2, Type.STRING],
  ],
  GraphProto: [
    ['node', 1, 'NodeProto', 'many'],
    ['name', 2, Type.STRING],
    ['initializer', 5, 'TensorProto', 'many'],
    ['input', 11, 'ValueInfoProto', 'many'],
    ['output', 12, 'ValueInfoProto', 'many'],
  ],
  NodeProto: [
    ['input', 1, Type.STRING, 'many'],
    ['output', 2, Type.STRING, 'many'],
    ['name', 3, Type.STRING],
    ['op_type', 4, Type.STRING],
    ['attribute', 5, 'AttributeProto', 'many'],
    ['domain', 7, Type.STRING],
  ],
  AttributeProto: [
    ['name', 1, Type.STRING],
    ['f', 2, Type.FLOAT],
    ['i', 3, Type.INT64],
    ['s', 4, Type.BYTES],
    ['t', 5, 'TensorProto'],
    ['floats', 7, Type.FLOAT, 'many'],
    ['ints', 8, Type.INT64, 'many'],
    ['strings', 9, Type.BYTES, 'many'],
    ['type', 20, Type.INT32],
  ],
  TensorProto: [
    ['dims', 1, Type.INT64, 'many'],
    ['data_type', 2, Type.INT32],
    ['float_data', 4, Type.FLOAT, 'packed'],
    ['int32_data', 5, Type.INT32, 'packed'],
    ['string_data', 6, Type.BYTES, 'many'],
    ['int64_data', 7, Type.INT64, 'packed'],
    ['name', 8, Type.STRING],
    ['raw_data', 9, Type.BYTES],
    ['double_data', 10, Type.DOUBLE, 'packed'],
    ['external_data', 13, 'StringStringEntryProto', 'many'],
    ['data_location', 14, Type.INT32],
  ],
  ValueInfoProto: [
    ['name', 1, Type.STRING],
    ['type', 2, 'TypeProto'],
  ],
  TypeProto: [['tensor_type', 1, 'TensorType']],
  TensorType: [
    ['elem_type', 1, Type.INT32],
    ['shape', 2, 'TensorShapeProto'],
  ],
  TensorShapeProto: [['dim', 1, 'Dimension', 'many']],
  Dimension: [
    ['dim_value', 1, Type.INT64],
    ['dim_param', 2, Type.STRING],
  ],
};

function describeField([name, number, type, how]: Field): FieldDescriptorProto {
  return create(FieldDescriptorProtoSchema, {
    name,
    number,
    jsonName: name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    label: how === undefined ? Label.OPTIONAL : Label.REPEATED,
    ...(typeof type === 'string' ? { type: Type.MESSAGE, typeName: `.onnx.${type}` } : { type }),
    ...(how === 'packed' && { options: { packed: true } }),
  });
}

let known: DescMessage | undefined;

/** The description of the whole format, made at its first use. */
function modelDescription(): DescMessage {
  if (known !== undefined) return known;
  const file = create(FileDescriptorProtoSchema, {
    name: 'onnx.proto',
    package: 'onnx',
    syntax: 'proto2',
    messageType: Object.entries(messages).map(([name, fields]) => ({ name, field: fields.map(describeField) })),
  });
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  known = registry.getMessage('onnx.ModelProto')!;
  return known;
}

/** A message with some of its fields; the others are as the format has them. */
export type Partly<T> = T extends Uint8Array | bigint
  ? T
  : T extends readonly (infer E)[]
    ? Partly<E>[]
    : T extends object
      ? { [K in keyof T]?: Partly<T[K]> }
      : T;

/** The bytes of a model. */
export function encodeModel(model: Partly<OnnxModel>): Uint8Array {
  const description = modelDescription();
  return toBinary(description, create(description, model as never));
}

/** The model in bytes. Throws the library's errors. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  return fromBinary(modelDescription(), bytes) as unknown as OnnxModel;
}
