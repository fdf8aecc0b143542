/**
 * Kills the program at random moments. A training that is killed and resumed until it ends must end with the same model
 * and history, byte for byte, as an uninterrupted one. There are nine kinds of training, which save different things. A
 * command that writes a file must leave the old one or the new one, and `train --overwrite` the old run or the new one.
 * `node test/kills.mjs [KILLS] [SEED]` after a build: KILLS kills of trainings, and half as many of writers. It prints
 * its actions, and exits with 1 at a difference.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const penguins = fileURLToPath(new URL('../examples/penguins.csv', import.meta.url));

/** Numbers from 0 up to 1, determined by a seed. Source: Steele, Lea and Flood (2014), SplitMix32's finalizer. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Batches, dropout, momentum, a plateau schedule, and the best weights. */
const batches = (epochs) => ({
  network: {
    layers: [{ dense: 24, activation: 'relu' }, { dropout: 0.1 }, { dense: 3, activation: 'softmax' }],
  },
  data: { file: penguins, target: 'species', split: { validation: 0.2 } },
  training: {
    loss: 'crossEntropy',
    optimizer: { name: 'adam', learningRate: { name: 'plateau', learningRate: 0.003, patience: 30, factor: 0.7 } },
    batchSize: 16,
    stop: { epochs },
    keep: 'best',
    engine: 'wasm',
    checkpoint: { seconds: 0.02 },
  },
});

/** `batches` with other options for training. */
const trained = (epochs, training) => {
  const base = batches(epochs);
  return { ...base, training: { ...base.training, ...training } };
};

const flat = {
  layers: [
    { dense: 16, activation: 'tanh' },
    { dense: 3, activation: 'softmax' },
  ],
};

/** More numbers than fit in the limit of memory, so they are stored in a temporary file. Each is a few characters. */
function largeTable(rows, random) {
  const lines = [['y', ...Array.from({ length: 40 }, (_, c) => `x${c}`)].join(',')];
  for (let r = 0; r < rows; r++) {
    const cells = Array.from({ length: 40 }, () => Math.floor(10 * random()));
    lines.push([cells[0] + cells[1] * 2, ...cells].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** Kinds of training by name, each with different things to save, and additional flags for some. */
const kinds = {
  batches: { experiment: batches(800), flags: ['--no-baselines'] },
  'full batch, momentum': {
    experiment: {
      ...trained(1000, { optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9 }, batchSize: 'full' }),
      network: flat,
    },
  },
  float32: { experiment: trained(600, { precision: 'float32', optimizer: { name: 'rmsprop', momentum: 0.5 } }) },
  'two threads': {
    experiment: {
      ...trained(40, { threads: 2, batchSize: 64 }),
      // threads share steps of at least 100,000 operations
      network: {
        layers: [
          { dense: 200, activation: 'relu' },
          { dense: 200, activation: 'relu' },
          { dense: 3, activation: 'softmax' },
        ],
      },
    },
  },
  'L-BFGS': {
    experiment: {
      ...trained(150, { optimizer: { name: 'lbfgs' }, batchSize: 'full', l2: 0.001 }),
      network: flat,
    },
  },
  'averaged weights': { experiment: trained(500, { ema: 0.99, optimizer: { name: 'adamW' }, l1: 0.0001 }) },
  'embedding, class weights': {
    experiment: {
      ...trained(500, { classWeights: 'balanced' }),
      network: {
        layers: [{ embedding: 'auto' }, { dense: 12, activation: 'relu' }, { dense: 3, activation: 'softmax' }],
      },
      data: { file: penguins, target: 'species', embed: ['island', 'sex'], split: { validation: 0.2 } },
    },
  },
  'table larger than memory': {
    table: (random) => largeTable(70_000, random),
    flags: ['--target', 'y', '--hidden', '16', '--epochs', '2', '--checkpoint', '0.1', '--no-baselines'],
  },
  'from a model': { experiment: trained(500, { optimizer: { name: 'nadam' } }), from: true },
};

export const kindNames = Object.keys(kinds);

function run(args, killAfter) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args, '--quiet'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (data) => (text += data));
    child.stderr.on('data', (data) => (text += data));
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, text });
    });
  });
}

async function mustRun(args) {
  const started = Date.now();
  const { code, text } = await run(args);
  if (code !== 0) throw new Error(`${args.join(' ')}: code ${code}\n${text}`);
  return Date.now() - started;
}

const model = (out) => readFileSync(join(out, 'model.safetensors'));
// the seconds depend on the clock
const withoutSeconds = (text) => text.replace(/^((?:[^,]*,){6})[^,]*/gm, '$1');
const history = (out) => withoutSeconds(readFileSync(join(out, 'history.csv'), 'utf8'));

