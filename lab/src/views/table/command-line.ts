/** The command that trains the same model: `chainrule train penguins.csv --target species --hidden 64`. */
import type { Choices } from './protocol.ts';

/** A word of a POSIX shell. */
const word = (text: string): string => (/^[\w./,+:@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** A list, as the command line reads it: a name with a comma is in quotes. */
const list = (names: readonly string[]): string =>
  names.map((name) => (/^[",\s]|[,\s]$|,/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',');

/** Options of an optimizer or the flat ones of `training`, by the names of their flags. */
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * The command, or undefined if the choices have something that flags do not say: layers of an opened experiment, or options
 * with a structure of their own.
 */
export function commandLine({ data, hidden, activation, layers, training, seed }: Choices): string | undefined {
  if (layers !== undefined) return undefined;
  const { file, target, features, categories, embed, split, missing, notMissing, ...flat } = data;
  if (missing !== undefined || notMissing !== undefined) return undefined;
  const { optimizer, loss, stop, ...plain } = training;
  const { name: optimizerName, ...optimizerOptions } = typeof optimizer === 'object' ? optimizer : { name: optimizer };
  const flags: [name: string, value: unknown][] = [
    ['target', list([target].flat())],
    ...lists({ features, categories, embed }),
    ...Object.entries(flat),
    ...Object.entries(split ?? {}),
    ['hidden', hidden?.join(',')],
    ['activation', activation],
    ['loss', loss],
    ['optimizer', optimizerName],
    ...Object.entries(optimizerOptions),
    ...Object.entries(plain),
    ...Object.entries(stop ?? {}).map(([key, value]): [string, unknown] => [key === 'loss' ? 'stopLoss' : key, value]),
    ['seed', seed],
  ];
  const given = flags.filter(([name, value]) => value !== undefined && usual[name] !== String(value));
  if (given.some(([, value]) => typeof value === 'object')) return undefined;
  const words = given.flatMap(([name, value]) => {
    const flag = `--${kebab(name)}`;
    if (value === true) return [flag];
    return value === false ? [`--no-${kebab(name)}`] : [flag, word(String(value))];
  });
  return ['chainrule', 'train', word(file), ...words].join(' ');
}

const lists = (columns: Readonly<Record<string, readonly string[] | undefined>>): [string, string | undefined][] =>
  Object.entries(columns).map(([name, value]) => [name, value && list(value)]);

/** What a table gets without a flag. */
const usual: Readonly<Record<string, string>> = {
  validation: '0.2',
  test: '0',
  scale: 'standard',
  hidden: '32',
  activation: 'relu',
  optimizer: 'adam',
  learningRate: '0.001',
  batchSize: '32',
  epochs: '200',
  patience: '20',
  l2: '0',
  seed: '1',
};
