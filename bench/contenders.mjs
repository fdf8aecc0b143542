/** The contenders: how to start each, its name, and its workloads. */
import { execFileSync, execSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const peer = (file) => join(here, 'peers', file);
const leaveOut = (what, why) => console.error(`left out: ${what} (${why})`);

/** A newer Node than the one that runs this, if npx can get it. */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  try {
    return execSync("npx -y -p node@24 -c 'command -v node'", {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    leaveOut('Node 24', 'npx cannot get it');
    return undefined;
  }
}

/** A Python with the other libraries: the one that BENCH_PYTHON names, or an environment made here. */
function python() {
  const named = process.env.BENCH_PYTHON;
  if (named) return named;
  const folder = join(here, '.venv');
  const program = join(folder, 'bin', 'python');
  try {
    if (!existsSync(program)) {
      console.error('making a Python environment with jax, torch and scikit-learn …');
      execFileSync(existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3', ['-m', 'venv', folder]);
      execFileSync(program, ['-m', 'pip', 'install', '-q', 'numpy', 'jax', 'torch', 'scikit-learn'], {
        stdio: 'ignore',
      });
    }
    return program;
  } catch {
    leaveOut('JAX, PyTorch, scikit-learn', 'no Python environment could be made; name one: BENCH_PYTHON=…');
    return undefined;
  }
}

function compiled(float) {
  const program = join(mkdtempSync(join(tmpdir(), 'w1-')), 'w1');
  try {
    const flags = float ? ['-DFLOAT=float', '-DEXP=expf'] : [];
    execFileSync('gcc', ['-O3', ...flags, peer('w1.c'), '-o', program, '-lm']);
    return program;
  } catch {
    leaveOut('C', 'there is no gcc');
    return undefined;
  }
}

const small = ['W1', 'W2'];
const all = ['W1', 'W2', 'W3', 'W4', 'W5'];
const large = ['W4', 'W5'];
const medium = ['W3', 'W4', 'W5'];

/** `best of`: of contenders with one name, only the fastest is shown. */
export function contenders() {
  const list = [];
  const add = (name, workloads, command, args) => list.push({ name, workloads, command, args });
  const runtimes = [
    [`Node ${process.versions.node.split('.')[0]}`, process.execPath],
    ['Node 24', node24()],
  ].filter(([, program], i) => program && (i === 1 || program !== node24()));
  for (const [runtime, program] of runtimes) {
    const ours = (label, workloads, ...options) =>
      add(`chainrule ${label}, ${runtime}`, workloads, program, (w) => [peer('chainrule.mjs'), w, ...options]);
    ours('wasm float32', all, 'wasm', 'float32', 1);
    ours('wasm float32', large, 'wasm', 'float32', 2);
    ours('wasm float64', all, 'wasm', 'float64', 1);
    ours('wasm float64', large, 'wasm', 'float64', 2);
    ours('blas float32', large, 'blas', 'float32', 2);
  }
  add(`chainrule reference, ${runtimes[0][0]}`, [...small, 'W3'], process.execPath, (w) => [
    peer('chainrule.mjs'),
    w,
    'reference',
    'float64',
    1,
  ]);
  for (const threads of [1, 2]) {
    add('chainrule wasm float32, Chromium', large, process.execPath, (w) => [
      peer('chromium.mjs'),
      w,
      'float32',
      threads,
    ]);
  }
  add('brain.js', [...small, 'W3'], process.execPath, (w) => [peer('brain.mjs'), w]);
  for (const threads of [1, 2]) {
    add('TensorFlow.js wasm', all, process.execPath, (w) => [peer('tensorflow.mjs'), w, 'wasm', threads]);
  }
  add('TensorFlow.js cpu', ['W1', 'W2', 'W3', 'W4'], process.execPath, (w) => [peer('tensorflow.mjs'), w, 'cpu', 1]);
  add('jax-js wasm', all, process.execPath, (w) => [peer('jaxjs.mjs'), w]);
  const c64 = compiled(false);
  const c32 = compiled(true);
  if (c64) add('C, gcc -O3, float64', ['W1'], c64, () => []);
  if (c32) add('C, gcc -O3, float32', ['W1'], c32, () => []);
  const program = python();
  if (program) {
    for (const threads of [1, 2]) {
      const py = (name, id, workloads) => add(name, workloads, program, (w) => [peer('python.py'), w, id, threads]);
      py('JAX', 'jax', threads === 1 ? all : medium);
      py('PyTorch', 'torch', threads === 1 ? all : medium);
      py('scikit-learn', 'sklearn', medium);
      py('products alone, NumPy', 'products', large);
    }
  }
  return list;
}
