/**
 * Kills a training at random moments and resumes it, until it ends: its model must be, byte for byte, that of a run
 * never touched. `node test/kills.mjs [KILLS] [SEED]` after a build; prints what it did, exits with 1 at a difference.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const penguins = fileURLToPath(new URL('../examples/penguins.csv', import.meta.url));

/** Numbers from 0 up to 1 that a seed decides. Source: Steele, Lea and Flood (2014), SplitMix32's finalizer. */
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

/** Batches, dropout, momentum, a plateau, the best weights kept: all that a checkpoint has to hold. */
const experiment = (epochs) => ({
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

function run(args, killAfter) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, 'train', ...args, '--quiet'], { stdio: ['ignore', 'pipe', 'pipe'] });
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

/**
 * Trains, untouched once and then killed at `kills` moments in all, over as many runs as that takes. Throws where a
 * resumed run fails or ends with another model.
 */
export async function killAndResume({ kills, seed = 1, epochs = 1500, tell = () => {} }) {
  const random = randomFrom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-kills-'));
  try {
    const file = join(folder, 'experiment.json');
    writeFileSync(file, JSON.stringify(experiment(epochs)));
    const model = (out) => readFileSync(join(out, 'model.safetensors'));
    const history = (out) =>
      // the seconds are the clock's
      readFileSync(join(out, 'history.csv'), 'utf8').replace(/^((?:[^,]*,){6})[^,]*/gm, '$1');
    const started = Date.now();
    const untouched = await run([file, '--out', join(folder, 'untouched')]);
    const time = Date.now() - started;
    if (untouched.code !== 0) throw new Error(`the run that nobody touched failed:\n${untouched.text}`);
    let done = 0;
    let runs = 0;
    let resumed = 0;
    while (done < kills) {
      runs++;
      const out = join(folder, `killed-${runs}`);
      for (let attempt = 0; ; attempt++) {
        // any moment of what is left of a run: start-up, training, writing, the end
        const killAfter = done < kills ? random() * time * 1.1 : undefined;
        const { code, signal, text } = await run([file, '--out', out, '--resume'], killAfter);
        if (attempt > 0 && existsSync(join(out, 'checkpoint'))) resumed++;
        if (signal === 'SIGKILL') {
          done++;
          continue;
        }
        if (code !== 0) throw new Error(`seed ${seed}, kill ${done}: a resumed run failed (${code}):\n${text}`);
        if (!model(out).equals(model(join(folder, 'untouched')))) {
          throw new Error(`seed ${seed}, kill ${done}: the model is another one`);
        }
        if (history(out) !== history(join(folder, 'untouched'))) {
          throw new Error(`seed ${seed}, kill ${done}: the history is another one`);
        }
        break;
      }
      rmSync(out, { recursive: true });
      tell(`${done} of ${kills} kills, ${runs} runs`);
    }
    return { kills: done, runs, resumed, time };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kills = 100, seed = 1] = process.argv.slice(2).map(Number);
  console.log(await killAndResume({ kills, seed, tell: console.log }));
}
