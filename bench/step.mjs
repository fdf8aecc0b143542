/**
 * The guard of the 3-2-1 step: what `train` takes for it, as a ratio to C and to JavaScript written by hand, compared with the
 * recorded ratio for this processor and version of Node. Exits with 1 if one is more than 5 % above its record.
 *
 *     npm run bench:step                  measures and compares
 *     node bench/step.mjs --write         records this machine's ratios (bench/step.json)
 *
 * Method: contenders take turns in rounds within one minute, so that other work on the machine meets all of them. The
 * smallest time of each counts, because other work only adds time. A turn is a million steps.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dense, halfMse, linear, network, sgd, sigmoid, train } from '../dist/index.js';
import { byHand, example } from './by-hand.mjs';

const { values: flags } = parseArgs({
  options: { write: { type: 'boolean' }, rounds: { type: 'string', default: '25' } },
});
const rounds = Number(flags.rounds);
const steps = 1_000_000;
/** How much a ratio may be above its record. */
const tolerance = 1.05;
const recordFile = new URL('step.json', import.meta.url);

/** Nanoseconds that a step of `train` takes: its own clock counts from the first quarter on, when the code is optimized. */
function training(precision) {
  const { inputs, targets, v, w, rate } = example;
  const rows = [0, 3, 6].map((at) => inputs.slice(at, at + 3));
  const layers = () => [
    dense(2, { bias: false, activation: linear, weight: v }),
    dense(1, { bias: false, activation: sigmoid, weight: w }),
  ];
  return async () => {
    const { history } = await train(
      network(layers(), { inputs: 3 }),
      { inputs: rows, targets: targets.map((each) => [each]) },
      {
        loss: halfMse,
        optimizer: sgd({ learningRate: rate }),
        stop: { epochs: steps },
        engine: 'wasm',
        precision,
        threads: 1,
      },
    );
    const last = history[history.length - 1];
    const first = history.find(({ step }) => step >= last.step / 4);
    return ((last.seconds - first.seconds) / (last.step - first.step)) * 1e9;
  };
}

function javaScript() {
  const { run } = byHand(Math.exp);
  return () => {
    const start = performance.now();
    run(steps);
    return ((performance.now() - start) / steps) * 1e6;
  };
}

/** The C program as a process that reads the number of steps to take; undefined if there is no gcc. */
function c(float, folder) {
  const program = join(folder, float ? 'w1-32' : 'w1-64');
  try {
    const source = fileURLToPath(new URL('peers/w1.c', import.meta.url));
    execFileSync('gcc', ['-O3', ...(float ? ['-DFLOAT=float', '-DEXP=expf'] : []), source, '-o', program, '-lm']);
  } catch {
    return undefined;
  }
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value);
  // Its first line says that it is ready.
  const ready = answer();
  const take = async () => {
    await ready;
    child.stdin.write(`${steps}\n`);
    return ((await answer()).seconds / steps) * 1e9;
  };
  return Object.assign(take, { end: () => child.stdin.end() });
}

const folder = mkdtempSync(join(tmpdir(), 'chainrule-step-'));
const contenders = {
  'chainrule float32': training('float32'),
  'chainrule float64': training('float64'),
  'JavaScript by hand': javaScript(),
  'C float32': c(true, folder),
  'C float64': c(false, folder),
};
const load = loadavg()[0];
const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, take] of Object.entries(contenders)) {
    const taken = await take?.();
    // The first round is the warm-up.
    if (round > 0 && taken !== undefined) times[name].push(taken);
  }
}
for (const take of Object.values(contenders)) take?.end?.();
rmSync(folder, { recursive: true });

const least = Object.fromEntries(
  Object.entries(times).flatMap(([name, all]) => (all.length === 0 ? [] : [[name, Math.min(...all)]])),
);
const machine = `${cpus()[0].model}, Node ${process.versions.node.split('.')[0]}`;
console.log(`${machine}, load ${load.toFixed(2)}; the smallest of ${rounds} rounds of a million steps`);
for (const [name, ns] of Object.entries(least)) console.log(`${name.padEnd(24)}${ns.toFixed(1).padStart(7)} ns`);

const ratios = {};
for (const precision of ['float32', 'float64']) {
  for (const peer of [`C ${precision}`, 'JavaScript by hand']) {
    if (least[peer] === undefined) continue;
    ratios[`${precision} / ${peer}`] = Number((least[`chainrule ${precision}`] / least[peer]).toFixed(3));
  }
}
const records = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : {};
const record = records[machine];
for (const [what, ratio] of Object.entries(ratios)) {
  const before = record?.[what];
  const isSlower = before !== undefined && ratio > before * tolerance;
  if (isSlower) process.exitCode = 1;
  const compared = before === undefined ? 'no record' : `on record ${before}${isSlower ? ': SLOWER' : ''}`;
  console.log(`${what.padEnd(32)}${ratio.toFixed(3).padStart(7)}  ${compared}`);
}
if (flags.write) {
  writeFileSync(recordFile, `${JSON.stringify({ ...records, [machine]: ratios }, null, 2)}\n`);
} else if (record === undefined) {
  console.log(
    'There is no record for this machine. Run `node bench/step.mjs --write` on a commit that is known to be fast.',
  );
}
