/** The gradient of one parameter in parts: for each sample the factors of the chain rule and their product; nothing here draws. */
import { keyUnder } from './number-registry.ts';
import type { GradientData, GradientRow, LayerFactors, NumberData, Rule } from './protocol.ts';

export interface PartColumn {
  readonly title: string;
  /** The symbol, without a sample's mark; undefined if no line of the step has it. */
  readonly tex?: string;
  /** What averaged factors make of the column: its sum, its average, or what arrives from the layer above as averages. */
  readonly how: 'sum' | 'average' | 'from averages';
  /** The keys that the number of a sample can have. */
  readonly keys: (sample: number) => readonly string[];
  /** The keys that the sum or the average can have. */
  readonly meanKeys: readonly string[];
  readonly values: readonly number[];
  /** Undefined if the rule is not defined for the network. */
  readonly mean?: number;
}

export interface Parts {
  readonly row: GradientRow;
  /** The file's rows of the batch. */
  readonly samples: readonly number[];
  readonly columns: readonly PartColumn[];
  /** The product of each sample's factors. */
  readonly products: readonly number[];
  /** What penalties add to the true gradient; 0 without penalties. */
  readonly penalty: number;
  readonly productOfMeans?: number;
}

interface Parameter {
  readonly layer: number;
  /** The input of a weight; undefined of a bias. */
  readonly input?: number;
  readonly unit: number;
}

/** The parameter whose gradient, factor or value an address names; undefined if it names another number. */
export const parameterOf = (key: string): string | undefined =>
  /layers\.\d+\.(?:weight|bias)(?:\[\d+\])+/.exec(key)?.[0];

function parameterAt(key: string): Parameter | undefined {
  const match = /^layers\.(\d+)\.(weight|bias)\[(\d+)\](?:\[(\d+)\])?$/.exec(key);
  if (match === null) return undefined;
  const [layer, first, second] = [match[1], match[3], match[4]].map(Number);
  return match[2] === 'weight' ? { layer, input: first, unit: second } : { layer, unit: first };
}

/** The parts of a parameter's gradient; undefined if its layer is not one of weighted sums, or too large. */
export function partsOf({ rows, samples, layers }: GradientData, key: string): Parts | undefined {
  const row = rows.find((each) => each.key === key);
  const parameter = parameterAt(key);
  const layer = layers.find((each) => each.layer === parameter?.layer);
  if (row === undefined || parameter === undefined || layer === undefined) return undefined;
  const isLast = layers.every((each) => each.layer <= layer.layer);
  const columns = columnsOf(layer, parameter, samples.length, isLast);
  const products = samples.map((_, s) => columns.reduce((product, { values }) => product * values[s], 1));
  const means = columns.flatMap(({ mean }) => mean ?? []);
  const rest = row.exact - products.reduce((a, b) => a + b, 0);
  return {
    row,
    samples,
    columns,
    products,
    penalty: Math.abs(rest) > 1e-12 * products.reduce((a, b) => a + Math.abs(b), 1e-300) ? rest : 0,
    ...(means.length === columns.length && { productOfMeans: means.reduce((a, b) => a * b, 1) }),
  };
}

function columnsOf(of: LayerFactors, { layer, input, unit }: Parameter, count: number, isLast: boolean): PartColumn[] {
  const { averaged, units, inputs } = of;
  const column = (values: ArrayLike<number>, width: number, at: number) =>
    Array.from({ length: count }, (_, s) => values[s * width + at]);
  const [output, sum] = [`layers.${layer}.output`, `layers.${layer}.sum`];
  const ofLoss = (name: string, values: ArrayLike<number>, mean: number | undefined): PartColumn => ({
    title: 'from the loss',
    // only the derivative of the loss itself is added over the samples
    how: isLast ? 'sum' : 'from averages',
    keys: (s) =>
      [name, ...(of.slope === undefined ? [output] : []), `layers.${layer + 1}.input`].map(
        (each) => `gradient(${each}[${s}][${unit}])`,
      ),
    meanKeys: [name, ...(of.slope === undefined ? [output] : [])].flatMap((each) => [
      `gradient(${each}[mean][${unit}])`,
      `factor(loss, ${each}[mean][${unit}])`,
    ]),
    values: column(values, units, unit),
    mean,
  });
  const first =
    of.output === undefined
      ? [ofLoss(sum, of.sum, averaged?.sum[unit])]
      : [
          ofLoss(output, of.output, averaged?.output?.[unit]),
          {
            title: 'slope',
            how: 'average' as const,
            keys: (s: number) => [`factor(${output}[${s}][${unit}], ${sum}[${s}][${unit}])`],
            meanKeys: [`factor(${output}[mean][${unit}], ${sum}[mean][${unit}])`],
            values: column(of.slope!, units, unit),
            mean: averaged?.slope?.[unit],
          },
        ];
  if (input === undefined) return first;
  const before = `layers.${layer - 1}`;
  return [
    ...first,
    {
      title: 'input',
      how: 'average',
      keys: (s) =>
        [`layers.${layer}.input`, `${before}.output`, `${before}.sum`].map((each) => `${each}[${s}][${input}]`),
      meanKeys: [
        `factor(${sum}[mean][${unit}], layers.${layer}.weight[${input}][${unit}])`,
        `factor(${output}[mean][${unit}], layers.${layer}.weight[${input}][${unit}])`,
        `layers.${layer}.input[mean][${input}]`,
      ],
      values: column(of.input, inputs, input),
      mean: averaged?.input[input],
    },
  ];
}

/** The id of the first of these keys that the step has, as a rule computes it. `own`: the rule of the step. */
export function idUnder(
  ids: ReadonlyMap<string, number>,
  { rule, own }: { readonly rule: Rule; readonly own: Rule | undefined },
  keys: readonly string[],
): number | undefined {
  for (const key of keys) {
    // the two rules compute different gradients of parameters, and share the numbers that they both compute
    const isShared = rule === own || !/^gradient\(layers\.\d+\.(?:weight|bias)\[/.test(key);
    const id = ids.get(keyUnder(rule, key)) ?? (isShared ? ids.get(key) : undefined);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** The symbol of a number without the mark of its sample, for the head of a column. */
export const withoutSample = ({ tex }: NumberData): string => tex.replace(/\((\d+)\)\}/g, '}').replaceAll('^{}', '');
