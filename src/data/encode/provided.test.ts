import { expect, test } from 'vitest';
import { fail } from '../../base/errors.ts';

test('an encoding that was written by hand, before anything of tables is loaded, is an InputError', async () => {
  // another instance of the module: in this one, other tests may have provided the functions
  const fresh = './provided.ts?fresh';
  const { forTables, provideTables } = (await import(fresh)) as typeof import('./provided.ts');
  expect(forTables).toThrow(/^model: encoding: [\s\S]*Call load/);
  const functions = { fail } as never;
  provideTables(functions);
  expect(forTables()).toBe(functions);
});
