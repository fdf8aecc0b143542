/** The settings in which two experiments differ, by their paths in the experiment file. */
import type { ExperimentJson } from 'chainrule';

export interface Difference {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** The maximum number of characters of a value. */
const maxLength = 60;

/** What differs, in the order of the first experiment; a setting that one of them does not have is "default". */
export function differencesOf(a: ExperimentJson, b: ExperimentJson): Difference[] {
  const [before, now] = [leavesOf(a), leavesOf(b)];
  const names = [...new Set([...before.keys(), ...now.keys()])];
  return names.flatMap((name) => {
    const [from, to] = [before.get(name), now.get(name)].map((text) => text ?? 'default');
    return from === to ? [] : [{ name, from, to }];
  });
}

/** Each value that is not an object, with its path; a list is one value. */
function leavesOf(json: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    for (const [key, value] of Object.entries(json)) leavesOf(value, path === '' ? key : `${path}.${key}`, into);
  } else if (json !== undefined) into.set(path, cut(path === 'network.layers' ? layersText(json) : textOf(json)));
  return into;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', ''));
const cut = (text: string) => (text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);

/** "32 relu, dropout 0.2, 3 softmax". */
function layersText(layers: unknown): string {
  if (!Array.isArray(layers)) return textOf(layers);
  return layers
    .map((layer) => {
      const { dense, activation, ...rest } = Object(layer) as Record<string, unknown>;
      if (dense === undefined) return textOf(layer).replace(/[{}]/g, '').replaceAll(':', ' ');
      const name = typeof activation === 'object' ? (Object(activation) as { name?: unknown }).name : activation;
      const more = Object.keys(rest).length === 0 ? '' : ` ${textOf(rest)}`;
      return `${dense}${name === undefined ? '' : ` ${name}`}${more}`;
    })
    .join(', ');
}
