/**
 * Embedding: a column of indices becomes, by a table whose rows are learned, a few numbers for each index; the other
 * columns are passed on as they are. It is the first layer, as what it reads must be whole numbers.
 */
import * as z from 'zod/mini';
import { fail } from '../../base/errors.ts';
import { inside, type Where } from '../../base/reference.ts';
import type { Tensor } from '../../base/tensor.ts';
import { columnGather } from '../../core/ops/column-gather.ts';
import { describe, listForm, positiveInteger, recipeForm, resolveRecipe, written } from '../form.ts';
import { type Initializer, type InitializerFamily, normal, resolveInitializer } from '../initializers.ts';
import { type Embedded, type Layer, layerEntry, type ParameterSpec } from '../layer.ts';

export interface EmbeddingOptions {
  /** The columns that are indices. Left out, the data say which: those of `embed` of a table. */
  readonly of?: readonly Embedded[];
  /** Default: normal of deviation 1, as PyTorch's; the row of index 0 starts at 0 whatever it is. */
  readonly initializer?: Initializer | InitializerFamily;
  readonly trainable?: boolean;
}

/** Whole numbers up to here are float32s. */
const maxRows = 2 ** 24;
/** Numbers for an index of a table of `size`, where it is not said: half as many as there are values, 50 at most. */
const unitsFor = (size: number) => Math.min(50, Math.max(1, Math.ceil((size - 1) / 2)));

const defaultInitializer = normal({ std: 1 });
const nameOf = ({ input }: Embedded) => `embedding${input}`;

/**
 * [batch, inputs] -> [batch, units of the embedded columns and the others, in the columns' order]. Its tables
 * `embedding3` [size, units], of column 3 (from 0), start with a row 0 of zeros: a table's rows have index 0 where the
 * category is one that training did not see.
 *
 * `units` are of each column that does not have its own; "auto": min(50, ⌈(size − 1)/2⌉).
 * Throws an InputError where numbers are out of range or a column appears twice.
 *
 * @example network([embedding(2, { of: [{ input: 1, size: 12 }] }), dense(1)]) // rows [age, month]
 */
