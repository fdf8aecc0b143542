/** Typing over a number: the experiment with another weight, bias, input or target. */
import type { ExperimentJson } from 'chainrule';
import type { ParameterData, Rule } from './protocol.ts';

type Json = Readonly<Record<string, unknown>>;

/** Reads a number that a person typed: also with a true minus sign or a decimal comma. Undefined if it is none. */
export function readNumber(text: string): number | undefined {
  const plain = text
    .trim()
    .replace('−', '-')
    .replace(/^([+-]?\d*),(\d+)$/, '$1.$2');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** A number of the experiment that can be typed over, by its address. */
export type Editable =
  | { readonly kind: 'parameter'; readonly name: string; readonly index: readonly number[] }
  | { readonly kind: 'input' | 'target'; readonly row: number; readonly column: number }
  | { readonly kind: 'learningRate' };

/** What an address is, if it can be typed over. */
export function editableOf(key: string, experiment: ExperimentJson): Editable | undefined {
  const [, name, tail] = /^(.*?)((?:\[\d+\])*)$/.exec(key)!;
  const index = [...tail.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const layer = /^layers\.(\d+)\.(weight|bias)$/.exec(name);
  if (layer !== null) {
    const entry = layersOf(experiment)[Number(layer[1])];
    return isRecord(entry) && 'dense' in entry ? { kind: 'parameter', name, index } : undefined;
  }
  if (key === 'learningRate') return typeof rateOf(experiment) === 'number' ? { kind: 'learningRate' } : undefined;
  const kind = name === 'layers.0.input' ? 'input' : name === 'target' ? 'target' : undefined;
  if (kind === undefined || index.length !== 2) return undefined;
  const rows = rowsOf(experiment, kind);
  const row = rows?.[index[0]];
  // a class is one number, however many outputs the network has
  if (row === undefined || (!Array.isArray(row) && index[1] > 0)) return undefined;
  if (!Array.isArray(row) && kind === 'target' && lossOf(experiment) === 'crossEntropy') return undefined;
  return { kind, row: index[0], column: index[1] };
}

/**
 * The experiment with one number typed over. `parameters`: those before the step that is shown. After an update, the experiment
 * then starts with all of them, so that a weight can be typed over at any time.
 */
export function typedOver(
  experiment: ExperimentJson,
  target: Editable,
  value: number,
  parameters: readonly ParameterData[],
  updates = 0,
): ExperimentJson {
  const copy = structuredClone(experiment) as unknown as Record<string, unknown>;
  switch (target.kind) {
    case 'parameter':
      for (const parameter of parameters) writeParameter(copy, parameter, updates > 0);
      writeElement(copy, target, value);
      break;
    case 'learningRate':
      ((copy.training as Record<string, unknown>).optimizer as Record<string, unknown>).learningRate = value;
      break;
    default: {
      const rows = rowsOf(copy as never, target.kind) as unknown[];
      const row = rows[target.row];
      if (Array.isArray(row)) row[target.column] = value;
      else rows[target.row] = value;
    }
  }
  return copy as unknown as ExperimentJson;
}

/** The experiment with another rule of the gradient. */
export const withRule = (experiment: ExperimentJson, gradient: Rule): ExperimentJson => ({
  ...experiment,
  training: { ...experiment.training, gradient },
});

/** Whether all parameters can be written into the experiment: those of dense layers can. */
export function canStartFrom(experiment: ExperimentJson, parameters: readonly ParameterData[]): boolean {
  return parameters.every(({ name }) => editableOf(`${name}[0]`, experiment) !== undefined);
}

function writeParameter(
  experiment: Record<string, unknown>,
  { name, shape, values }: ParameterData,
  replaces: boolean,
): void {
  const place = /^layers\.(\d+)\.(weight|bias)$/.exec(name);
  if (place === null) return;
  const entry = layersOf(experiment as never)[Number(place[1])];
  if (!isRecord(entry) || !('dense' in entry)) return;
  // numbers in the experiment are the newest: the parameters can be those before the last change
  if (!replaces && Array.isArray(entry[place[2]])) return;
  const flat = Array.from(values);
  (entry as Record<string, unknown>)[place[2]] =
    shape.length === 1
      ? flat
      : Array.from({ length: shape[0] }, (_, i) => flat.slice(i * shape[1], (i + 1) * shape[1]));
}

function writeElement(
  experiment: Record<string, unknown>,
  { name, index }: Editable & { readonly kind: 'parameter' },
  value: number,
): void {
  const [, layer, which] = /^layers\.(\d+)\.(weight|bias)$/.exec(name)!;
  const array = (layersOf(experiment as never)[Number(layer)] as Record<string, (number | number[])[]>)[which];
  if (index.length === 1) array[index[0]] = value;
  else (array[index[0]] as number[])[index[1]] = value;
}

function layersOf(experiment: ExperimentJson): readonly unknown[] {
  const { layers } = (experiment as { network?: { layers?: readonly unknown[] } }).network ?? {};
  return Array.isArray(layers) ? layers : [];
}

/** The rows of inline data; undefined for data from a file. */
export function rowsOf(experiment: ExperimentJson, kind: 'input' | 'target'): readonly unknown[] | undefined {
  const data = (experiment as unknown as { data?: Json }).data;
  const rows = data?.[kind === 'input' ? 'inputs' : 'targets'];
  return Array.isArray(rows) ? rows : undefined;
}

const rateOf = (experiment: ExperimentJson): unknown => {
  const { optimizer } = (experiment as unknown as { training?: { optimizer?: Json } }).training ?? {};
  return isRecord(optimizer) ? optimizer.learningRate : undefined;
};

const lossOf = (experiment: ExperimentJson): unknown => {
  const { loss } = (experiment as unknown as { training?: { loss?: unknown } }).training ?? {};
  return isRecord(loss) ? loss.name : loss;
};

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
