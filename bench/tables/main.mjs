/**
 * chainrule and scikit-learn on real tables: `npm run bench:tables` in the project's root.
 *
 *     node main.mjs [--only 'iris;wine'] [--seeds 10] [--skip equal|default] [--write]
 *
 * Both sides read the same 80/20 splits, one for each seed. First each trains the same network for the same number of
 * epochs, in turns, each in a process of its own (`learners.py serve`, `learner.mjs`). Then `chainrule train` without
 * options, compared with the usual three models of scikit-learn. The results are kept in results.json; `--write` writes them
 * into docs/benchmarks.md.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { node24 } from '../contenders.mjs';
import { mean } from './compare.mjs';
import { writePage } from './page.mjs';
import { tables, writeTable } from './sources.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '10' },
    skip: { type: 'string' },
    write: { type: 'boolean' },
  },
});
const seeds = Number(flags.seeds);
const here = fileURLToPath(new URL('.', import.meta.url));
const work = join(here, '.work');
const resultsFile = join(here, 'results.json');
const only = flags.only?.split(';');
const chosen = tables.filter(({ name }) => only === undefined || only.includes(name));

// Some machines restrict OpenBLAS to an older kernel by this variable. Both sides use the processor's own kernel.
delete process.env.OPENBLAS_CORETYPE;

/** A Python with scikit-learn: the one that BENCH_PYTHON names, or an environment made here. */
function findPython() {
  if (process.env.BENCH_PYTHON) return process.env.BENCH_PYTHON;
  const folder = join(here, '.venv');
  const program = join(folder, 'bin', 'python');
  if (!existsSync(program)) {
    console.error('making a Python environment with scikit-learn …');
    execFileSync(existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3', ['-m', 'venv', folder]);
    execFileSync(program, ['-m', 'pip', 'install', '-q', 'scikit-learn==1.9.*', 'pandas'], { stdio: 'ignore' });
  }
  return program;
}

const python = findPython();
const learners = (...args) =>
  execFileSync(python, [join(here, 'learners.py'), ...args.map(String)], { encoding: 'utf8', maxBuffer: 1e8 });
const cli = join(
  here,
  'node_modules/chainrule',
  JSON.parse(readFileSync(join(here, 'node_modules/chainrule/package.json'))).bin.chainrule,
);
const chainrule = async (...args) => {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args.map(String)], { maxBuffer: 1e8 });
  return JSON.parse(stdout);
};

/** Makes the splits and the encoded numbers, unless they exist. */
function prepare(table) {
  const folder = writeTable(work, table);
  const last = join(folder, String(seeds));
  if (!existsSync(last)) learners('split', join(folder, 'table.csv'), table.target, table.task, folder, seeds);
  if (table.fair && !existsSync(join(last, 'encoded.json')))
    learners('encode', table.target, table.task, folder, seeds);
  return folder;
}

/** A process that answers one request for each line. */
function start(command, args, env = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} ended`);
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
const [node] = process.versions.node.split('.');
const newer = node24();
const sides = [
  ['scikit-learn', python, [join(here, 'learners.py'), 'serve'], {}],
  ['scikit-learn, 1 thread', python, [join(here, 'learners.py'), 'serve'], oneThread],
  [`chainrule, Node ${node}`, process.execPath, [join(here, 'learner.mjs')], {}],
  ...(newer && newer !== process.execPath ? [['chainrule, Node 24', newer, [join(here, 'learner.mjs')], {}]] : []),
];

/** The same network and budget on both sides: for each side, the score and the seconds of each seed. */
async function equal(table, folder) {
  const running = sides.map(([name, command, args, env]) => ({
    name,
    ...start(command, args, env),
    scores: [],
    seconds: [],
    cpu: [],
  }));
  const question = (seed) => ({
    ...table.fair,
    task: table.task,
    place: join(folder, String(seed)),
    seed,
    // scikit-learn uses the precision of the inputs; both use the usual one for this number of weights.
    float32: table.fair.hidden[0] >= 128,
    arithmetic: 'strict',
  });
  // Train the first seed twice first, so that everything is compiled and loaded.
  for (const side of running) for (let turn = 0; turn < 2; turn++) await side.ask(question(1));
  for (let seed = 1; seed <= seeds; seed++) {
    for (const side of running) {
      const answer = await side.ask(question(seed));
      if (answer.epochs !== table.fair.epochs) throw new Error(`${side.name} took ${answer.epochs} epochs`);
      side.scores.push(answer.score);
      side.seconds.push(answer.seconds);
      side.cpu.push(answer.cpu);
    }
  }
  for (const side of running) side.end();
  return running.map(({ name, scores, seconds, cpu }) => ({ name, scores, seconds, cpu }));
}

/** `chainrule train` with no option, evaluated on the test split; and the recommendation of its report. Nothing is timed here. */
async function byDefault(table, folder) {
  const runOf = async (seed) => {
    const place = join(folder, String(seed));
    const out = join(place, 'run');
    rmSync(out, { recursive: true, force: true });
    const options = ['--target', table.target, '--seed', seed, '--out', out, '--json'];
    const trained = await chainrule('train', join(place, 'train.csv'), ...options);
    const { metrics } = await chainrule('evaluate', out, join(place, 'test.csv'), '--json');
    const { baselines } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    return {
      score: table.task === 'classification' ? metrics.accuracy : metrics.r2,
      epochs: trained.stop.epoch,
      verdict: baselines?.verdict,
    };
  };
  const runs = [];
  const together = 5;
  for (let seed = 1; seed <= seeds; seed += together) {
    const some = Array.from({ length: Math.min(together, seeds - seed + 1) }, (_, i) => runOf(seed + i));
    runs.push(...(await Promise.all(some)));
  }
  return runs;
}

/** scikit-learn's three models. They are slow with many columns, so their scores are kept with the splits. */
function usualModels(table, folder) {
  const file = join(folder, `baselines-${seeds}.json`);
  if (!existsSync(file)) writeFileSync(file, learners('baselines', table.target, table.task, folder, seeds));
  return JSON.parse(readFileSync(file, 'utf8'));
}

mkdirSync(work, { recursive: true });
const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : { tables: {} };
const loads = [loadavg()[0]];
for (const table of chosen) {
  const folder = prepare(table);
  const found = { ...results.tables[table.name], target: table.target, task: table.task, seeds };
  if (table.fair && flags.skip !== 'equal') {
    found.equal = await equal(table, folder);
    const shown = found.equal.map(
      ({ name, scores, seconds }) => `${name} ${mean(scores).toFixed(4)} ${(1000 * mean(seconds)).toFixed(0)} ms`,
    );
    console.log(`${table.name}: ${shown.join('; ')}`);
    loads.push(loadavg()[0]);
    found.load = loadavg()[0];
  }
  if (flags.skip !== 'default') {
    found.default = await byDefault(table, folder);
    console.log(`${table.name}, default: ${mean(found.default.map(({ score }) => score)).toFixed(4)}`);
    found.usual = usualModels(table, folder);
    const shown = Object.entries(found.usual).map(([name, scores]) => `${name} ${mean(scores).toFixed(4)}`);
    console.log(`${table.name}: ${shown.join('; ')}`);
  }
  results.tables[table.name] = found;
  Object.assign(results, {
    machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
    date: new Date().toISOString().slice(0, 10),
    versions: {
      ...JSON.parse(learners('versions')),
      Node: process.versions.node,
      'Node 24': newer && execFileSync(newer, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(),
    },
  });
  writeFileSync(resultsFile, `${JSON.stringify(results)}\n`);
}
if (flags.write) writePage(results, tables);
