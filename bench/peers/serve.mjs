/**
 * A contender in a process of its own: it is told on standard input how many steps to take, and answers on standard output
 * how many seconds they took and where the loss is. `node CONTENDER.mjs WORKLOAD [options]`.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export const workload = JSON.parse(readFileSync(new URL('../workloads.json', import.meta.url), 'utf8'))[
  process.argv[2]
];

/** Inputs in [0, 1) that look like nothing in particular, and a class or a number for each row: the same for all. */
export function data() {
  const { sizes, rows, loss } = workload;
  const width = sizes[0];
  const outputs = sizes[sizes.length - 1];
  const inputs = new Float32Array(rows * width).map((_, i) => ((i * 7919 + 13) % 1009) / 1009);
  const targets = new Float32Array(rows * outputs).map((_, i) => {
    const row = Math.floor(i / outputs);
    return loss === 'crossEntropy' ? Number(i % outputs === row % outputs) : ((row * 5 + 1) % 7) / 7;
  });
  return { inputs, targets, width, outputs };
}

export const rowsOf = (numbers, width) =>
  Array.from({ length: numbers.length / width }, (_, r) => [...numbers.subarray(r * width, (r + 1) * width)]);

/** `step(n)` takes n steps and returns the loss, or seconds and loss where it measures itself. */
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
