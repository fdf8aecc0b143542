import { expect, test } from 'vitest';
import { runs, sampled } from '../../test/runs.ts';
import { fillUniform } from '../base/random.ts';
import type { Engine } from '../engines/engine.ts';
import { reference } from '../engines/reference/index.ts';
import { wasmEngine } from '../engines/wasm/index.ts';
import { fromSafetensors, toSafetensors } from '../formats/safetensors.ts';
import { load } from '../model/load.ts';
import { experiment } from '../net/setup.ts';
import { identify, writeCheckpoint } from './checkpoint.ts';
import { readCheckpoint } from './read-checkpoint.ts';
import { train } from './train.ts';
import { type Snapshot, type TrainingResult, trainingLoop } from './trainer.ts';

const numbers = (n: number, sequence: number) => {
  const out = new Float64Array(n);
  fillUniform(out, 7, 'check', sequence);
  return [...out];
};
const rows = (n: number, width: number, sequence: number) => {
  const all = numbers(n * width, sequence);
  return Array.from({ length: n }, (_, r) => all.slice(r * width, (r + 1) * width));
};

const setup = (training: object = {}, seed = 1, width = 2) =>
  experiment({
    network: { layers: [{ dense: 4, activation: 'tanh' }, { dropout: 0.2 }, { dense: 1 }] },
    data: {
      inputs: rows(23, width, 1),
      targets: numbers(23, 2),
      validation: { inputs: rows(9, width, 3), targets: numbers(9, 4) },
    },
    training: {
      loss: 'mse',
      optimizer: { name: 'adam', learningRate: 0.05 },
      batchSize: 5,
      stop: { epochs: 12 },
      ...training,
    },
    seed,
  });
const engine = { name: 'wasm', precision: 'float64', arithmetic: 'strict' } as const;

/** Without what the clock says. */
const timeless = ({ stop, history, ...rest }: TrainingResult) => ({
  ...rest,
  stop: { ...stop, seconds: 0 },
  history: history.map((row) => ({ ...row, seconds: 0 })),
});

function run(on: Engine, of: ReturnType<typeof setup>, resume?: Snapshot, slices = Number.POSITIVE_INFINITY) {
  let take: (() => Snapshot) | undefined;
  const loop = trainingLoop(on, of, {
    resume,
    onStart: (snapshot) => {
      take = snapshot;
    },
  });
  for (let s = 0; s < slices; s++) {
    const { value, done } = loop.next();
    if (done) return { result: timeless(value) };
  }
  const snapshot = take!();
  loop.return(undefined as never);
  return { snapshot };
}

const engines = {
  reference,
  'wasm, float64': wasmEngine({ threads: 1 }),
  'wasm, float32': wasmEngine({ precision: 'float32', threads: 1 }),
  'wasm, loops, two threads': wasmEngine({ precision: 'float32', unrollUpTo: 0, threads: 2 }),
};
const trainings = {
  'patience and plateau': {
    optimizer: { name: 'adam', learningRate: { name: 'plateau', learningRate: 0.1, patience: 1, factor: 0.5 } },
    stop: { epochs: 12, patience: 4 },
  },
  'in order, full batch': { batchSize: 'full', optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 } },
  'a schedule, the best kept': {
    optimizer: { name: 'nadam', learningRate: { name: 'oneCycle', learningRate: 0.2 } },
    keep: 'best',
  },
  'a metric watched, weights averaged': {
    optimizer: { name: 'adam', learningRate: { name: 'plateau', learningRate: 0.1, patience: 1, factor: 0.5 } },
    ema: 0.8,
    stop: { epochs: 12, patience: 4, watch: 'r2' },
  },
  'to divergence': { optimizer: { name: 'sgd', learningRate: 1e200 } },
};

const pairs = Object.keys(engines).flatMap((on) => Object.keys(trainings).map((of) => [on, of] as const));
test.each(pairs.map(([on, of], i) => [on, of, i] as const))(
  '%s, %s: interrupted after any slice, in an epoch or after it, and resumed: the same bits',
  (on, of, i) => {
    const training = trainings[of as keyof typeof trainings];
    const whole = run(engines[on as keyof typeof engines], setup(training)).result!;
    const identity = identify(setup(training), engine);
    for (const slices of sampled([1, 2, 3, 5, 8, 17, 26, 39, 50], 9, i)) {
      const { result, snapshot } = run(engines[on as keyof typeof engines], setup(training), undefined, slices);
      if (snapshot === undefined) {
        expect(result).toEqual(whole);
        continue;
      }
      const again = readCheckpoint(writeCheckpoint(snapshot, identity), identity);
      expect(run(engines[on as keyof typeof engines], setup(training), again).result, `${slices} slices`).toEqual(
        whole,
      );
    }
  },
);

test('resumed within an epoch after the epoch limit, training ends with that epoch', () => {
  // it took no further step, for ever
  const { snapshot } = run(reference, setup(), undefined, 17);
  const sooner = setup({ stop: { epochs: 2 } });
  expect(run(reference, sooner, snapshot).result?.stop).toEqual({ reason: 'epochs', epoch: 4, seconds: 0 });
});

test('one checkpoint after another, at every slice, through their bytes', () => {
  const training = trainings['patience and plateau'];
  const whole = run(reference, setup(training)).result;
  const identity = identify(setup(training), engine);
  let last: Snapshot | undefined;
  for (let i = 0; i < 200; i++) {
    const { result, snapshot } = run(reference, setup(training), last, 2);
    if (result !== undefined) {
      expect(i).toBeGreaterThan(10);
      expect(result).toEqual(whole);
      return;
    }
    last = readCheckpoint(writeCheckpoint(snapshot!, identity), identity);
  }
  expect.unreachable();
});

