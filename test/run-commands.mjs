/**
 * Runs command lines of the documentation in one process, so that Node and chainrule load once: `node run-commands.mjs JOB`.
 * JOB is a JSON file of { command, jobs: [{ folder, lines }] }; standard output gets [[{ status, stdout, stderr }]].
 *
 * A line is `chainrule WORDS…`, with `> file` at its end perhaps; a line with a pipe goes to a shell.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { command, jobs } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const main = pathToFileURL(command).href;
const writeResult = process.stdout.write.bind(process.stdout);
let count = 0;

/** `a 'b c' ""` as a shell splits it: a, b c and an empty word. */
function wordsOf(line) {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  );
}

/** What a stream is asked to write, in place of writing it. */
function capture(stream) {
  let text = '';
  stream.write = (chunk, encoding, done) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  };
  return () => text;
}

async function run(line) {
  if (line.includes('|')) {
    const whole = line.replaceAll('chainrule ', `"${process.execPath}" "${command}" `);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', whole], { encoding: 'utf8' });
    return { status, stdout, stderr };
  }
  const [call, file] = line.split(/\s+>\s+/);
  process.argv = [process.execPath, command, ...wordsOf(call).slice(1)];
  process.exitCode = undefined;
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  // The query makes it a module of its own, which runs again; what it imports is loaded already.
  await import(`${main}?${count++}`);
  if (file !== undefined) writeFileSync(file, stdout());
  return { status: process.exitCode ?? 0, stdout: file === undefined ? stdout() : '', stderr: stderr() };
}

const results = [];
for (const { folder, lines } of jobs) {
  process.chdir(folder);
  const own = [];
  for (const line of lines) own.push(await run(line));
  results.push(own);
}
writeResult(JSON.stringify(results), () => process.exit(0));
