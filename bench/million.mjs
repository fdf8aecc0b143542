/**
 * A million rows of 30 columns: writes them as CSV, describes them, trains for an epoch and predicts. Prints the seconds and the peak
 * memory of each process, and the time of its first output. `node bench/million.mjs [ROWS]` after a build.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const rows = Number(process.argv[2] ?? 1_000_000);
const columns = 30;
const folder = mkdtempSync(join(tmpdir(), 'chainrule-million-'));
const file = join(folder, 'million.csv');

/** Normal numbers by Box and Muller over a linear congruential generator, whose quality does not matter here. */
function write() {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const handle = openSync(file, 'w');
  writeSync(handle, `${[...Array.from({ length: columns }, (_, c) => `x${c + 1}`), 'y'].join(',')}\n`);
  for (let r = 0; r < rows; r += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - r) }, () => {
      const x = Array.from({ length: columns }, normal);
      const y = x[0] - 2 * x[1] + Math.tanh(x[2]) * x[3] + 0.1 * normal();
      return [...x, y].map((value) => value.toFixed(5)).join(',');
    });
    writeSync(handle, `${lines.join('\n')}\n`);
  }
  closeSync(handle);
}

/** Runs the program, which prints its peak memory at its end. */
function run(...args) {
  const tell = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\npeak '+process.resourceUsage().maxRSS+' '+(process.resourceUsage().userCPUTime+process.resourceUsage().systemCPUTime)/1e6+'\\n'))`;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const child = spawn(process.execPath, ['--import', tell, main, ...args], { cwd: folder });
    let first;
    let text = '';
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (part) => {
        first ??= seconds();
        text += part;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(text));
      const [, peak, cpu] = /peak (\d+) ([\d.]+)/.exec(text).map(Number);
      resolve({ seconds: seconds(), cpu, megabytes: peak / 1000, first });
    });
  });
}

try {
  write();
  console.log(
    `Node ${process.versions.node}, load ${loadavg()[0].toFixed(2)}, ${rows} rows, ${(statSync(file).size / 1e6).toFixed(0)} MB`,
  );
  const train = ['train', file, '--target', 'y', '--hidden', '64', '--epochs', '1', '--out', join(folder, 'run')];
  for (const args of [['data', file], train, ['predict', join(folder, 'run'), file, '--out', join(folder, 'p.csv')]]) {
    const { seconds, cpu, megabytes, first } = await run(...args);
    console.log(
      `${args[0].padEnd(8)} ${seconds.toFixed(1)} s, CPU ${cpu.toFixed(1)} s, ${megabytes.toFixed(0)} MB, first words after ${first.toFixed(1)} s`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
