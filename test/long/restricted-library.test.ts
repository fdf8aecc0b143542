/**
 * The library in restricted processes: it falls back to what is available, with the same bits, and reports why. The
 * command line is in `restricted.test.ts`.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { addressSpaces, hasWasm, jitless, permissionOnly, type Restriction, runNode } from '../restricted.ts';

interface Outcome {
  readonly engine?: string;
  readonly warnings?: readonly string[];
  readonly hash?: string;
  readonly error?: string;
}
type Name = 'small' | 'large' | 'largeInFloat64' | 'threads' | 'worker' | 'reference' | 'wasm' | 'float32' | 'blas';

const here = fileURLToPath(new URL('..', import.meta.url));

function outcomes(restriction: Restriction): Readonly<Record<Name, Outcome>> {
  const { code, out, err } = runNode(restriction, ['restricted-program.mjs'], here);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

const free = outcomes({ name: 'nothing', flags: [] });

test('without restrictions, WebAssembly trains to the bits of the reference, without a warning', () => {
  expect(free.small).toEqual({
    engine: 'wasm, float64, 1: compiled for this network',
    warnings: [],
    hash: free.reference.hash,
  });
  expect(free.large.engine).toBe('wasm, float32, 1: compiled for this network');
  expect(free.threads.engine).toBe('wasm, float64, 2: compiled for this network');
  expect(free.worker).toEqual(free.small);
});

/** The results of the reference for each requested engine without WebAssembly. */
function expectReference(found: Readonly<Record<Name, Outcome>>, missing: string): void {
  const slower = (instead = '') =>
    `${missing}. Training uses the engine "reference" instead${instead}, which is slower.`;
  const engine = `reference, float64, 1: ${missing}`;
  expect(found.small).toEqual({ engine, warnings: [slower()], hash: free.small.hash });
  // a large network would otherwise train in float32
  expect(found.large).toEqual({ engine, warnings: [slower(', in float64')], hash: free.largeInFloat64.hash });
  expect(found.largeInFloat64).toEqual(found.large);
  expect(found.threads).toEqual({
    ...found.large,
    warnings: [
      slower(', in float64'),
      'Fewer than the 2 requested threads took part: the engine "reference" uses one.',
    ],
  });
  expect(found.worker).toMatchObject({ engine, hash: free.small.hash });
  expect(found.reference).toEqual(free.reference);
  const leaveOut = 'Leave the engine out: training then uses the engine "reference", which is slower.';
  expect(found.wasm.error).toBe(`InputError: engine: the engine "wasm" cannot be used: ${missing}.\n  ${leaveOut}`);
  expect(found.blas.error).toBe(`InputError: engine: the engine "blas" cannot be used: ${missing}.\n  ${leaveOut}`);
  expect(found.float32.error).toBe(
    `InputError: precision: float32 cannot be used: ${missing}.\n  Leave the precision out: training then uses float64, on the engine "reference".`,
  );
}

test(`${permissionOnly.name}: one thread trains, to the same bits; no native library`, () => {
  const found = outcomes(permissionOnly);
  const why = "Node's permission model forbids workers";
  for (const name of ['small', 'large', 'largeInFloat64', 'reference', 'wasm', 'float32'] as const) {
    expect(found[name]).toEqual(free[name]);
  }
  expect(found.threads).toEqual({
    engine: 'wasm, float64, 1: compiled for this network',
    warnings: [`Fewer than the 2 requested threads took part: ${why}.`],
    hash: free.threads.hash,
  });
  expect(found.worker).toEqual({
    ...free.worker,
    warnings: [`No worker could be started (${why}), so this thread trained the network.`],
  });
  expect(found.blas.error).toBe(
    'InputError: engine: the engine "blas" needs koffi, which cannot be loaded: Cannot load native addon because loading addons is disabled.\n' +
      '  Leave the engine out. Under --no-addons, and under --permission without --allow-addons, Node loads no native code.',
  );
});

test('--jitless: the reference trains, evaluates and predicts to the same bits, also in a worker', {
  timeout: 120_000,
}, () => {
  const found = outcomes(jitless);
  expectReference(found, "WebAssembly is not available in this process: it is turned off, as by Node's --jitless");
  expect(found.worker).toEqual(found.small);
});

describe.each(addressSpaces)('$name', (restriction) => {
  test('without memory for WebAssembly, the reference computes the same bits; a worker is started only if it fits', {
    timeout: 120_000,
  }, () => {
    const found = outcomes(restriction);
    const limit = `${restriction.addressSpace! / 2 ** 20}.0 GiB`;
    if (!hasWasm(restriction, here)) {
      const missing = `WebAssembly is not available in this process: each memory reserves up to 10 GiB of address space, whatever its size, and this process is limited to ${limit} (ulimit -v)`;
      expectReference(found, missing);
      return;
    }
    // memories in use leave no space for another, so the reference is used
    for (const name of ['small', 'largeInFloat64', 'threads', 'worker', 'reference'] as const) {
      expect(found[name].hash).toBe(free[name].hash);
      expect(found[name].engine).toMatch(/^(wasm|reference), float64, [12]: /);
    }
    expect(found.small.engine).toMatch(/^wasm/);
  });
});