test('a finished run continues with a higher epoch limit', async () => {
  let bytes: Uint8Array | undefined;
  const onCheckpoint = (given: Uint8Array) => {
    bytes = given;
  };
  await train(setup({ stop: { epochs: 5 } }), { onCheckpoint });
  const more = await train(setup({ stop: { epochs: 12 } }), { resume: bytes });
  const whole = await train(setup({ stop: { epochs: 12 } }));
  expect(more.model.save()).toEqual(whole.model.save());
  expect(more.history.map(({ loss }) => loss)).toEqual(whole.history.map(({ loss }) => loss));
  // and is at its end where they are not
  const same = await train(setup({ stop: { epochs: 5 } }), { resume: bytes });
  expect(same.stop).toMatchObject({ reason: 'epochs', epoch: 5 });
  expect(load(same.model.save()).parameters).toEqual(same.model.parameters);
});

test('an aborted run is resumed; a run whose checkpoint cannot be stored rejects', async () => {
  const long = { stop: { epochs: runs(5_000, 10_000) } };
  const controller = new AbortController();
  const saved: Uint8Array[] = [];
  const half = train(setup({ ...long, checkpoint: { seconds: 0.01 } }), {
    signal: controller.signal,
    onCheckpoint: (bytes) => {
      saved.push(bytes);
      if (saved.length === 3) controller.abort();
    },
  });
  expect((await half).stop.reason).toBe('aborted');
  expect(saved.length).toBeGreaterThan(3);
  const whole = await train(setup(long));
  for (const bytes of [saved[0], saved.at(-1)!]) {
    expect((await train(setup(long), { resume: bytes })).model.save()).toEqual(whole.model.save());
  }
  const full = () => Promise.reject(new Error('the disk is full'));
  await expect(Promise.resolve(train(setup(), { onCheckpoint: full }))).rejects.toThrow('the disk is full');
});

const complaint = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no complaint';
};

test('a checkpoint that is incomplete, changed, newer, or of another format is refused', () => {
  const identity = identify(setup(), engine);
  const bytes = writeCheckpoint(run(reference, setup(), undefined, 3).snapshot!, identity);
  for (let end = 0; end < bytes.length; end += 101) {
    expect(
      complaint(() => readCheckpoint(bytes.subarray(0, end), identity)),
      `${end} bytes`,
    ).not.toBe('no complaint');
  }
  for (let at = 0; at < bytes.length; at += 37) {
    const changed = bytes.slice();
    changed[at] ^= 1;
    expect(
      complaint(() => readCheckpoint(changed, identity)),
      `byte ${at}`,
    ).not.toBe('no complaint');
  }
  const changed = bytes.slice();
  changed[bytes.length - 1] ^= 1;
  expect(complaint(() => readCheckpoint(changed, identity))).toMatchInlineSnapshot(`
    "checkpoint: its checksum is wrong: the file is incomplete or was changed.
      Resume an older checkpoint, or start a new run."
  `);
  const { tensors, metadata } = fromSafetensors(bytes);
  const newer = toSafetensors({ tensors, metadata: { ...metadata, formatVersion: '2' } });
  expect(complaint(() => readCheckpoint(newer, identity))).toMatchInlineSnapshot(`
    "checkpoint: its version 2 is newer than 1, the newest that this version of chainrule reads.
      Resume an older checkpoint, or start a new run."
  `);
  const other = toSafetensors({ tensors, metadata: { format: 'chainrule' } });
  expect(complaint(() => readCheckpoint(other, identity))).toMatchInlineSnapshot(`
    "checkpoint: it is not a checkpoint.
      Resume an older checkpoint, or start a new run."
  `);
});

test('a checkpoint of another training is refused, with the difference', () => {
  const identity = identify(setup(), engine);
  const bytes = writeCheckpoint(run(reference, setup(), undefined, 3).snapshot!, identity);
  const against = (...[of, on = engine]: Parameters<typeof identify> | [ReturnType<typeof setup>]) =>
    complaint(() => readCheckpoint(bytes, identify(of, on ?? engine)));
  expect(against(setup({ stop: { epochs: 99, patience: 3, seconds: 7 }, keep: 'last' }))).toBe('no complaint');
  expect(against(setup({}, 2))).toMatchInlineSnapshot(`
    "checkpoint: it belongs to a training with another network or seed.
      Resume with the data file and the options of that run, or start a new run."
  `);
  expect(against(setup({ l2: 0.1 }))).toMatchInlineSnapshot(`
    "checkpoint: it belongs to a training with another loss, optimizer, or other options (l2).
      On resume, the learning rate, epochs, seconds, patience and the other stop conditions may change, and nothing else. Resume with the other options of that run, or start a new run."
  `);
  expect(against(setup({}, 1, 3))).toMatchInlineSnapshot(`
    "checkpoint: it belongs to a training with another network or seed.
      Resume with the data file and the options of that run, or start a new run."
  `);
  expect(against(setup(), { ...engine, precision: 'float32' })).toMatchInlineSnapshot(`
    "checkpoint: it belongs to a training with another engine, precision or arithmetic.
      Resume with the data file and the options of that run, or start a new run."
  `);
});
