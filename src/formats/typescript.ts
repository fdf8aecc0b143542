/**
 * A model as one TypeScript file that imports nothing: its weights, and a function from a row to a prediction. The code is
 * the network's own graph for one row, node by node, so whatever trains can be written.
 */
import { lastOf, type Shape, size } from '../base/shape.ts';
import type { Formula, Primitive } from '../core/formula.ts';
import type { Letters, Node } from '../core/graph.ts';
import type { Kernel, KernelName } from '../core/ops/kernels.ts';
import { inputsFirst } from '../core/walk.ts';
import type { OutputKind } from '../data/encode/decode.ts';
import { type Encoding, transformOf } from '../data/encode/encoding.ts';
import { affine } from '../data/encode/scaling.ts';
import { classesOf, columnsOf, numbersOf } from '../data/encode/targets/index.ts';
import type { CellTransform, NumericTransform } from '../data/encode/transform.ts';
import { stepAddresses } from '../net/addresses.ts';
import type { Loss } from '../net/losses.ts';
import { layerShapes, type Network, type Parameters } from '../net/network.ts';
import { outputKind } from '../net/setup.ts';
import { outputGraph } from '../net/step.ts';
import { scriptComment, scriptNumber, scriptString } from './literals.ts';
import { checkOneInput } from './one-input.ts';

/** What is written of a model. */
export interface ModelToWrite {
  readonly network: Network;
  /** Numbers in a row. */
  readonly inputs: number;
  readonly parameters: Parameters;
  /** Weights are written as short as it allows. */
  readonly precision: 'float64' | 'float32';
  readonly loss: Loss;
  readonly encoding?: Encoding;
}

/** Without the parentheses around the whole, if there are such. */
function bare(text: string): string {
  if (!text.startsWith('(')) return text;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth += 1;
    if (text[i] === ')') depth -= 1;
    if (depth === 0) return i === text.length - 1 ? text.slice(1, -1) : text;
  }
  return text;
}

/** Names of constants: no two alike, and none that the code has for something else. */
class Identifiers {
  private readonly taken = new Set<string>();

  of(name: string): string {
    const letters = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
    // all that the code declares itself has no low line in it, but for steps such as v1_3
    const plain = /^[A-Za-z]+_/.test(letters) ? letters : `constant_${letters}`;
    let unique = plain;
    for (let n = 2; this.taken.has(unique); n++) unique = `${plain}_${n}`;
    this.taken.add(unique);
    return unique;
  }
}

/** The primitives in JavaScript; those that are no operator or function of `Math` are written where they are used. */
const written: Readonly<Record<Primitive, (...operands: string[]) => string>> = {
  add: (a, b) => `(${a} + ${b})`,
  sub: (a, b) => `(${a} - ${b})`,
  mul: (a, b) => `(${a} * ${b})`,
  div: (a, b) => `(${a} / ${b})`,
  neg: (a) => `(-${a})`,
  exp: (a) => `Math.exp(${bare(a)})`,
  expm1: (a) => `Math.expm1(${bare(a)})`,
  log: (a) => `Math.log(${bare(a)})`,
  log1p: (a) => `Math.log1p(${bare(a)})`,
  sqrt: (a) => `Math.sqrt(${bare(a)})`,
  sin: (a) => `Math.sin(${bare(a)})`,
  cos: (a) => `Math.cos(${bare(a)})`,
  tanh: (a) => `Math.tanh(${bare(a)})`,
  max: (a, b) => `Math.max(${bare(a)}, ${bare(b)})`,
  min: (a, b) => `Math.min(${bare(a)}, ${bare(b)})`,
  abs: (a) => `Math.abs(${bare(a)})`,
  floor: (a) => `Math.floor(${bare(a)})`,
  erf: (a) => `erf(${bare(a)})`,
  pow: (a, b) => `Math.pow(${bare(a)}, ${bare(b)})`,
  step: (a) => `(${a} > 0 ? 1 : 0)`,
  where: (a, b, c) => `(${a} > 0 ? ${b} : ${c})`,
};