async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-kills-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file and the flags of one kind. */
async function prepare(folder, { experiment, table, flags = ['--no-baselines'], from }, random) {
  const file = join(folder, table === undefined ? 'experiment.json' : 'table.csv');
  writeFileSync(file, table === undefined ? JSON.stringify(experiment) : table(random));
  if (!from) return [file, ...flags];
  const base = join(folder, 'base');
  writeFileSync(join(folder, 'base.json'), JSON.stringify({ ...experiment, training: batches(20).training }));
  await mustRun(['train', join(folder, 'base.json'), '--no-baselines', '--out', base]);
  return [file, ...flags, '--from', base];
}

/**
 * Trains a kind once without interruption, and then kills it at `kills` moments in total, over as many runs as
 * necessary.
 */
function killKind(name, { kills, seed, epochs }) {
  return withFolder(async (folder) => {
    const random = randomFrom(seed);
    const kind = kinds[name];
    const args = await prepare(folder, epochs === undefined ? kind : { experiment: batches(epochs) }, random);
    const untouched = join(folder, 'untouched');
    const time = await mustRun(['train', ...args, '--out', untouched]);
    const where = (done) => `${name}, seed ${seed}, kill ${done}`;
    let [done, runs, resumed] = [0, 0, 0];
    while (done < kills) {
      runs++;
      const out = join(folder, `killed-${runs}`);
      for (let attempt = 0; ; attempt++) {
        if (attempt > 0 && existsSync(join(out, 'checkpoint'))) resumed++;
        // any moment of the rest of a run: start, training, writing, the end
        const killAfter = done < kills ? random() * time * 1.1 : undefined;
        const { code, signal, text } = await run(['train', ...args, '--out', out, '--resume'], killAfter);
        if (signal === 'SIGKILL') {
          done++;
          continue;
        }
        if (code !== 0) throw new Error(`${where(done)}: a resumed run failed (${code}):\n${text}`);
        if (!model(out).equals(model(untouched))) throw new Error(`${where(done)}: the model differs`);
        if (history(out) !== history(untouched)) throw new Error(`${where(done)}: the history differs`);
        break;
      }
      rmSync(out, { recursive: true });
    }
    return { kills: done, runs, resumed, time };
  });
}

/**
 * Kills and resumes trainings of all kinds, or of the given ones. Throws if a resumed run fails or ends with another
 * model or history.
 */
export async function killAndResume({ kills, seed = 1, epochs, names = kindNames, tell = () => {} }) {
  const total = { kills: 0, runs: 0, resumed: 0 };
  for (const [i, name] of names.entries()) {
    const part = Math.floor(((i + 1) * kills) / names.length) - Math.floor((i * kills) / names.length);
    const found = await killKind(name, { kills: part, seed: seed + i, epochs });
    tell(
      `${name}: ${found.kills} kills, ${found.runs} runs, ${found.resumed} resumed; without interruption ${found.time} ms`,
    );
    for (const key of Object.keys(total)) total[key] += found[key];
  }
  return total;
}

/** A writer: its arguments, and its outputs before and after. */
const writers = {
  predict: ({ old, run: from, at }) => ({
    args: ['predict', from, penguins, '--out', at('p.csv')],
    before: ['predict', old, penguins, '--out', at('p.csv')],
    files: [at('p.csv')],
  }),
  'export ts': ({ old, run: from, at }) => ({
    args: ['export', from, at('m.ts')],
    before: ['export', old, at('m.ts')],
    files: [at('m.ts')],
  }),
  'export onnx': ({ old, run: from, at }) => ({
    args: ['export', from, at('m.onnx')],
    before: ['export', old, at('m.onnx')],
    files: [at('m.onnx')],
  }),
  report: ({ run: from, at }) => ({
    args: ['report', from, '--out', at('r.html')],
    before: 'old',
    files: [at('r.html')],
  }),
  compare: ({ old, run: from, at }) => ({
    args: ['compare', old, from, '--out', at('c.html')],
    before: 'old',
    files: [at('c.html')],
  }),
};

/** A moment to kill a writer: any moment, or one near the end, when it writes. */
const momentOf = (time, random) => (random() < 0.5 ? random() : 0.8 + 0.3 * random()) * time;

const overwrite = 'train --overwrite';
export const writerNames = [...Object.keys(writers), overwrite];

const contents = (files) => files.map((file) => readFileSync(file, 'latin1')).join('\0');

