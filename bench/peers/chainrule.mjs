/**
 * chainrule: `train`, called as usual. Each turn is a training of its own, measured by its own clock from the first
 * quarter of the steps on: by then the code is optimized and the threads run, as in the other libraries.
 */
import * as chainrule from 'chainrule';
import { data, serve, workload } from './serve.mjs';
import { training } from './training.mjs';

const [engine, precision, threads] = process.argv.slice(3);
await serve(training(chainrule, workload, data(), { engine, precision, threads: Number(threads) }));