/** The series of erf to 3, then the continued fraction of erfc: to 1e-15. Source: Abramowitz and Stegun, 7.1.6 and 7.1.14. */
const erfSource = `
function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 3) {
    let term = (2 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x);
    let sum = term;
    for (let n = 1; n < 100; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return sum;
  }
  let fraction = 0;
  for (let n = 100; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction));
}
`;

const literal = scriptNumber;
const quoted = scriptString;
const remark = scriptComment;
/** A key of an object; as it stands `__proto__` would be its prototype. */
const key = (name: string) => (name === '__proto__' ? `[${quoted(name)}]` : quoted(name));
/** A column's cell in a row; of a name that every object has, only where the row has it itself. */
const cellOf = (name: string) =>
  name in Object.prototype
    ? `(Object.hasOwn(row, ${quoted(name)}) ? row[${quoted(name)}] : undefined)`
    : `row[${quoted(name)}]`;
/** A value less an offset. */
const less = (value: string, offset: number) =>
  offset < 0 ? `(${value} + ${literal(-offset)})` : `(${value} - ${literal(offset)})`;

/**
 * A TypeScript file that imports nothing and exports `predict`: from a row of the table to a number or a label, or, of a
 * model that knows no table, from a row of numbers to the outputs.
 */
export function toTypeScript({ network, inputs, parameters, precision, loss, encoding }: ModelToWrite): string {
  checkOneInput(network, 'TypeScript');
  const graph = outputGraph(network, { batch: 1, inputs });
  const units = [[inputs], ...layerShapes(network, [inputs])].map(lastOf);
  const predicted = encoding?.target.name ?? `${units.at(-1)} numbers`;
  const title = `A network ${units.join('-')}, trained and written by chainrule. Predictions: ${predicted}.`;
  const output = graph.get('output');
  const needed = new Set(inputsFirst([output]));
  const nodes = graph.nodes.filter((node) => needed.has(node));
  const names = new Map<Node, string>();
  const identifiers = new Identifiers();
  const weights: string[] = [];
  const steps: string[] = [];
  for (const node of nodes) {
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
    else if (op.role !== 'input') weights.push(`const ${name} = [${literal(initial ?? 0)}];`);
  }
  const result = names.get(output)!;
  const usesErf = steps.some((text) => text.includes('erf('));
  const parts = [
    `// ${remark(title)}`,
    ...weights,
    ...(usesErf ? [erfSource.trim()] : []),
    `/** From the network's inputs to its outputs. */\nfunction network(x: ArrayLike<number>): Float64Array {\n${steps.join('\n')}\n  return ${result};\n}`,
    encoding === undefined ? plainText(inputs) : tableText(encoding, outputKind(network, loss)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function numbersText(
  name: string,
  { data }: { readonly data: ArrayLike<number> },
  precision: 'float64' | 'float32',
): string {
  const [kind, shown] =
    precision === 'float32'
      ? // nine digits tell any two numbers of float32 apart
        ['Float32Array', (value: number) => literal(Number(value.toPrecision(9)))]
      : ['Float64Array', literal];
  return `const ${name} = ${kind}.from([${Array.from(data, (value) => shown(value)).join(', ')}]);`;
}

/** Where a value's number stands, with the letters as indices; an axis of length 1 has none. */
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
    `${names.get(inputs[i])}[${indexText(letters.inputs[i], inputs[i].shape)}]`;
  switch (op.kind) {
    case 'source':
      return '';
    case 'kernel': {
      const write = kernels[op.kernel.name];
      if (typeof write === 'string') throw new Error(`${op.kernel.name}: ${write}`);
      const from = inputs.map((input) => names.get(input)!);
      return (write as WriteKernel)(op.kernel, name, from, node).join('\n');
    }
    case 'contract': {
      const { letters } = op;
      const lengths = lengthsOf(letters, inputs);
      const summed = [...lengths.keys()].filter((letter) => !letters.output.includes(letter));
      const product = inputs.map((_, i) => read(letters, i)).join(' * ');
      const at = `${name}[${indexText(letters.output, shape)}]`;
      return [declared, loops([...letters.output, ...summed], lengths, `${at} += ${product};`)].join('\n');
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

type WriteKernel<K = Kernel> = (kernel: K, name: string, from: string[], node: Node) => string[];

/** The lengths of the axes before one, from it on, and after it. */
const around = (shape: Shape, axis: number) => ({
  outer: size(shape.slice(0, axis)),
  width: size(shape.slice(axis)),
  inner: size(shape.slice(axis + 1)),
});
const declare = (name: string, { shape }: Node) => `  const ${name} = new Float64Array(${size(shape)});`;
const part = (of: string, from: string, to: string) => `Array.prototype.slice.call(${of}, ${from}, ${to})`;

/** How each kernel is written, or why it is not. */
const kernels: { [N in KernelName]: string | WriteKernel<Extract<Kernel, { name: N }>> } = {
  rowMaximum(_kernel, name, [rows], node) {
    const width = node.inputs[0].shape.at(-1)!;
    if (size(node.shape) === 1) return [`  const ${name} = Float64Array.of(Math.max(...${rows}));`];
    return [
      declare(name, node),
      `  for (let r = 0; r < ${size(node.shape)}; r++) ${name}[r] = Math.max(...${part(rows, `r * ${width}`, `(r + 1) * ${width}`)});`,
    ];
  },
  uniform: 'it is for training',
  columnGather: columnGatherText,
  columnScatterAdd: 'it is for training',
  gather(_kernel, name, [table, indices], node) {
    const { inner } = around(node.inputs[0].shape, 0);
    return [
      declare(name, node),
      `  for (let i = 0; i < ${size(node.inputs[1].shape)}; i++) ${name}.set(${part(table, `${indices}[i] * ${inner}`, `(${indices}[i] + 1) * ${inner}`)}, i * ${inner});`,
    ];
  },
  scatterAdd: 'it is for training',
  reshape: (_kernel, name, [input]) => [`  const ${name} = Float64Array.from(${input});`],
  slice({ axis, start }, name, [input], node) {
    const { outer, width, inner } = around(node.shape, axis);
    const from = `o * ${around(node.inputs[0].shape, axis).width} + ${start * inner}`;
    return [
      declare(name, node),
      `  for (let o = 0; o < ${outer}; o++) ${name}.set(${part(input, from, `${from} + ${width}`)}, o * ${width});`,
    ];
  },
  pad: 'it is for training',
  concat({ axis }, name, from, node) {
    const { outer, width } = around(node.shape, axis);
    let at = 0;
    const copies = from.map((input, i) => {
      const own = around(node.inputs[i].shape, axis).width;
      const text = `    ${name}.set(${part(input, `o * ${own}`, `(o + 1) * ${own}`)}, o * ${width} + ${at});`;
      at += own;
      return text;
    });
    return [declare(name, node), `  for (let o = 0; o < ${outer}; o++) {`, ...copies, '  }'];
  },
  spmm({ ordered }, name, [values, dense, starts, columns, order], node) {
    const [rows, width] = node.shape;
    const value = `${values}[${ordered ? `${order}[e]` : 'e'}]`;
    return [
      declare(name, node),
      `  for (let r = 0; r < ${rows}; r++) for (let e = ${starts}[r]; e < ${starts}[r + 1]; e++) for (let k = 0; k < ${width}; k++) {`,
      `    ${name}[r * ${width} + k] += ${value} * ${dense}[${columns}[e] * ${width} + k];`,
      '  }',
    ];
  },
  sampledProduct: 'it is for training',
};

/** Columns as they are, and rows of tables in the place of their numbers. */
function columnGatherText(
  { parts }: Extract<Kernel, { name: 'columnGather' }>,
  name: string,
  [row, ...tables]: string[],
): string[] {
  const starts: string[] = [];
  const pieces = parts.map((part) => {
    const value = `${row}[${part.column}]`;
    if (part.table === undefined) return value;
    const start = `${name}_${part.column}`;
    const index = `Math.trunc(Math.min(Math.max(${value} || 0, 0), ${part.size - 1}))`;
    starts.push(`  const ${start} = ${index} * ${part.width};`);
    return `...${tables[part.table]}.subarray(${start}, ${start} + ${part.width})`;
  });
  return [...starts, `  const ${name} = Float64Array.of(${pieces.join(', ')});`];
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

/** A formula as an expression, what is used more than once in a constant before it. */
function formulaText(formula: Formula, read: (index: number) => string): { before: string[]; value: string } {
  const uses = new Map<Formula, number>();
  const count = (f: Formula) => {
    uses.set(f, (uses.get(f) ?? 0) + 1);
    if (f.kind === 'apply' && uses.get(f) === 1) f.operands.forEach(count);
  };
  count(formula);
  const before: string[] = [];
  const known = new Map<Formula, string>();
  const text = (f: Formula): string => {
    if (f.kind === 'constant') return f.value < 0 ? `(${literal(f.value)})` : literal(f.value);
    if (f.kind === 'argument') return read(f.index);
    const before_ = known.get(f);
    if (before_ !== undefined) return before_;
    const value = written[f.primitive](...f.operands.map(text));
    if (uses.get(f) === 1) return value;
    const name = `t${before.length + 1}`;
    before.push(`const ${name} = ${bare(value)};`);
    known.set(f, name);
    return name;
  };
  const value = bare(text(formula));
  return { before, value };
}

function plainText(inputs: number): string {
  return `/** The outputs for a row of ${inputs} numbers. Throws a RangeError for a row of another length. */
export function predict(row: ArrayLike<number>): number[] {
  if (row.length !== ${inputs}) throw new RangeError(\`a row has ${inputs} numbers, not \${row.length}\`);
  return Array.from(network(row));
}`;
}

const knownSource = `

const known = (value: unknown, values: readonly string[]) => values.map((each) => Number(String(value) === each));`;

const dateSource = `

const dateForm =
  /^(\\d{4}-\\d\\d)(?:(-\\d\\d)(?:[T ]((?:[01]\\d|2[0-3]):[0-5]\\d)(?::([0-5]\\d(?:[.,]\\d{1,9})?))?(?: ?(?:Z|([+-](?:[01]\\d|2[0-3]))(?::?([0-5]\\d))?))?)?)?$/;

/** A date of ISO 8601 (in UTC, where it has no offset), as days since 1970-01-01. */
const date = (cell: string | null | undefined, fill: number) => {
  const text = cell?.trim();
  const [, day, end = '-01', time = '00:00', second = '0', hours = '+00', minutes = '00'] = dateForm.exec(text || '') ?? [];
  const midnight = Date.parse(\`\${day}\${end}T00:00Z\`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(\`\${day}\${end}\`);
  if (text && !isDay) throw new RangeError(\`"\${cell}" is not a date\`);
  return text ? (Date.parse(\`\${day}\${end}T\${time}\${hours}:\${minutes}\`) + 1000 * Number(second.replace(',', '.'))) / 86_400_000 : fill;
};`;

const numericSource = `

/** A value, scaled, and its sine and cosine in cycles of these lengths. */
const numeric = (value: number, scaling: readonly [number, number] | undefined, periods: readonly number[]) => {
  const scaled = scaling === undefined ? [] : [(value - scaling[0]) / scaling[1]];
  const angles = periods.map((period) => 2 * Math.PI * (value / period - Math.floor(value / period)));
  return [...scaled, ...angles.flatMap((angle) => [Math.sin(angle), Math.cos(angle)])];
};`;

/** A row of a table in, a label or a number out: missing values are filled and columns scaled as in training. */
function tableText(encoding: Encoding, kind: OutputKind): string {
  const { features, target } = encoding;
  const columns = features.map((feature) => ({ name: feature.name, transform: transformOf(feature) }));
  const fields = columns.map(({ name, transform }) => `  readonly ${quoted(name)}?: ${typeOf(transform)} | null;`);
  const writers = columns.map(({ name, transform }) => `    ${inputText(cellOf(name), transform)},`);
  const uses = (test: (transform: CellTransform) => boolean) => columns.some(({ transform }) => test(transform));
  const usesKnown = uses((transform) => transform.cell === 'category' && transform.code === 'oneHot');
  const usesNumeric = uses((transform) => transform.cell !== 'category' && !isPlain(transform));
  const row = `/** What a prediction is made from; a column that is left out counts as missing. */
export interface Row {
${fields.join('\n')}
}${usesKnown ? knownSource : ''}${uses(({ cell }) => cell === 'date') ? dateSource : ''}${usesNumeric ? numericSource : ''}`;
  const inputs = `network([\n${writers.join('\n')}\n  ])`;
  const classes = classesOf(target);
  const several = columnsOf(target);
  if (several !== undefined) {
    const each = several.columns.map(({ name, scaling }, k) => {
      const [offset, divisor] = affine(scaling);
      return `${key(name)}: y[${k}] * ${literal(divisor)} + ${literal(offset)}`;
    });
    return `${row}

/** By column, in the units of training's table. */
export type Prediction = Record<${several.columns.map(({ name }) => quoted(name)).join(' | ')}, number>;

export function predict(row: Row): Prediction {
  const y = ${inputs};
  return { ${each.join(', ')} };
}`;
  }
  if (classes === undefined) {
    const [offset, divisor] = affine(numbersOf(target)[0].scaling);
    return `${row}

/** ${remark(target.name)}, in the units of training's table. */
export function predict(row: Row): number {
  const [y] = ${inputs};
  return y * ${literal(divisor)} + ${literal(offset)};
}`;
  }
  const { of, values, coding } = classes;
  const shown = values.map((value) =>
    of === 'text' ? quoted(value) : of === 'number' ? literal(Number(value)) : String(value === 'true'),
  );
  const hasProbabilities = kind !== 'scores' && coding !== 'sign';
  const scores = kind === 'logProbabilities' ? 'Array.from(y, Math.exp)' : 'y';
  const index = coding === 'oneHot' ? 'y.indexOf(Math.max(...y))' : `Number(y[0] >= ${coding === 'sign' ? 0 : 0.5})`;
  const ofEach = values.map((value, k) => {
    const p = coding === 'oneHot' ? `p[${k}]` : k === 1 ? 'p[0]' : '1 - p[0]';
    return `${key(value)}: ${p}`;
  });
  const record = `Record<${values.map(quoted).join(' | ')}, number>`;
  return `${row}

/** The classes of ${remark(target.name)}. */
export type Label = ${shown.join(' | ')};

export interface Prediction {
  readonly label: Label;${hasProbabilities ? `\n  readonly probabilities: ${record};` : ''}
}

const labels: readonly Label[] = [${shown.join(', ')}];

export function predict(row: Row): Prediction {
  const y = ${inputs};
  const label = labels[${index}];
${hasProbabilities ? `  const p = ${scores};\n  return { label, probabilities: { ${ofEach.join(', ')} } };` : '  return { label };'}
}`;
}

const typeOf = (transform: CellTransform) => {
  if (transform.cell === 'category') return { number: 'number', boolean: 'boolean', text: 'string' }[transform.of];
  return { number: 'number', date: 'string' }[transform.cell];
};

/** Whether a number becomes one input, which needs no helper. */
const isPlain = ({ cell, scaling, periods }: NumericTransform) =>
  cell === 'number' && scaling !== undefined && periods.length === 0;

/** The inputs of a cell, as elements of an array. */
function inputText(cell: string, transform: CellTransform): string {
  if (transform.cell === 'category') {
    const fill = `${cell} ?? ${quoted(transform.fill)}`;
    const values = `[${transform.values.map(quoted).join(', ')}]`;
    return transform.code === 'oneHot' ? `...known(${fill}, ${values})` : `1 + ${values}.indexOf(String(${fill}))`;
  }
  const { fill, scaling, periods } = transform;
  const [offset, divisor] = affine(scaling ?? 'none');
  const value = transform.cell === 'date' ? `date(${cell}, ${literal(fill)})` : `(${cell} ?? ${literal(fill)})`;
  if (!isPlain(transform)) {
    const scale = scaling === undefined ? 'undefined' : `[${literal(offset)}, ${literal(divisor)}]`;
    return `...numeric(${value}, ${scale}, [${periods.map(literal).join(', ')}])`;
  }
  return scaling === 'none' ? bare(value) : `${less(value, offset)} / ${literal(divisor)}`;
}
