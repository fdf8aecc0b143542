/** The lines of a text that comes in pieces. */
import { fail } from '../../base/errors.ts';

/** The most characters in a line: an edge has two names and a weight. */
const maxLineLength = 2 ** 20;

export interface LineBatch {
  readonly lines: readonly string[];
  /** The number of the first line, from 1. */
  readonly first: number;
}

/** Throws an InputError for a line that is too long, and for a text with a zero byte, which is a binary file. */
function check(text: string, name: string, line: number): void {
  if (text.includes('\0')) {
    fail({
      what: 'the file is binary, not text',
      where: name,
      fix: 'Write the edges as text, one on a line: source, target and, if it has one, a weight.',
    });
  }
  if (text.length <= maxLineLength) return;
  fail({
    what: `a line has more than ${maxLineLength.toLocaleString('en-US')} characters`,
    where: `${name} line ${line}`,
    fix: 'Write each edge on a line of its own.',
  });
}

/** All lines in order, without their ends, in batches. A byte order mark is left out. */
export async function* linesOf(texts: AsyncIterable<string>, name: string): AsyncGenerator<LineBatch> {
  let held = '';
  let first = 1;
  for await (const piece of texts) {
    const text = held + (first === 1 && held === '' ? piece.replace(/^\uFEFF/, '') : piece);
    const end = Math.max(text.lastIndexOf('\n'), isOldMac(text) ? text.lastIndexOf('\r', text.length - 2) : -1) + 1;
    held = text.slice(end);
    check(held, name, first);
    if (end === 0) continue;
    const lines = split(text.slice(0, end), name, first);
    yield { lines, first };
    first += lines.length;
  }
  if (held !== '') yield { lines: split(held, name, first), first };
}

/** Whether lines end in a carriage return alone. */
const isOldMac = (text: string) => text.includes('\r') && !text.includes('\n');

function split(text: string, name: string, first: number): string[] {
  const lines = text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  if (text.includes('\0')) check(text, name, first);
  return lines;
}
