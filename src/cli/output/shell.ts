/** Commands in messages: words quoted so that a shell reads them back unchanged. */
import { isPlain } from '../../base/printable.ts';

/** One character of `$'…'`, which bash, zsh, ksh and POSIX since 2024 read. */
function escaped(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`;
  if (isPlain(character)) return character;
  // bytes, since not every shell reads \u
  return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/**
 * A word of a command, quoted if a shell would not read it back unchanged. Invisible characters are escaped, so that a name cannot
 * control the terminal and can still be copied from it.
 */
export function shellWord(word: string): string {
  // zsh replaces a leading = by a command's path
  if (/^[\w.,:@%+/-][\w.,:@%+=/-]*$/.test(word)) return word;
  if (isPlain(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${[...word].map(escaped).join('')}'`;
}

/** The name of a file as a word of a command; a leading - is protected, so that no program reads it as a flag. */
export const shellPath = (path: string): string => shellWord(path.startsWith('-') && path !== '-' ? `./${path}` : path);

/** A command of several words. */
export const shellCommand = (words: readonly string[]): string => words.map(shellWord).join(' ');
