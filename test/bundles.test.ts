/** The sizes of what a page loads: bundled by Vite as it comes, minified, compressed with gzip. The pages quote them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist/`;

interface Bundle {
  /** The file that the page loads, and the files that it loads with it. */
  readonly first: readonly string[];
  /** All files, also those that are loaded when they are needed. */
  readonly all: readonly string[];
  /** The files of workers. */
  readonly workers: ReadonlyMap<string, string>;
}

/** The code of each file of a bundle of one entry, by its file name. */
async function bundled(source: string): Promise<Bundle> {
  const entry = `${root}entry.js`;
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'virtual:entry' ? entry : undefined),
        load: (id) => (id === entry ? source : undefined),
      },
    ],
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: { main: 'virtual:entry' }, preserveEntrySignatures: 'strict' },
    },
  });
  const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput;
  const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])));
  const first = new Set<string>();
  const visit = (name: string) => {
    if (first.has(name)) return;
    first.add(name);
    chunks.get(name)?.imports.forEach(visit);
  };
  for (const { fileName, isEntry } of chunks.values()) if (isEntry) visit(fileName);
  const codeOf = (names: Iterable<string>) => Array.from(names, (name) => chunks.get(name)!.code);
  const workers = new Map(
    output.flatMap((file) => (file.type === 'asset' ? [[file.fileName, String(file.source)] as const] : [])),
  );
  return { first: codeOf(first), all: codeOf(chunks.keys()), workers };
}

/** Kilobytes of 1000 bytes, compressed file by file, as a server sends them. */
const kilobytes = (files: readonly string[]) => files.reduce((sum, code) => sum + gzipSync(code).length, 0) / 1000;

const training = await bundled(`export { train, network, dense } from '${dist}index.js';`);
const predicting = await bundled(`export { load } from '${dist}predict/index.js';`);
// Vite makes one file of a worker, with everything that it may need
const worker = [...training.workers].filter(([name]) => name.includes('training-worker')).map(([, code]) => code);

/** Texts by which a bundle's parts are found: no bundler changes them. */
const marks = { zod: '_zod', wasm: 'i32.load', parquet: 'PAR1', arrow: 'ARROW1' };

const sizes = {
  training: kilobytes(training.first),
  predicting: kilobytes(predicting.all),
  wasm: kilobytes(training.all.filter((code) => !training.first.includes(code) && code.includes(marks.wasm))),
  worker: kilobytes(worker),
};

describe('what a page loads', () => {
  test('for train, network and dense: at most 80 kB', () => {
    expect(sizes.training).toBeLessThan(80);
  });

  test('for chainrule/predict: at most 20 kB, in one file', () => {
    expect(sizes.predicting).toBeLessThan(20);
    expect(predicting.all).toHaveLength(1);
  });

  test('for the training worker: at most 100 kB, in one file', () => {
    expect(worker).toHaveLength(1);
    expect(sizes.worker).toBeLessThan(100);
  });

  test('neither has a schema library, a reader of tables, or a generator of code', () => {
    const found = (files: readonly string[]) =>
      Object.entries(marks).flatMap(([name, mark]) => (files.some((code) => code.includes(mark)) ? [name] : []));
    expect(found(predicting.all)).toEqual([]);
    expect(found(training.first)).toEqual([]);
    expect(found(training.all)).toEqual(Object.keys(marks));
  });

  test('what a model needs for tables is loaded with a table, and never by the worker, which gets numbers', () => {
    const mark = 'a category not seen in training';
    expect(training.all.some((code) => code.includes(mark))).toBe(true);
    expect([...training.first, ...worker].filter((code) => code.includes(mark))).toEqual([]);
  });
});

test('the pages quote these sizes, to the kilobyte or two that a change may add', () => {
  const pages = ['README.md', 'docs/library.md'].map((page) => readFileSync(`${root}${page}`, 'utf8'));
  const quoted = (pattern: RegExp) =>
    pages.flatMap((text) => [...text.matchAll(pattern)].map(([, size]) => Number(size)));
  const found = {
    training: quoted(/(\d+) kB for `train`, `network` and `dense`/g),
    predicting: quoted(/(\d+) kB for `chainrule\/predict`/g),
    wasm: quoted(/(\d+) kB more when WebAssembly/g),
    worker: quoted(/(\d+) kB for the training worker/g),
  };
  const wrong = Object.entries(sizes).flatMap(([name, size]) => {
    const values = found[name as keyof typeof found];
    const fits = values.length > 0 && values.every((value) => Math.abs(value - size) < 2.5);
    return fits ? [] : [`${name}: ${values.join(', ')} kB in the pages, ${size.toFixed(1)} measured`];
  });
  expect(wrong).toEqual([]);
});
