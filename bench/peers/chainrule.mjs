/**
 * chainrule: `train` as anybody calls it. Each turn is a training of its own, so its own clock counts, from the first
 * quarter of the steps on: by then the code is optimized and the threads are there, as those of its peers have long been.
 */
import * as chainrule from 'chainrule';
import { data, serve, workload } from './serve.mjs';
import { training } from './training.mjs';

const [engine, precision, threads] = process.argv.slice(3);
await serve(training(chainrule, workload, data(), { engine, precision, threads: Number(threads) }));
