/** The command line of a run, for its record and report. */
import { basename } from 'node:path';
import { shellCommand } from './shell.ts';

/** Flags that change the output but not the run, with the number of their values. */
const outputFlags = new Map([
  ['--out', 1],
  ['--report', 1],
  ['--overwrite', 0],
  ['--resume', 0],
  ['--json', 0],
  ['--quiet', 0],
  ['--verbose', 0],
  ['--debug', 0],
]);

/** The command as typed, without the folder of its input and without flags that do not change the run. */
export function commandLine(file: string): string {
  const words: string[] = [];
  const typed = process.argv.slice(2);
  const isFile = (i: number) => typed[i] === file || ['--from', '--labels', '--nodes'].includes(typed[i - 1]);
  for (let i = 0; i < typed.length; i++) {
    const skipped = outputFlags.get(typed[i].split('=')[0]);
    if (skipped === undefined) words.push(isFile(i) ? basename(typed[i]) : typed[i]);
    else if (!typed[i].includes('=')) i += skipped;
  }
  return shellCommand(['chainrule', ...words]);
}
