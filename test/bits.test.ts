/**
 * The recorded bits of trainings: every machine, version of Node and number of threads must give the same. Verified so far, in
 * addition to the machines that run the tests: Node 20, 22, 24 and 26 on x86-64, Node 20 on 64-bit Arm (under qemu), and Firefox 153
 * (bits-firefox.mjs).
 */
import { expect, test } from 'vitest';
import * as chainrule from '../src/index.ts';

const { hashes } = (await import(new URL('bits-runs.mjs', import.meta.url).href)) as {
  hashes(from: typeof chainrule, settings: object): Promise<Record<string, string>>;
};

test.each([{ engine: 'reference' }, { engine: 'wasm', threads: 1 }, { engine: 'wasm', threads: 2 }])(
  'float64, %j',
  async (settings) => {
    expect(await hashes(chainrule, { ...settings, precision: 'float64' })).toMatchInlineSnapshot(`
    {
      "3-2-1": "e1042b5f0c095561",
      "gelu, dropout, nadam": "c963e8c8920effc7",
      "large enough for threads": "a2b258e46481d0b1",
      "tanh, rmsprop": "c60e73e992a68da3",
    }
  `);
  },
);

test.each([1, 2])('float32, wasm, threads: %i', async (threads) => {
  expect(await hashes(chainrule, { engine: 'wasm', threads, precision: 'float32' })).toMatchInlineSnapshot(`
    {
      "3-2-1": "ac15edd10f715bd3",
      "gelu, dropout, nadam": "e5ec059db591163e",
      "large enough for threads": "4dbf1dc3595b8c88",
      "tanh, rmsprop": "c4996170b1744652",
    }
  `);
});
