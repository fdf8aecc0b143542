/**
 * A contender in a process of its own: it reads the number of steps from standard input, and writes their seconds and the
 * loss to standard output. `node CONTENDER.mjs WORKLOAD [options]`.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { dataOf } from './data.mjs';

export { rowsOf } from './data.mjs';

export const workload = JSON.parse(readFileSync(new URL('../workloads.json', import.meta.url), 'utf8'))[
  process.argv[2]
];

export const data = () => dataOf(workload);

/** `step(n)` takes n steps and returns the loss, or seconds and loss if it measures the time itself. */
export async function serve(step) {
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin })) {
    const start = performance.now();
    const result = await step(Number(line));
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify(typeof result === 'object' ? result : { seconds, loss: result }));
  }
  process.exit();
}
