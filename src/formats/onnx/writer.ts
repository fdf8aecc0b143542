/** Collects the nodes and constants of an ONNX graph under unique names. */
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import { attributes, elements, type OnnxAttribute, type OnnxModel, type OnnxTensor, type Partly } from './schema.ts';

export type Attributes = Readonly<Record<string, number | string | bigint | readonly string[] | readonly bigint[]>>;
export type Element = keyof typeof elements;

/** A text in UTF-8. Throws an InputError for half of a surrogate pair, which JSON may contain and UTF-8 may not. */
const bytesOf = (text: string) => new TextEncoder().encode(wellFormed(text));

function wellFormed(text: string): string {
  if (!/\p{Surrogate}/u.test(text)) return text;
  return fail({
    what: `the text ${show(text)} contains half of a surrogate pair, which UTF-8 cannot represent`,
    where: 'model',
    fix: 'Correct the text in the data and train again, or export as json.',
  });
}

function attributeOf(name: string, value: Attributes[string]): Partly<OnnxAttribute> {
  if (typeof value === 'number') {
    if (!Number.isFinite(Math.fround(value))) {
      fail({
        what: `the ${name} of an activation is ${value}, which is beyond float32`,
        where: 'model',
        fix: 'Export as ts or json instead.',
      });
    }
    // An axis is an integer, a slope is not.
    return name === 'axis' || name === 'to' || name === 'keepdims'
      ? { name, type: attributes.int, i: BigInt(value) }
      : { name, type: attributes.float, f: value };
  }
  if (typeof value === 'bigint') return { name, type: attributes.int, i: value };
  if (typeof value === 'string') return { name, type: attributes.string, s: bytesOf(value) };
  if (typeof value[0] === 'string') {
    return { name, type: attributes.strings, strings: (value as readonly string[]).map(bytesOf) };
  }
  return { name, type: attributes.ints, ints: [...(value as readonly bigint[])] };
}

export class Writer {
  readonly nodes: NonNullable<NonNullable<Partly<OnnxModel>['graph']>['node']> = [];
  readonly initializers: Partly<OnnxTensor>[] = [];
  private readonly scalars = new Map<number, string>();
  /** Names in the graph: each names one value. */
  private readonly taken: Set<string>;
  private count = 0;

  /** `columns` are the names of the graph's inputs. */
  constructor(columns: readonly string[]) {
    this.taken = new Set(columns.map(wellFormed));
  }

  private fresh(of: string): string {
    let name: string;
    do {
      this.count += 1;
      name = `${of.toLowerCase()}_${this.count}`;
    } while (this.taken.has(name));
    return name;
  }

  /** The name, with a number if a column already has it. */
  private unique(name: string): string {
    return this.taken.has(name) ? this.fresh(name) : name;
  }

  node(opType: string, input: readonly string[], given: Attributes = {}, wanted = this.fresh(opType)): string {
    const output = this.unique(wanted);
    this.taken.add(output);
    this.nodes.push({
      opType,
      input: [...input],
      output: [output],
      name: output,
      attribute: Object.entries(given).map(([name, value]) => attributeOf(name, value)),
      ...(opType === 'LabelEncoder' && { domain: 'ai.onnx.ml' }),
    });
    return output;
  }

  /** A constant tensor. */
  tensor(name: string, type: Element, dims: readonly number[], data: ArrayLike<number> | readonly string[]): string {
    // Reading finds a parameter by its name.
    if (this.taken.has(name)) {
      fail({
        what: `a column has the name of a parameter, ${show(name)}`,
        where: 'model',
        fix: 'Rename the column and train again, or export as json.',
      });
    }
    this.taken.add(name);
    const shared = { name, dims: dims.map(BigInt), dataType: elements[type] };
    if (type === 'string') {
      this.initializers.push({ ...shared, stringData: (data as readonly string[]).map(bytesOf) });
      return name;
    }
    const numbers = Array.from(data as ArrayLike<number>);
    const width = { float: 4, double: 8, int64: 8, bool: 1 }[type];
    const raw = new Uint8Array(numbers.length * width);
    const view = new DataView(raw.buffer);
    numbers.forEach((value, i) => {
      if (type === 'float') view.setFloat32(4 * i, value, true);
      else if (type === 'double') view.setFloat64(8 * i, value, true);
      else if (type === 'int64') view.setBigInt64(8 * i, BigInt(value), true);
      else raw[i] = value;
    });
    this.initializers.push({ ...shared, rawData: raw });
    return name;
  }

  constant(type: Element, dims: readonly number[], data: ArrayLike<number> | readonly string[]): string {
    return this.tensor(this.fresh('constant'), type, dims, data);
  }

  scalar(value: number): string {
    const known = this.scalars.get(value) ?? this.constant('float', [], [value]);
    this.scalars.set(value, known);
    return known;
  }

  cast(input: string, to: Element): string {
    return this.node('Cast', [input], { to: BigInt(elements[to]) });
  }
}
