/** Models of other programs on the command line. */
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openModel } from './model.ts';

const outside = fileURLToPath(new URL('../../../test/outside/networks/', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-model-'));
  mkdirSync(join(folder, 'm'));
  for (const name of ['wide.onnx', 'wide.onnx.data']) copyFileSync(join(outside, name), join(folder, 'm', name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const complaint = (path: string) =>
  openModel(path).then(
    () => 'no complaint',
    (error: Error) => error.message,
  );

test("the numbers of an ONNX model are read from a file in the model's folder, and from no other", async () => {
  const path = join(folder, 'm', 'wide.onnx');
  expect((await openModel(path)).inputs).toBe(16);
  renameSync(join(folder, 'm', 'wide.onnx.data'), join(folder, 'elsewhere'));
  expect(await complaint(path)).toContain('the numbers of "0.weight" are in another file, "wide.onnx.data"');
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'm', 'wide.onnx.data'));
  expect(await complaint(path)).toContain('the numbers of "0.weight" are in another file, "wide.onnx.data"');
});

test.each([
  ['model.pt', 'In PyTorch, save the whole model with torch.onnx.export'],
  ['model.keras', 'In Keras, save it with model.export("model.onnx", format="onnx")'],
  ['model.pkl', 'With skl2onnx, write to_onnx(model, rows).SerializeToString() to model.onnx'],
])('%s is not read, and the error says how to save it', async (name, fix) => {
  writeFileSync(join(folder, name), '');
  expect(await complaint(join(folder, name))).toContain(fix);
});
