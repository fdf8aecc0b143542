import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { listOf } from '../base/checks.ts';
import { InputError } from '../base/errors.ts';
import { checkAgainst } from './complaint.ts';
import { experimentSchema } from './schema.ts';

const complaint = (value: unknown, schema: z.ZodMiniType = experimentSchema) => {
  try {
    checkAgainst(schema, value, 'file.json');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'it was taken';
};

const sound = () => ({
  network: { layers: [{ dense: 1 }] as unknown[] },
  data: { inputs: [[1]], targets: [1] } as unknown,
  training: { loss: 'mse' as unknown, optimizer: 'adam', stop: { epochs: 1 } },
});
let deep: unknown = 1;
for (let i = 0; i < 100_000; i++) deep = [deep];
const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a list', []],
  ['a function', () => 1],
  ['a cycle', cyclic],
  ['lists in lists', { ...sound(), data: deep }],
  ['a loss of lists in lists', { ...sound(), training: { ...sound().training, loss: deep } }],
  ['a name of a prototype', { ...sound(), training: { ...sound().training, loss: 'constructor' } }],
  ['a layer of a prototype', { ...sound(), network: { layers: [{ constructor: 1 }] } }],
  ['a key __proto__', JSON.parse('{"__proto__": {"network": 1}}')],
  ['an object without a prototype', { ...sound(), network: Object.assign(Object.create(null), { layers: {} }) }],
  ['a value without a text', { ...sound(), training: { ...sound().training, loss: Object.create(null) } }],
  ['a symbol', { ...sound(), training: { ...sound().training, loss: Symbol('mse') } }],
  ['a bigint', { ...sound(), network: { layers: [{ dense: 3n }] } }],
  ['a name of a million letters', { ...sound(), training: { ...sound().training, loss: 'm'.repeat(1e6) } }],
  ['a key of a million letters', { ...sound(), ['k'.repeat(1e6)]: 1 }],
])('%s is an InputError of a few lines, at once', (_name, value) => {
  const start = process.cpuUsage();
  const message = complaint(value);
  expect(message).not.toBe('it was taken');
  expect(message.length).toBeLessThan(600);
  const { user } = process.cpuUsage(start);
  expect(user / 1000).toBeLessThan(1000);
});

test('a list of a million wrong entries is refused at the first entry', () => {
  const schema = z.object({ list: listOf(z.strictObject({ a: z.union([z.string(), z.number()]) }), { max: 1e6 }) });
  expect(complaint({ list: [{ a: 1 }, ...new Array(999_999).fill({ b: 1 })] }, schema)).toMatchInlineSnapshot(`
    "list[1].b: unknown key "b".
      Leave it out."
  `);
  expect(complaint({ list: new Array(1_000_001).fill(0) }, schema)).toMatchInlineSnapshot(`
    "list: 1,000,001 entries are more than 1,000,000.
      Correct it."
  `);
});

test('for a generated file, the error names the file before the path, and the fix is for the whole file', () => {
  const file = { file: 'm.safetensors', at: 'data', fix: 'Use another.' };
  const check = (value: unknown) => () => checkAgainst(z.object({ a: listOf(z.number()) }), value, file);
  expect(check({ a: [1, 'x'] })).toThrowErrorMatchingInlineSnapshot(`
    [InputError: m.safetensors: data.a[1]: "x" is not a number.
      Use another.]
  `);
  expect(check(5)).toThrowErrorMatchingInlineSnapshot(`
    [InputError: m.safetensors: data: 5 is not an object.
      Use another.]
  `);
  expect(check({ a: [1] })()).toEqual({ a: [1] });
});
