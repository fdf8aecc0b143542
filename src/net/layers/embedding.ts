/**
 * Embedding: replaces each index in a column by a row of a table, whose numbers are learned; the other columns pass unchanged.
 * It must be the first layer, because it reads whole numbers.
 */
import { aBoolean, anyValue, listOf, options, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { inside, type Where } from '../../base/reference.ts';
import { lastOf, size } from '../../base/shape.ts';
import { show } from '../../base/show.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Graph, Node } from '../../core/graph.ts';
import { columnGather } from '../../core/ops/column-gather.ts';
import { reshape } from '../../core/ops/pieces.ts';
import { type Initializer, type InitializerFamily, normal, resolveInitializer } from '../initializers.ts';
import { builtInLayer, type Embedded, type Layer, type ParameterSpec, type TorchModule } from '../layer.ts';
import { written } from '../recipe-json.ts';

export interface EmbeddingOptions {
  /** The columns of indices. Default: the columns that the data list under `embed`. */
  readonly of?: readonly Embedded[] | undefined;
  /** Default: normal with standard deviation 1, as in PyTorch. The row of index 0 always starts at zero. */
  readonly initializer?: Initializer | InitializerFamily | undefined;
  readonly trainable?: boolean | undefined;
}

/** float32 represents all whole numbers up to this one. */
const maxRows = 2 ** 24;
/** The default width of a table of `size` rows: half the number of categories, at most 50. */
const unitsFor = (size: number) => Math.min(50, Math.max(1, Math.ceil((size - 1) / 2)));

const defaultInitializer = normal({ std: 1 });
const nameOf = ({ input }: Embedded) => `embedding${input}`;

/** A column of indices whose table has a known width. */
type Column = Required<Embedded>;

/**
 * [batch, …, inputs] -> [batch, …, units]: the units of the embedded columns and the other columns, in the order of the columns.
 * Its tables `embedding3` [size, units], of column 3 (from 0), start with a row 0 of zeros: a table's rows have index 0 for a
 * category that training did not see.
 *
 * `units` is the width of each table without its own width; "auto" is min(50, ⌈(size − 1)/2⌉).
 * Throws an InputError if a number is out of range or a column is listed twice.
 *
 * @example network([embedding(2, { of: [{ input: 1, size: 12 }] }), dense(1)]) // rows [age, month]
 */
export function embedding(units: number | 'auto', options: EmbeddingOptions = {}, where = 'embedding'): Layer {
  embeddingOptions(options, where);
  const { of, trainable = true } = options;
  const initializer = options.initializer === undefined ? defaultInitializer : resolveInitializer(options.initializer);
  if (units !== 'auto') checkUnits(units, where, 'Give a positive integer, or "auto".');
  const columns = of === undefined ? [] : resolveColumns(of, units, where);
  const known = () => (of === undefined ? fail(unknownColumns(where)) : columns);
  return builtInLayer({
    kind: 'embedding',
    embeds: { columns: of && columns, with: (found) => embedding(units, { ...options, of: found }, where) },
    shape: (input) => [...input.slice(0, -1), outputWidth(known(), lastOf(input))],
    parameterNames: columns.map(nameOf),
    trainable: trainable ? true : [],
    // e4_21: of column 4, the row of index 1, its first number
    quantities: columns.map((column) => ({
      name: nameOf(column),
      letter: 'e',
      perSample: false,
      label: `${column.input + 1}`,
    })),
    config: {
      embedding: units,
      ...(of && { of }),
      ...(initializer !== defaultInitializer && { initializer: written(initializer) }),
      ...(!trainable && { trainable }),
    },
    parameters(input) {
      known().forEach((column, k) => void checkColumn(column, lastOf(input), `${where}.of[${k}].input`));
      return columns.map((column, k) => tableOf(column, initializer, k));
    },
    forward: ({ graph, address }, input, tables) => ({
      input,
      output: graph.name(`${address}.output`, embed(graph, input, known(), tables)),
    }),
    torch: (input) => [torchModule(known(), lastOf(input))],
  });
}

const isCount = (value: unknown, minimum = 1) => Number.isSafeInteger(value) && (value as number) >= minimum;

/** The initializer is checked where it is resolved. */
const embeddingOptions = options({
  of: listOf(record({ input: anyValue, size: anyValue, units: anyValue })),
  initializer: anyValue,
  trainable: aBoolean,
});

function checkUnits(units: unknown, where: string, fix: string): void {
  if (!isCount(units)) fail({ what: `${show(units)} is not a number of units`, where, fix });
}

/** The columns with the width of each table. Throws an InputError if there is none, one is invalid, or one is listed twice. */
function resolveColumns(of: readonly Embedded[], units: number | 'auto', where: string): Column[] {
  const seen = new Set<number>();
  const columns = of.map(({ input, size, units: own = units === 'auto' ? unitsFor(size) : units }, k) => {
    const place = `${where}.of[${k}]`;
    if (!isCount(input, 0)) {
      fail({ what: `${show(input)} is not a column`, where: `${place}.input`, fix: 'Count columns from 0.' });
    }
    if (!isCount(size) || size > maxRows) {
      fail({
        what: `${show(size)} is not a number of indices`,
        where: `${place}.size`,
        fix: `Give one more than the largest index, at most ${maxRows}.`,
      });
    }
    checkUnits(own, `${place}.units`, 'Give a positive integer.');
    if (seen.has(input)) {
      fail({ what: `column ${input} is listed twice`, where: `${place}.input`, fix: 'List each column once.' });
    }
    seen.add(input);
    return { input, size, units: own };
  });
  if (columns.length === 0) {
    fail({
      what: 'there are no columns',
      where: `${where}.of`,
      fix: 'List at least one, such as { "input": 0, "size": 12 }.',
    });
  }
  return columns;
}

const unknownColumns = (where: string) => ({
  what: 'it does not know which inputs are indices',
  where,
  fix: 'Add "of": [{ "input": 0, "size": 12 }], or list columns of a table under "embed" in the data.',
});

/**
 * The numbers in a row after the lookup. It is computed without a list of that length: a file may claim any width before the
 * data are compared with it.
 */
function outputWidth(columns: readonly Column[], inputs: number): number {
  return columns.reduce((sum, { input, units }) => (input < inputs ? sum + units - 1 : sum), inputs);
}

function checkColumn({ input }: Column, inputs: number, where: string): void {
  if (input < inputs) return;
  fail({
    what: `there is no column ${input}: rows have ${inputs} numbers`,
    where,
    fix: `Count columns from 0 to ${inputs - 1}.`,
  });
}

/** The table of a column: its row 0 starts at zero. */
function tableOf(column: Column, initializer: Initializer, k: number): ParameterSpec {
  const { size, units } = column;
  const start: Initializer = {
    ...initializer,
    fill(out, shape, seed, sequence) {
      initializer.fill(out, shape, seed, sequence);
      out.fill(0, 0, units);
    },
  };
  return { name: nameOf(column), shape: [size, units], start, penalized: true, path: [k] };
}

/** Replaces the indices along the last axis by rows of their tables. */
function embed(graph: Graph, input: Node, columns: readonly Column[], tables: Readonly<Record<string, Node>>): Node {
  const byInput = new Map(columns.map((column) => [column.input, tables[nameOf(column)]]));
  const width = lastOf(input.shape);
  const parts = Array.from({ length: width }, (_, column) => ({ column, table: byInput.get(column) }));
  if (input.shape.length === 2) return columnGather(graph, input, parts);
  const leading = input.shape.slice(0, -1);
  const rows = reshape(graph, input, [size(leading), width]);
  return reshape(graph, columnGather(graph, rows, parts), [...leading, outputWidth(columns, width)]);
}

function torchModule(columns: readonly Column[], inputs: number): TorchModule {
  const tables = columns.map(({ input, size, units }) => `${input}: (${size}, ${units})`);
  return {
    module: `Embed(${inputs}, {${tables.join(', ')}})`,
    source: torchSource,
    parameters: Object.fromEntries(columns.map((column) => [nameOf(column), `tables.${column.input}.weight`])),
  };
}

const torchSource = `class Embed(nn.Module):
    """Replaces indices by rows of tables; leaves other columns unchanged."""

    def __init__(self, inputs, tables):
        super().__init__()
        self.inputs = inputs
        self.tables = nn.ModuleDict({str(i): nn.Embedding(n, d) for i, (n, d) in tables.items()})

    def forward(self, x):
        embed = lambda i: self.tables[str(i)](x[..., i].long()) if str(i) in self.tables else x[..., i : i + 1]
        return torch.cat([embed(i) for i in range(self.inputs)], dim=-1)
`;

/**
 * Throws an InputError for the first number in a column of indices that is not an index. The network's first layer declares
 * these columns. `where` is the path of the rows.
 */
export function checkIndices([first]: readonly Layer[], { shape: [rows, width], data }: Tensor, where: Where): void {
  for (const { input, size } of first.embeds?.columns ?? []) {
    // `parameters` reports a column that the rows do not have
    for (let r = 0; input < width && r < rows; r++) {
      const value = data[r * width + input];
      if (Number.isInteger(value) && value >= 0 && value < size) continue;
      fail({
        what: `${value} is not an index from 0 to ${size - 1}`,
        where: inside(where, r, input),
        fix: 'Number the categories from 0, or give the embedding a larger size.',
      });
    }
  }
}
