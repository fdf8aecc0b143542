/**
 * Trains COUNT times in each way, in one process, and prints the threads and the memory of the process after each tenth
 * of them. Both must stay constant after the first tenth, which warms the process up.
 *
 *     npm run build && node --expose-gc test/leaks.mjs 1000 [KIND …]
 *
 * With --json it prints only the figures.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: flags, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const [count = '1000', ...asked] = positionals;
const chainrule = await import('../dist/index.js');
const { adam, baselines, crossValidate, dense, findLearningRate, mse, network, overfitBatch, relu, train } = chainrule;
const { experiment } = chainrule;

const rows = 128;
const inputs = Array.from({ length: rows }, (_, r) => Array.from({ length: 100 }, (_, c) => ((r * c) % 17) / 17));
const data = { inputs, targets: inputs.map(([first]) => [first]) };
const net = (units = 64) => network([dense(units, { activation: relu }), dense(1)], { inputs: 100 });
const options = (more = {}) => ({
  loss: mse,
  optimizer: adam(),
  batchSize: 64,
  precision: 'float32',
  engine: 'wasm',
  threads: 2,
  stop: { epochs: 2 },
  ...more,
});
async function checked(running) {
  const trained = await running;
  // such as that no worker could be started
  if (trained.warnings.length > 0) throw new Error(trained.warnings.join(' '));
  return trained;
}
const run = (more, units) => checked(train(net(units), data, options(more)));
const fails = async (run) => {
  try {
    await run;
  } catch {
    return;
  }
  throw new Error('it did not fail');
};
const thrower = () => {
  throw new Error('thrown on purpose');
};
const aborted = async (more) => {
  const aborter = new AbortController();
  const running = train(net(), data, options({ stop: { epochs: 1e9 }, signal: aborter.signal, ...more }));
  for await (const _row of running) aborter.abort();
  return checked(running);
};
const setup = () =>
  experiment({
    network: { layers: [{ dense: 64, activation: 'relu' }, { dense: 1 }] },
    data: { inputs, targets: data.targets },
    training: { loss: 'mse', optimizer: 'adam', batchSize: 64, stop: { epochs: 2 }, threads: 2 },
  });
let trained;

/** The trainings to repeat COUNT times, by name. */
const kinds = {
  'one thread': () => run({ threads: 1 }),
  'threads that come too late': () => run(),
  'threads that take part': () => run({ stop: { seconds: 0.1 } }),
  'auto: as many threads as the machine has': () => run({ threads: undefined, engine: 'auto' }),
  '16 threads requested': () => run({ threads: 16 }),
  'wide network, 2 MB': () => run({}, 1024),
  worker: () => run({ threads: 1, worker: true }),
  'worker with threads': () => run({ worker: true }),
  folds: () => crossValidate(net(), data, { ...options(), folds: 2 }),
  aborted: () => aborted(),
  'aborted in a worker': () => aborted({ worker: true }),
  thrown: () => fails(run({ onEpoch: thrower })),
  'thrown in a worker': () => fails(run({ onEpoch: thrower, worker: true })),
  evaluate: async () => {
    trained ??= (await run()).model;
    // a new copy has not compiled anything yet
    const copy = chainrule.load(trained.save());
    copy.evaluate(data);
    copy.predict(inputs);
  },
  baselines: () => baselines(setup()),
  overfitBatch: () => overfitBatch(setup(), { steps: 20 }),
  findLearningRate: () => findLearningRate(setup(), { steps: 20 }),
};

const threads = () => readdirSync('/proc/self/task').length;
const megabytes = () => Math.round(process.memoryUsage().rss / 1e6);
/** The maximum number of milliseconds that threads take to end. */
const patience = 2000;

async function settled() {
  let least = threads();
  for (let waited = 0; waited < patience && !(least <= began?.threads); waited += 100) {
    await sleep(100);
    least = Math.min(least, threads());
  }
  globalThis.gc?.();
  await sleep(50);
  return { threads: least, megabytes: megabytes() };
}

const names = asked.length > 0 ? asked : Object.keys(kinds);
const found = {};
let began;
// the platform's own threads exist after the first training
await run();
began = await settled();
if (!flags.json) console.log(`before: ${began.threads} threads, ${began.megabytes} MB`);
for (const name of names) {
  const start = performance.now();
  const peak = { threads: 0, megabytes: 0 };
  const figures = [];
  for (let i = 1; i <= Number(count); i++) {
    await kinds[name]();
    peak.threads = Math.max(peak.threads, threads());
    if (i % 10 === 0) peak.megabytes = Math.max(peak.megabytes, megabytes());
    if (i % Math.ceil(count / 10) === 0) figures.push(await settled());
  }
  found[name] = { figures, peak, seconds: (performance.now() - start) / 1000 };
  if (flags.json) continue;
  console.log(`\n${name} (${found[name].seconds.toFixed(0)} s; at most ${peak.threads} threads, ${peak.megabytes} MB)`);
  console.log(`  threads ${figures.map((each) => String(each.threads).padStart(4)).join(' ')}`);
  console.log(`  MB      ${figures.map((each) => String(each.megabytes).padStart(4)).join(' ')}`);
}
if (flags.json) console.log(JSON.stringify({ began, found }));
