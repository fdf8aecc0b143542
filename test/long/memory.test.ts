/** Finished trainings leave nothing behind. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('10,000 trainings in one process do not make it grow', () => {
  const source = `
    import { dense, halfMse, network, sgd, sigmoid, train } from './dist/index.js';
    const data = { inputs: [[2, 3, 1], [1, 0, 2], [3, 1, 1]], targets: [[0.64], [0.52], [0.36]] };
    const options = { loss: halfMse, optimizer: sgd({ learningRate: 0.5 }), engine: 'wasm', stop: { epochs: 2 } };
    const sizes = [];
    for (let i = 1; i <= 10_000; i++) {
      await train(network([dense(2), dense(1, { activation: sigmoid })], { seed: i }), data, options);
      if (i % 1000 === 0) sizes.push(process.memoryUsage().rss / 2 ** 20);
    }
    console.log(JSON.stringify(sizes));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
  const sizes: number[] = JSON.parse(out);
  // megabytes: the heap reaches its size in the first thousands; from there, 7 KB kept of each training would show, and
  // its memory alone has 64 or more
  expect(Math.max(...sizes.slice(5)), out).toBeLessThan(sizes[2] + 50);
}, 180_000);
