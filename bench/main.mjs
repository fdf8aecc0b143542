/**
 * Compares chainrule with other libraries: microseconds for a training step. `npm run bench` in the project's root.
 *
 *     node main.mjs [--only W1,W3] [--rounds 5] [--write]
 *
 * Method: each contender is a process of its own. They take turns in rounds, so that other work on the machine affects all of
 * them. A turn lasts for a third of a second, and at least three steps. The best round counts; the median is printed.
 * For a contender with several numbers of threads, the best is shown. `--write` writes the table into
 * docs/benchmarks.md and the picture into docs/performance.svg.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { contenders } from './contenders.mjs';
import { picture } from './picture.mjs';
import { shown, writeBetween } from './table.mjs';

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '5' }, write: { type: 'boolean' } },
});
const workloads = JSON.parse(readFileSync(new URL('workloads.json', import.meta.url), 'utf8'));
const only = flags.only?.split(',') ?? Object.keys(workloads);
/** The length of a turn in seconds. */
const turn = 0.33;

// Some machines restrict OpenBLAS to an older kernel by this variable. All contenders use the processor's own kernel.
delete process.env.OPENBLAS_CORETYPE;

const load = loadavg()[0];
if (load > 0.5)
  console.error(`other programs are running (load ${load.toFixed(2)}): times may be longer than on an idle machine`);

/** A running contender: `take(steps)` answers with seconds and the loss. */
async function start(command, args) {
  const child = spawn(command, args.map(String), { stdio: ['pipe', 'pipe', 'pipe'] });
  let trouble = '';
  child.stderr.on('data', (text) => (trouble = `${trouble}${text}`.slice(-2000)));
  child.on('error', (error) => (trouble = error.message));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done)
        throw new Error(
          trouble
            .trim()
            .split('\n')
            .findLast((line) => /[a-z]{3}/i.test(line)) ?? 'it ended',
        );
      if (value.startsWith('{')) return JSON.parse(value);
    }
  };
  await answer();
  return {
    async take(steps) {
      child.stdin.write(`${steps}\n`);
      return answer();
    },
    end: () => child.stdin.end(),
  };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

async function measure(workload) {
  const { rows, batch, title } = workloads[workload];
  const unit = rows / batch;
  console.log(`\n${workload}: ${title}`);
  const running = [];
  for (const { name, workloads: can, command, args } of contenders.list) {
    if (!can.includes(workload)) continue;
    let process_;
    try {
      process_ = await start(command, args(workload));
      // Repeat until the steps fill a turn. By then, all code is compiled.
      let steps = unit;
      for (;;) {
        const { seconds } = await process_.take(steps);
        if (seconds > turn / 2 || steps > 2e8) {
          steps = Math.max(3, Math.ceil((steps * turn) / Math.max(seconds, 1e-9) / unit)) * (unit > 3 ? unit : 1);
          break;
        }
        steps = Math.ceil(Math.min(steps * 10, (steps * turn) / Math.max(seconds, 1e-6)) / unit) * unit;
      }
      running.push({ name, ...process_, steps: Math.max(unit, Math.ceil(steps / unit) * unit), times: [], loss: 0 });
    } catch (error) {
      process_?.end();
      console.error(`left out: ${name} (${error.message.slice(0, 160)})`);
    }
  }
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const each of running) {
      const { seconds, loss } = await each.take(each.steps);
      each.times.push((seconds / each.steps) * 1e6);
      each.loss = loss;
    }
  }
  for (const each of running) each.end();
  const best = new Map();
  for (const { name, times, loss } of running) {
    const one = { name, best: Math.min(...times), median: median(times), loss };
    if (!(best.get(name)?.best <= one.best)) best.set(name, one);
  }
  const rowsOf = [...best.values()].sort((a, b) => a.best - b.best);
  for (const { name, best, median, loss } of rowsOf) {
    console.log(
      `  ${name.padEnd(34)} ${shown(best).padStart(10)} µs  median ${shown(median).padStart(10)}  loss ${Number(loss).toPrecision(4)}`,
    );
  }
  return rowsOf;
}

contenders.list = contenders();
const results = {
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores, load ${load.toFixed(2)} before`,
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  workloads: {},
};
for (const workload of only) results.workloads[workload] = await measure(workload);

if (flags.write) {
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(new URL('../docs/performance.svg', import.meta.url), picture(results));
  const names = [...new Set(Object.values(results.workloads).flatMap((rows) => rows.map(({ name }) => name)))].sort();
  const columns = Object.keys(results.workloads);
  const cell = (name, w) => {
    const row = results.workloads[w].find((each) => each.name === name);
    if (row === undefined) return '';
    const quickest = results.workloads[w].find((each) => !each.name.startsWith('products'));
    return row === quickest ? `**${shown(row.best)}**` : shown(row.best);
  };
  const table = [
    `| µs a step | ${columns.join(' | ')} |`,
    `| --- | ${columns.map(() => '---:').join(' | ')} |`,
    ...names.map((name) => `| ${name} | ${columns.map((w) => cell(name, w)).join(' | ')} |`),
    '',
    `${results.machine}, ${results.date}. ${columns.map((w) => `${w}: ${workloads[w].title}`).join('; ')}.`,
  ].join('\n');
  writeBetween('bench', table);
}
