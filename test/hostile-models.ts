/**
 * Models of a table whose column names, categories, classes and target names try to become code in the files that
 * contain them.
 */
import { readTable } from '../src/data/read/read.ts';
import type { Table } from '../src/data/table/table.ts';
import type { Model } from '../src/model/model.ts';
import { experiment } from '../src/net/setup.ts';
import { train } from '../src/train/train.ts';
import { hostileTexts } from './fuzz-json.ts';

/** Texts that are valid names in a table: not empty, not marks of missing cells, whole characters. */
export const hostileNames: readonly string[] = [
  // a table trims its cells
  ...hostileTexts
    .map((text) => text.trim())
    .filter((text) => text !== '' && !/^(NaN|null)$/.test(text) && text !== '\ud800'),
  '\\input{/etc/passwd}%$&_#^~{}',
  '<!-- x -->',
  'label',
  'probabilities',
  'prediction',
  'constant_3',
  'matmul_7',
  'v1',
  'row',
  'Größe µ 😀',
];

export type Cells = Readonly<Record<string, string | number>>;

/** Rows with one column for each name: every third categorical, the others numeric. */
function rowsOf(target: (r: number) => Cells): Cells[] {
  return Array.from({ length: 2 * hostileNames.length }, (_, r) => {
    const cells = hostileNames.map((name, c) => {
      const text = hostileNames[(r * (c + 1)) % hostileNames.length];
      return [name, c % 3 === 0 ? text : Math.round(100 * Math.sin(r + c)) / 100] as const;
    });
    return Object.fromEntries([...cells, ...Object.entries(target(r))]);
  });
}

export interface Hostile {
  readonly name: string;
  readonly model: Model;
  readonly table: Table;
  readonly rows: readonly Cells[];
}

const targetName = 'target"""\n*/ </script> \\N{x}';

async function trained(
  name: string,
  rows: Cells[],
  target: string | string[],
  layer: object,
  loss: string,
): Promise<Hostile> {
  const table = readTable(rows, { name: 'hostile' });
  const categories = hostileNames.filter((_, c) => c % 3 === 0);
  const setup = experiment(
    {
      network: { layers: [{ dense: 3, activation: 'tanh' }, layer] },
      data: {
        file: 'hostile',
        target,
        categories,
        features: Object.keys(rows[0]).filter((key) => ![target].flat().includes(key)),
      },
      training: { loss, optimizer: 'adam', engine: 'reference', stop: { epochs: 1 } },
    },
    { read: () => table },
  );
  const { model } = await train(setup);
  return { name, model, table, rows };
}

export async function hostileModels(): Promise<Hostile[]> {
  const classes = hostileNames.length;
  return [
    await trained(
      'classes',
      rowsOf((r) => ({ [targetName]: hostileNames[r % classes] })),
      targetName,
      { dense: classes, activation: 'softmax' },
      'crossEntropy',
    ),
    await trained(
      'two classes',
      rowsOf((r) => ({ [targetName]: r % 2 === 0 ? '__proto__' : '"""+exit()+"""' })),
      targetName,
      { dense: 1, activation: 'sigmoid' },
      'binaryCrossEntropy',
    ),
    await trained(
      'a number',
      rowsOf((r) => ({ [targetName]: r / 7 })),
      targetName,
      { dense: 1 },
      'mse',
    ),
    await trained(
      'numbers',
      rowsOf((r) => ({ [targetName]: r / 7, 'also __proto__"\\': r })),
      [targetName, 'also __proto__"\\'],
      { dense: 2 },
      'mse',
    ),
  ];
}
