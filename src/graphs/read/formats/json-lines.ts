/** JSON Lines: an edge on each line, as `["a", "b", 2]` or `{"source": "a", "target": "b", "weight": 2}`. */
import { fail } from '../../../base/errors.ts';
import { addItem } from '../../edges/sources/items.ts';
import type { EdgeFormat } from '../edge-format.ts';
import { linesOf } from '../lines.ts';

/** The value on a line; undefined where it is not JSON. */
function valueOn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export const jsonLines: EdgeFormat = {
  title: 'JSON Lines',
  endings: ['.jsonl', '.ndjson'],
  /** The first line is a whole value, and another line follows. */
  matches(start) {
    const text = start.replace(/^\uFEFF?\s*/, '');
    if (!/^[[{]/.test(text)) return false;
    const end = text.indexOf('\n');
    return end > 0 && text.slice(end).trim() !== '' && valueOn(text.slice(0, end)) !== undefined;
  },
  async read(texts, builder, context) {
    const { name, source, target, weight } = context;
    const rename = renamed({ source, target });
    let line = 0;
    const where = () => `${name} line ${line}`;
    for await (const { lines, first } of linesOf(texts, name)) {
      for (let i = 0; i < lines.length; i++) {
        line = first + i;
        if (lines[i].trim() === '') continue;
        const value = valueOn(lines[i]);
        if (value === undefined) {
          fail({ what: 'the line is not JSON', where: where(), fix: 'Write each edge on a line: ["a", "b", 2].' });
        }
        addItem(rename(value), builder, { weight }, where);
      }
    }
    return {};
  },
};

/** Puts the properties that the options name in the place of `source` and `target`. */
function renamed({
  source,
  target,
}: {
  readonly source?: string;
  readonly target?: string;
}): (value: unknown) => unknown {
  if (source === undefined && target === undefined) return (value) => value;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const row = value as Readonly<Record<string, unknown>>;
    return { ...row, source: row[source ?? 'source'], target: row[target ?? 'target'] };
  };
}
