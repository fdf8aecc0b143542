/** Names of nodes as text, and as JSON. */
import { fail } from '../../base/errors.ts';
import { show } from '../../base/show.ts';
import type { NodeId } from '../graph.ts';

/**
 * Throws an InputError where two nodes have the same text, such as `1` and `'1'`, where a name is empty, and where a name contains
 * one of the characters that the format cannot store. `better` names other formats by their endings.
 */
export function checkTexts(
  ids: readonly NodeId[],
  name: string,
  forbidden: RegExp,
  better = '.jsonl or .parquet',
): void {
  const fix = `Choose a format that stores any name, such as ${better}.`;
  const texts = new Set<string>();
  for (const id of ids) {
    const text = String(id);
    if (text === '') fail({ what: 'the name of a node is empty, which this format cannot store', where: name, fix });
    if (forbidden.test(text)) {
      fail({
        what: `the name ${show(text)} contains a space or a line end, which this format cannot store`,
        where: name,
        fix,
      });
    }
    texts.add(text);
  }
  if (texts.size === ids.length) return;
  fail({
    what: 'a text and a number name different nodes, but this format stores both as the same text',
    where: name,
    fix,
  });
}

/** A name as JSON: a text, or a number. A bigint is written as its digits. */
export const idJson = (id: NodeId): string => (typeof id === 'bigint' ? String(id) : JSON.stringify(id));

/** Reads JSON whose integers beyond the range of exact numbers become bigints. Undefined where it is no name. */
export function idOfJson(text: string): NodeId | undefined {
  const trimmed = text.trim();
  if (/^-?\d+$/.test(trimmed) && !Number.isSafeInteger(Number(trimmed))) return BigInt(trimmed);
  try {
    const value: unknown = JSON.parse(trimmed);
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}
