import { expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { readTable } from '../../data/read/read.ts';
import { metric } from '../../net/own-metric.ts';
import { experiment } from '../../net/setup.ts';
import { identify, writeCheckpoint } from '../checkpoint.ts';
import { readCheckpoint } from '../read-checkpoint.ts';
import { train } from '../train.ts';
import type { Snapshot } from '../trainer.ts';
import { type Order, pack, type Report, readOrder, readReport } from './serialize.ts';

const csv = 'a,b,c\n1,x,yes\n2,y,no\n3,x,yes\n4,y,no\n,x,yes\n6,,no\n';
const setup = (training: object = {}) =>
  experiment(
    {
      network: { layers: [{ embedding: 2 }, { dense: 2, activation: 'softmax' }] },
      data: { file: 't.csv', target: 'c', embed: ['b'], split: { validation: 0.3 } },
      training: {
        loss: 'crossEntropy',
        optimizer: { name: 'adam', learningRate: { name: 'plateau', learningRate: 0.01 } },
        classWeights: 'balanced',
        stop: { epochs: 3, patience: 2, watch: 'accuracy' },
        ...training,
      },
    },
    { read: () => readTable(csv, { name: 't.csv' }) },
  );

/** The messages of a run, both ways, as they arrive. */
async function messages() {
  const made = setup();
  const bytes: Uint8Array[] = [];
  const reports: Report[] = [{ ready: true }];
  const { model, ...trained } = await train(made, {
    probe: true,
    onStart: (given) => void reports.push({ call: 'onStart', with: given }),
    onEpoch: (row) => void reports.push({ row }, { call: 'onEpoch', with: row }),
    onCheckpoint: (given) => void bytes.push(given),
  });
  reports.push({ call: 'onCheckpoint', with: bytes[0] }, { trained, parameters: model.parameters });
  reports.push({ error: { message: 'm', stack: 's' } });
  reports.push({ complaint: { what: 'a', where: 'b', fix: 'c' }, error: { message: 'm' } });
  let resume: Snapshot | undefined;
  await train(made, {
    resume: (read) => {
      resume = read(bytes[0]);
      return resume;
    },
  });
  const orders: Order[] = [
    { train: pack(made), resume, calls: ['onEpoch'] },
    { train: pack(setup({ classWeights: undefined, ema: 0.9, checkpoint: false })), calls: [] },
    { abort: true },
    { answer: false },
    { answer: undefined },
  ];
  return {
    made,
    orders: orders.map((each) => structuredClone(each)),
    reports: reports.map((each) => structuredClone(each)),
  };
}

const { made, orders, reports } = await messages();

test('every message of a run is accepted unchanged', () => {
  for (const order of orders) expect(readOrder(order)).toBe(order);
  for (const report of reports) expect(readReport(report, made)).toBe(report);
});

test('a changed message is accepted or is an InputError', () => {
  const values = [undefined, null, 'x', -1, Number.NaN, [], {}, new Map(), new Float64Array(3), () => 1];
  let refused = 0;
  for (const [read, list] of [
    [readOrder, orders],
    [(message: unknown) => readReport(message, made), reports],
  ] as const) {
    for (const message of list) {
      // every place down to the third level
      const places: PropertyKey[][] = [];
      const visit = (value: unknown, path: PropertyKey[]) => {
        places.push(path);
        if (path.length > 2 || typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
        for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
      };
      visit(message, []);
      for (const [i, path] of places.entries()) {
        const value = values[i % values.length];
        const changed = structuredClone(message) as Record<PropertyKey, unknown>;
        const last = path.at(-1);
        let holder = changed;
        for (const key of path.slice(0, -1)) holder = holder[key] as Record<PropertyKey, unknown>;
        if (last !== undefined) holder[last] = value;
        try {
          read(last === undefined ? value : changed);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          refused += 1;
        }
      }
    }
  }
  expect(refused).toBeGreaterThan(100);
});

test('an invalid message is refused with the path of the fault', () => {
  const [{ train: parcel, ...rest }] = orders as [Extract<Order, { train: unknown }>];
  expect(() =>
    readOrder({ ...rest, train: { ...parcel, targets: { shape: [2, 2], data: new Float64Array(3) } } }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [InputError: a message of the worker: train.targets: it is not a tensor.
      Use the same version of chainrule in both threads, or leave "worker" out.]
  `);
  expect(() =>
    readOrder({ ...rest, train: { ...parcel, network: { ...parcel.network, layers: [{ dense: 'x' }] } } }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [InputError: a message of the worker: train.network.layers[0]: "x" is not a number of units.
      Use the same version of chainrule in both threads, or leave "worker" out.]
  `);
  expect(() => readReport({ row: { epoch: 1 } }, made)).toThrowErrorMatchingInlineSnapshot(`
    [InputError: a message of the worker: row.step: it is missing.
      Use the same version of chainrule in both threads, or leave "worker" out.]
  `);
  expect(() => readReport('x', made)).toThrowErrorMatchingInlineSnapshot(`
    [InputError: a message of the worker: the kind of the message is unknown.
      Use the same version of chainrule in both threads, or leave "worker" out.]
  `);
  const other = { parameters: new Map() };
  expect(() =>
    readReport(
      reports.find((report) => 'trained' in report),
      other,
    ),
  ).toThrowErrorMatchingInlineSnapshot(`
    [InputError: a message of the worker: its parameters are of another network.
      Use the same version of chainrule in both threads, or leave "worker" out.]
  `);
});

test('a checkpoint of another training is distinguished from an inconsistent one', () => {
  const identity = identify(made, { name: 'reference', precision: 'float64', arithmetic: 'strict' });
  const { resume } = orders[0] as { resume: Snapshot };
  expect(readCheckpoint(writeCheckpoint(resume, identity), identity).progress).toEqual(resume.progress);
  const beyond = { ...resume, progress: { ...resume.progress, start: 3 } };
  expect(() => readCheckpoint(writeCheckpoint(beyond, identity), identity, 'c')).toThrowErrorMatchingInlineSnapshot(`
    [InputError: c: its progress is inconsistent: start is 3, and there are 3 places.
      Resume an older checkpoint, or start a new run.]
  `);
});

test('a metric of one’s own stays in its thread', () => {
  const own = [metric('cost', { better: 'lower', of: 'classes', value: () => 0 })];
  const made = setup();
  expect(() => pack({ ...made, measure: { ...made.measure, own } })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: training.metrics: the metric "cost" is your own, and a worker gets no functions.
      Leave "worker" out, or measure it with model.evaluate(data, { metrics }).]
  `);
});
