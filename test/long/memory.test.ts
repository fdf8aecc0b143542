/** Finished trainings leave nothing behind. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const count = 10_000;

/**
 * The megabytes in use after each thousand trainings: what is left after garbage collection, and what the process has from
 * the system. `afterEach` is run after each training, with `result` and the list `kept`.
 */
function memoryDuring(trainings: number, afterEach = ''): { kept: number[]; rss: number[] } {
  const source = `
    import { setImmediate as turn } from 'node:timers/promises';
    import { dense, halfMse, network, sgd, sigmoid, train } from './dist/index.js';
    const data = { inputs: [[2, 3, 1], [1, 0, 2], [3, 1, 1]], targets: [[0.64], [0.52], [0.36]] };
    const options = { loss: halfMse, optimizer: sgd({ learningRate: 0.5 }), engine: 'wasm', stop: { epochs: 2 } };
    const sizes = { kept: [], rss: [] };
    const kept = [];
    for (let i = 1; i <= ${trainings}; i++) {
      const result = await train(network([dense(2), dense(1, { activation: sigmoid })], { seed: i }), data, options);
      ${afterEach}
      if (i % ${trainings / 10} !== 0) continue;
      // what ends in a later turn is freed by the second collection
      for (let k = 0; k < 2; k++) {
        await turn();
        gc();
      }
      // "external" includes array buffers and the memories of WebAssembly
      const { heapUsed, external, rss } = process.memoryUsage();
      sizes.kept.push((heapUsed + external) / 2 ** 20);
      sizes.rss.push(rss / 2 ** 20);
    }
    console.log(JSON.stringify(sizes));`;
  const out = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', source], {
    encoding: 'utf8',
  });
  return JSON.parse(out);
}

/** From the third sample on, when the code is compiled. */
const growth = (sizes: readonly number[]) => Math.max(...sizes.slice(3)) - sizes[2];

test('10,000 trainings in one process do not make it grow', () => {
  const { kept, rss } = memoryDuring(count);
  // 3 kB kept of each of 7,000 trainings would show; a memory of WebAssembly has 64 kB or more
  expect(growth(kept), `${kept}`).toBeLessThan(20);
  // V8 gives memory back when it likes, so this finds only what V8 does not count
  expect(growth(rss), `${rss}`).toBeLessThan(200);
});

test.each([
  ['result', 'kept.push(result);'],
  ['memory of WebAssembly', 'kept.push(new WebAssembly.Memory({ initial: 1 }));'],
])('the measure shows a %s that is kept of each training', (_what, afterEach) => {
  const trainings = 500;
  const { kept } = memoryDuring(trainings, afterEach);
  // 350 results of some 30 kB, or 350 memories of 64 kB; the process alone grows by about 1 kB for each training
  expect(growth(kept), `${kept}`).toBeGreaterThan(5);
});
