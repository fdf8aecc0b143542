/** The command line in restricted processes: each command works, with the same bytes, and reports missing features. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addressSpaces,
  type Ended,
  hasWasm,
  jitless,
  permissionOnly,
  type Restriction,
  runNode,
} from '../restricted.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const penguins = fileURLToPath(new URL('../../examples/penguins.csv', import.meta.url));

const training = 'train penguins.csv --target species --hidden 16 --epochs 20 --verbose --no-baselines';
const unrestricted: Restriction = { name: 'nothing', flags: [] };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-restricted-'));
  cpSync(penguins, join(folder, 'penguins.csv'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = (restriction: Restriction, text: string): Ended =>
  runNode(restriction, [main, ...text.split(' ')], folder);

/** Trains, runs the other commands on the model, and returns their outputs without the parts that always differ. */
function session(restriction: Restriction, out: string) {
  const trained = command(restriction, `${training} --out ${out}`);
  const after = [
    `predict ${out} penguins.csv`,
    `evaluate ${out} penguins.csv --json`,
    `export ${out} ${out}.onnx`,
    'data penguins.csv',
  ].map((text) => command(restriction, text));
  const file = (path: string) => (trained.code === 0 ? readFileSync(join(folder, path)).toString('base64') : '');
  return {
    trained,
    codes: [trained, ...after].map(({ code }) => code),
    errors: after.map(({ err }) => err),
    outputs: after.map((each) => each.out.replaceAll(out, 'RUN').replace(/"seconds":.*/g, '')),
    model: file(`${out}/model.safetensors`),
    onnx: file(`${out}.onnx`),
  };
}

let free: ReturnType<typeof session>;
beforeAll(() => {
  free = session(unrestricted, 'free');
});

test('without restrictions, WebAssembly trains, without a warning', () => {
  expect(free.codes).toEqual([0, 0, 0, 0, 0]);
  expect(free.trained.err).not.toContain('warning');
  expect(free.trained.out).toMatch(/Engine: wasm, float64, strict, .*: compiled for this network\.\n/);
});

describe.each([permissionOnly, jitless, ...addressSpaces])('$name', (restriction) => {
  const limit = restriction.addressSpace === undefined ? '' : `${restriction.addressSpace / 2 ** 20}.0 GiB`;
  const missing =
    limit === ''
      ? "WebAssembly is not available in this process: it is turned off, as by Node's --jitless"
      : `WebAssembly is not available in this process: each memory reserves up to 10 GiB of address space, whatever its size, and this process is limited to ${limit} (ulimit -v)`;

  test('train, predict, evaluate, export and data give the same bytes, and train reports missing features', () => {
    const out = `run-${restriction.name.replace(/\W+/g, '-')}`;
    const found = session(restriction, out);
    expect(found.codes, found.trained.err).toEqual([0, 0, 0, 0, 0]);
    expect(found.errors).toEqual(free.errors);
    expect(found.outputs).toEqual(free.outputs);
    expect(found.model).toBe(free.model);
    expect(found.onnx).toBe(free.onnx);
    const text = `${found.trained.err}${found.trained.out}`.replace(/\s+/g, ' ');
    if (hasWasm(restriction, folder)) {
      expect(text).toMatch(/Engine: wasm, float64, strict, \d threads?, \S+ KiB of memory: compiled for this network/);
      expect(text).not.toContain('Training uses the engine');
    } else {
      expect(text).toMatch(/Engine: reference, float64, strict, 1 thread/);
      expect(text).toContain(`${missing}. Training uses the engine "reference" instead, which is slower.`);
    }
  });

  test('a requested engine that is not available is an error with the reason and the fix', () => {
    const { code, err } = command(restriction, `${training} --engine wasm --out asked --overwrite`);
    if (hasWasm(restriction, folder)) expect({ code, err: err.includes('error') }).toEqual({ code: 0, err: false });
    else {
      expect(code).toBe(2);
      expect(err.replace(/\s+/g, ' ')).toContain(
        `the engine "wasm" cannot be used: ${missing}. Leave the engine out: training then uses the engine "reference", which is slower.`,
      );
    }
  });
});

test.each([permissionOnly, jitless])('$name: the demo runs to its end', (restriction) => {
  const { code, err } = command(restriction, 'demo --out demo --overwrite');
  expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('error') });
});
