/** Reading JSON: a syntax error says its line and column. */
import { parse } from '@humanwhocodes/momoa';
import { fail } from './errors.ts';

/**
 * The value of a JSON text; a byte order mark before it is passed over. `where` names the text in an error (a file's name).
 * Throws an InputError with line and column where it is not JSON.
 */
export function parseJson(text: string, where: string): unknown {
  const bare = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(bare);
  } catch {
    // the platform's own parser is quick but its message has no line on some versions: ask one that has
    return locate(bare, where);
  }
}

function locate(text: string, where: string): never {
  if (text.trim() === '') fail({ what: 'the file is empty', where, mend: 'Write a JSON object: { … }.' });
  const { open, control } = scan(text);
  if (control !== undefined) {
    fail({
      what: 'a text in quotes goes over the end of its line, or holds a tab',
      where: `${where} ${placeOf(text, control)}`,
      mend: 'End it with a double quote, or write \\n or \\t.',
    });
  }
  try {
    parse(text);
  } catch (error) {
    const { line, column, offset, message } = error as {
      line?: number;
      column?: number;
      offset: number;
      message: string;
    };
    if (line === undefined) throw error;
    const end = text.trimEnd().length;
    // nothing but the last word follows: it is not that word that is wrong
    if (
      open &&
      (message.includes('end of input') || /^("([^"\\]|\\.)*"?|[^\s,:[\]{}"]+|[,:[{])?$/.test(text.slice(offset, end)))
    ) {
      fail({
        what: 'the text ends too early: a bracket or a quote is still open',
        where: `${where} ${placeOf(text, end)}`,
        mend: 'Close it, or write the file again whole.',
      });
    }
    fail({
      what: `${inWords(message)}, which is not JSON`,
      where: `${where} line ${line}, column ${column}`,
      mend: 'Mend that place: keys and texts stand in double quotes, and no comma follows the last entry.',
    });
  }
  throw new Error(`${where}: two JSON parsers disagree`);
}

/** Whether brackets or quotes are open at the end, and where a text in quotes holds a control character. */
function scan(text: string): { open: boolean; control?: number } {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (quoted) {
      if (letter < ' ') return { open: true, control: i };
      if (letter === '\\') i++;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
  }
  return { open: quoted || depth > 0 };
}

function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `line ${lines.length}, column ${lines[lines.length - 1].length + 1}`;
}

const tokens: Readonly<Record<string, string>> = {
  Comma: '","',
  Colon: '":"',
  LBrace: '"{"',
  RBrace: '"}"',
  LBracket: '"["',
  RBracket: '"]"',
  String: 'text',
  Number: 'number',
  Boolean: 'true or false',
  Null: 'null',
};

/** The parser's message in a reader's words. */
function inWords(message: string): string {
  return message
    .replace(/\s*\(\d+:\d+\)\s*$/, '')
    .replace(/\.$/, '')
    .replace(/token (\w+)/, (_, name: string) => tokens[name] ?? name)
    .replace(/^Unexpected/, 'unexpected');
}
