/** Reading JSON: a syntax error says its line and column. */
import { parse } from '@humanwhocodes/momoa';
import { fail } from './errors.ts';

/**
 * The value of a JSON text. `where` names the text in an error (a file's name).
 * Throws an InputError with line and column where it is not JSON.
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the platform's own parser is quick but its message has no line on some versions: ask one that has
    return locate(text, where);
  }
}

function locate(text: string, where: string): never {
  if (text.trim() === '') fail({ what: 'the file is empty', where, mend: 'Write a JSON object: { … }.' });
  try {
    parse(text);
  } catch (error) {
    const { line, column, message } = error as { line?: number; column?: number; message: string };
    if (line === undefined) throw error;
    fail({
      what: `${message.replace(/\s*\(\d+:\d+\)\s*$/, '').replace(/\.$/, '')}, which is not JSON`,
      where: `${where} line ${line}, column ${column}`,
      mend: 'Mend that place: keys and texts stand in double quotes, and no comma follows the last entry.',
    });
  }
  throw new Error(`${where}: two JSON parsers disagree`);
}
