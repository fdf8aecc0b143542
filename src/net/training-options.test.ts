import { expect, test } from 'vitest';
import { mse } from './losses.ts';
import { sgd } from './optimizers.ts';
import { trainingOptionsSchema } from './schema.ts';
import { checkTrainingOptions, fitsRules } from './training-options.ts';

const stop = { epochs: 10 };
const values = [
  ...[undefined, null, true, false, 0, -0, 1, -1, 0.5, 1.5, 1e16, Number.NaN, Number.POSITIVE_INFINITY, 1n],
  ...[
    '',
    'full',
    'balanced',
    'last',
    'best',
    'strict',
    'fast',
    'float32',
    'wasm',
    'auto',
    'exact',
    'sequential',
    'accuracy',
  ],
  ...[
    [],
    {},
    [1],
    { seconds: 1 },
    { seconds: 0 },
    { seconds: 1, minutes: 2 },
    { a: 1, b: 0 },
    { a: -1 },
    { a: 'x' },
    () => 1,
  ],
];
const keys = Object.keys(trainingOptionsSchema.shape.training.shape);
const stopKeys = Object.keys(trainingOptionsSchema.shape.training.shape.stop.shape);

/** Options with one value in one place. */
const cases = [
  ...keys.flatMap((key) => values.map((value) => ({ stop, [key]: value }))),
  ...stopKeys.flatMap((key) => values.map((value) => ({ stop: { [key]: value } }))),
  ...values.map((value) => ({ stop, unknown: value })),
];
const accepts = (training: object) => trainingOptionsSchema.safeParse({ training }).success;

test('what the rules accept, the schema of the experiment file accepts', () => {
  const wrong = cases.filter((options) => fitsRules(options) && !accepts(options));
  expect(wrong).toEqual([]);
});

test('what the schema accepts, the rules accept, so that a page loads the schema for invalid options only', () => {
  const missed = cases.filter((options) => accepts(options) && !fitsRules(options));
  expect(missed).toEqual([]);
  expect(cases.filter(fitsRules).length).toBeGreaterThan(40);
});

test('options that do not fit are an InputError with the words of the experiment file', async () => {
  const options = { loss: mse, optimizer: sgd({ learningRate: 1 }), stop };
  await expect(checkTrainingOptions({ ...options, bacthSize: 3 } as never)).rejects.toThrow(
    'training.bacthSize: unknown key "bacthSize".\n  Did you mean "batchSize"?',
  );
  await expect(checkTrainingOptions({ ...options, threads: 0 })).rejects.toThrow(
    'training.threads: 0 is not at least 1.',
  );
  await expect(checkTrainingOptions({ ...options, threads: undefined })).resolves.toBe(undefined);
});