export function embedding(units: number | 'auto', options: EmbeddingOptions = {}, where = 'embedding'): Layer {
  const { of, trainable = true } = options;
  const initializer = options.initializer === undefined ? defaultInitializer : resolveInitializer(options.initializer);
  const isCount = (value: unknown, least = 1) => Number.isSafeInteger(value) && (value as number) >= least;
  if (units !== 'auto' && !isCount(units)) {
    fail({
      what: `${JSON.stringify(units)} is not a number of units`,
      where,
      fix: 'Give a positive integer, or "auto".',
    });
  }
  const seen = new Set<number>();
  const columns = (of ?? []).map((column, k) => {
    const place = `${where}.of[${k}]`;
    const { input, size, units: own = units === 'auto' ? unitsFor(size) : units } = column;
    if (!isCount(input, 0)) {
      fail({ what: `${JSON.stringify(input)} is no column`, where: `${place}.input`, fix: 'Count columns from 0.' });
    }
    if (!isCount(size) || size > maxRows) {
      fail({
        what: `${JSON.stringify(size)} is not a number of indices`,
        where: `${place}.size`,
        fix: `Give one more than the largest index, at most ${maxRows}.`,
      });
    }
    if (!isCount(own)) {
      fail({
        what: `${JSON.stringify(own)} is not a number of units`,
        where: `${place}.units`,
        fix: 'Give a positive integer.',
      });
    }
    if (seen.has(input)) {
      fail({ what: `column ${input} appears twice`, where: `${place}.input`, fix: 'Name each column once.' });
    }
    seen.add(input);
    return { input, size, units: own };
  });
  if (of?.length === 0) {
    fail({
      what: 'there are no columns',
      where: `${where}.of`,
      fix: 'Name at least one, such as { "input": 0, "size": 12 }.',
    });
  }
  const known = () => {
    if (of !== undefined) return columns;
    return fail({
      what: 'it does not know which inputs are indices',
      where,
      fix: 'Add "of": [{ "input": 0, "size": 12 }], or name columns of a table with "embed" in the data.',
    });
  };
  /** Each column of the rows, embedded or not. */
  const all = (inputs: number) => {
    const byInput = new Map(known().map((column) => [column.input, column]));
    return Array.from({ length: inputs }, (_, input) => byInput.get(input));
  };
  return {
    kind: 'embedding',
    embeds: { columns: of && columns, with: (found) => embedding(units, { ...options, of: found }, where) },
    // rows may be said to be of any width: nothing of that length is made before it is compared with what is there
    shape: ([inputs]) => [
      known().reduce((sum, { input, units: own }) => (input < inputs ? sum + own - 1 : sum), inputs),
    ],
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
    parameters([inputs]) {
      return known().map((column, k): ParameterSpec => {
        const { input, size, units: width } = column;
        if (input >= inputs) {
          fail({
            what: `there is no column ${input}: rows have ${inputs} numbers`,
            where: `${where}.of[${k}].input`,
            fix: `Count columns from 0 to ${inputs - 1}.`,
          });
        }
        const start: Initializer = {
          ...initializer,
          fill(out, shape, seed, sequence) {
            initializer.fill(out, shape, seed, sequence);
            out.fill(0, 0, width);
          },
        };
        return { name: nameOf(column), shape: [size, width], start, penalized: true, path: [k] };
      });
    },
    forward({ graph, address }, input, parameters) {
      const parts = all(input.shape[1]).map((column, i) => ({
        column: i,
        table: column && parameters[nameOf(column)],
      }));
      return { input, output: graph.name(`${address}.output`, columnGather(graph, input, parts)) };
    },
    torch([inputs]) {
      const tables = known().map(({ input, size, units: width }) => `${input}: (${size}, ${width})`);
      return [
        {
          module: `Embed(${inputs}, {${tables.join(', ')}})`,
          source: torchSource,
          parameters: Object.fromEntries(columns.map((column) => [nameOf(column), `tables.${column.input}.weight`])),
        },
      ];
    },
  };
}

const torchSource = `class Embed(nn.Module):
    """Rows of tables in the place of their numbers; other columns as they are."""

    def __init__(self, inputs, tables):
        super().__init__()
        self.inputs = inputs
        self.tables = nn.ModuleDict({str(i): nn.Embedding(n, d) for i, (n, d) in tables.items()})

    def forward(self, x):
        embed = lambda i: self.tables[str(i)](x[:, i].long()) if str(i) in self.tables else x[:, i : i + 1]
        return torch.cat([embed(i) for i in range(self.inputs)], dim=1)
`;

/**
 * Complains of the first number in a column of indices that is none: the network's first layer says which columns these
 * are. `where` is the path of the rows.
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

/** `{ "embedding": 8, "of": [{ "input": 3, "size": 12 }] }`. */
export const embeddingEntry = layerEntry({
  kind: 'embedding',
  nests: false,
  form: (recipes) =>
    z.strictObject({
      embedding: describe(
        z.union([z.literal('auto'), positiveInteger()]),
        'numbers for each index; "auto": half as many as there are values, 50 at most',
      ),
      of: z.optional(
        describe(
          listForm(
            z.strictObject({
              input: describe(z.number().check(z.int(), z.gte(0)), 'the column, from 0'),
              size: describe(positiveInteger(), 'one more than the largest index'),
              units: z.optional(describe(positiveInteger(), 'numbers for each index of this column')),
            }),
            { min: 1 },
          ),
          'the columns that are indices; of a table those that the data embed',
        ),
      ),
      initializer: z.optional(recipeForm('initializer', recipes.initializer)),
      trainable: z.optional(z.boolean()),
    }),
  make: ({ embedding: units, initializer, ...rest }, where, recipes) =>
    embedding(
      units,
      {
        ...rest,
        ...(initializer !== undefined && {
          initializer: resolveRecipe('initializer', recipes.initializer, initializer, `${where}.initializer`),
        }),
      },
      where,
    ),
});