async function killWriter(folder, name, { old, run: from, kills, random }) {
  const at = (file) => join(folder, file);
  const { args, before, files } = writers[name]({ old, run: from, at });
  if (before === 'old') for (const file of files) writeFileSync(file, 'old');
  else await mustRun(before);
  const first = contents(files);
  const time = await mustRun(args);
  const second = contents(files);
  if (first === second) throw new Error(`${name}: the old and the new output are the same`);
  const seen = { old: 0, new: 0 };
  for (let done = 0; done < kills; ) {
    if (before === 'old') for (const file of files) writeFileSync(file, 'old');
    else await mustRun(before);
    const { signal } = await run(args, momentOf(time, random));
    const now = contents(files);
    if (now !== first && now !== second) throw new Error(`${name}, kill ${done}: the output is neither old nor new`);
    if (signal !== 'SIGKILL') continue;
    done++;
    seen[now === first ? 'old' : 'new']++;
  }
  return seen;
}

/** The run in a folder, read by commands. */
async function viewOf(folder) {
  const { inRun } = await import('../dist/cli/run-folder/staging.js');
  const read = (name) => inRun(folder, name, (path) => readFileSync(path));
  return {
    model: read('model.safetensors').toString('latin1'),
    history: withoutSeconds(read('history.csv').toString()),
    seed: JSON.parse(read('run.json')).experiment.seed,
    report: read('report.html').toString().includes('Written by chainrule'),
  };
}

/** Kills a training that would replace a run, then resumes it. */
async function killOverwrite(folder, { kills, random }) {
  const file = join(folder, 'overwrite.json');
  writeFileSync(file, JSON.stringify(batches(200)));
  const [old, replaced] = [join(folder, 'run-old'), join(folder, 'run-new')];
  const args = (out) => ['train', file, '--seed', '2', '--no-baselines', '--out', out];
  await mustRun(['train', file, '--seed', '1', '--no-baselines', '--out', old]);
  const time = await mustRun(args(replaced));
  const views = { old: JSON.stringify(await viewOf(old)), new: JSON.stringify(await viewOf(replaced)) };
  const seen = { old: 0, new: 0, resumed: 0 };
  for (let done = 0; done < kills; ) {
    const out = join(folder, 'overwritten');
    rmSync(out, { recursive: true, force: true });
    cpSync(old, out, { recursive: true });
    const { signal } = await run([...args(out), '--overwrite'], momentOf(time, random));
    const now = JSON.stringify(await viewOf(out));
    const which = now === views.old ? 'old' : now === views.new ? 'new' : undefined;
    if (which === undefined) throw new Error(`${overwrite}, kill ${done}: a mixture of the old run and the new one`);
    if (signal !== 'SIGKILL') continue;
    done++;
    seen[which]++;
    // if the new training has a checkpoint, it continues; otherwise the checkpoint is the old run's, of another
    // training
    const isBegun = existsSync(join(out, '.chainrule-next/checkpoint')) || which === 'new';
    const { code, text } = await run([...args(out), isBegun ? '--resume' : '--overwrite']);
    if (code !== 0) throw new Error(`${overwrite}, kill ${done}: the next run failed (${code}):\n${text}`);
    if (isBegun) seen.resumed++;
    if (JSON.stringify(await viewOf(out)) !== views.new) throw new Error(`${overwrite}, kill ${done}: the run differs`);
    if (existsSync(join(out, '.chainrule-next'))) throw new Error(`${overwrite}, kill ${done}: files are left behind`);
  }
  return seen;
}

/** Kills commands that write. Throws if an output is neither the old one nor the new one. */
export function killWriters({ kills, seed = 1, names = writerNames, tell = () => {} }) {
  return withFolder(async (folder) => {
    const random = randomFrom(seed);
    const file = join(folder, 'experiment.json');
    writeFileSync(file, JSON.stringify(batches(20)));
    const [old, newer] = [join(folder, 'old'), join(folder, 'new')];
    for (const [seed, out] of [
      ['1', old],
      ['2', newer],
    ]) {
      await mustRun(['train', file, '--seed', seed, '--no-baselines', '--out', out]);
    }
    const total = { old: 0, new: 0 };
    for (const [i, name] of names.entries()) {
      const part = Math.floor(((i + 1) * kills) / names.length) - Math.floor((i * kills) / names.length);
      const options = { old, run: newer, kills: part, random };
      const seen = name === overwrite ? await killOverwrite(folder, options) : await killWriter(folder, name, options);
      const resumed = seen.resumed === undefined ? '' : `, ${seen.resumed} times resumed`;
      tell(
        `${name}: ${part} kills, the output is ${seen.old} times the old one and ${seen.new} times the new one${resumed}`,
      );
      total.old += seen.old;
      total.new += seen.new;
    }
    return total;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kills = 100, seed = 1] = process.argv.slice(2).map(Number);
  console.log(await killAndResume({ kills, seed, tell: console.log }));
  console.log(await killWriters({ kills: Math.ceil(kills / 2), seed, tell: console.log }));
}
