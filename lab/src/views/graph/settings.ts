/** What a link holds of this view: the data, the method, its options. Links are checked: they come from anywhere. */

import { type BuiltIn, builtIns } from './built-in.ts';
import type { GroupKind } from './protocol.ts';

/** Where the edges come from. */
export type DataChoice =
  | { readonly kind: 'built-in'; readonly name: BuiltIn['name'] }
  | { readonly kind: 'text'; readonly name: string; readonly edges: string; readonly labels?: string }
  /** A file that is too large for a link, or not a text: the link knows its name alone. */
  | { readonly kind: 'file'; readonly name: string };

export interface GraphSettings {
  readonly data: DataChoice;
  readonly method: string;
  /** Options that differ from the method's defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly map: 'pca' | 'umap';
  readonly colors?: GroupKind;
  /** The name of the selected node. */
  readonly selected?: string;
}

export const firstSettings: GraphSettings = {
  data: { kind: 'built-in', name: 'karate' },
  method: 'node2vec',
  options: {},
  seed: 1,
  map: 'pca',
};

/** Characters of edges and of labels that a link holds. */
export const maxLinkText = 200_000;

const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The settings in a link; parts that are missing are as at first. Throws an Error for a part of a wrong form. */
export function readSettings(value: unknown): GraphSettings {
  if (value === undefined) return firstSettings;
  if (!isRecord(value)) throw damaged('its settings are not an object');
  const { data, method, options, seed, map, colors, selected } = { ...firstSettings, ...value };
  if (!isText(method) || method.length > 100) throw damaged('its method is not a name');
  if (!isRecord(options) || !Object.values(options).every(isOption)) throw damaged('its options are not simple values');
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw damaged('its seed is not a number');
  if (map !== 'pca' && map !== 'umap') throw damaged('its kind of map is unknown');
  return {
    data: readData(data),
    method,
    options,
    seed,
    map,
    ...((colors === 'label' || colors === 'community') && { colors }),
    ...(isText(selected) && { selected }),
  };
}

const isOption = (value: unknown): boolean =>
  ['number', 'boolean', 'string'].includes(typeof value) ||
  (Array.isArray(value) && value.length <= 1000 && value.every((each) => typeof each === 'number'));

function readData(data: unknown): DataChoice {
  if (!isRecord(data) || !isText(data.name)) throw damaged('it names no data');
  const { kind, edges, labels } = data;
  const name = data.name.slice(0, 200);
  const builtIn = builtIns.find((each) => each.name === name);
  if (kind === 'built-in' && builtIn !== undefined) return { kind, name: builtIn.name };
  if (kind === 'file') return { kind, name };
  if (kind === 'text' && isText(edges)) return { kind, name, edges, ...(isText(labels) && { labels }) };
  throw damaged('its data are of no known kind');
}

const damaged = (why: string) =>
  new Error(`This link is damaged: ${why}. The graph is shown with the settings at first.`);

/** A value of a form's field as the option's type asks for. Undefined for the default, and for an empty field. */
export function optionValue(text: string, type: string | undefined): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (type === 'array') {
    const parts = trimmed.split(/[\s,]+/).map(Number);
    return parts.some(Number.isNaN) ? trimmed : parts;
  }
  if (type === 'number' || type === 'integer') return Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed);
  return trimmed;
}

/** The command that makes the same vectors. */
export function commandOf({ data, method, options, seed }: GraphSettings, out: string): string {
  const quoted = (text: string) => (/^[\w./:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const edges = data.kind === 'built-in' ? `${data.name}.edges.tsv` : data.name;
  const flags = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === 'boolean') return [value ? flag : `--no-${flag.slice(2)}`];
    return [flag, quoted(Array.isArray(value) ? value.join(',') : String(value))];
  });
  const parts = ['chainrule embed', quoted(edges), '--method', method, ...flags, '--seed', String(seed)];
  return [...parts, '--out', quoted(out)].join(' ');
}
