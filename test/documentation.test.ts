/**
 * Runs the documentation's examples: TypeScript against the built package with its types, commands in a folder with the
 * examples, JSON against the schema of the experiment file. Outputs in a page are compared with the real ones, except
 * for times and sizes; `UPDATE_DOCS=1 npx vitest run test/documentation.test.ts` writes the real one into the page.
 * Runs after a build.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as core from '../src/core.ts';
import * as data from '../src/data/index.ts';
import * as graphs from '../src/graphs/index.ts';
import * as everything from '../src/index.ts';
import { resolveFile } from '../src/net/experiment.ts';
import { call, main, start } from './command.ts';
import {
  type Block,
  blocksOf,
  docstringExamples,
  missingPiece,
  pages,
  refreshed,
  replaceOutput,
  root,
} from './documentation.ts';
import { isLong } from './runs.ts';

/** Options that a program passes only sometimes: with `exactOptionalPropertyTypes`, the types must allow undefined. */
const conditionalOptions = `
import { crossValidate, dense, load, mse, network, overfitBatch, sgd, train } from 'chainrule';
import { readTable } from 'chainrule/data';
import { embed, fromEdges } from 'chainrule/graphs';

const none = undefined;
const table = readTable('x,y\\n1,2\\n2,4\\n3,6\\n', { name: none, missing: none, notMissing: none, limits: none });
const net = network([dense(1, { activation: none, bias: none, weight: none, initializer: none })], { inputs: none, seed: none });
const training = {
  loss: mse, optimizer: sgd({ learningRate: 0.01 }), batchSize: none, shuffle: none, l2: none, clipNorm: none, keep: none,
  engine: none, precision: none, threads: none, metrics: none, classWeights: none, checkpoint: none,
  stop: { epochs: 2, seconds: none, loss: none, patience: none, watch: none },
};
const data = {
  table, target: 'y', features: none, weights: none, categories: none, embed: none, task: none, scale: none,
  handleMissing: none, split: { validation: none, test: none, stratify: none },
};
const { model } = await train(net, data, {
  ...training, resume: none, signal: none, from: none, onStart: none, onEpoch: none, onPause: none, onCheckpoint: none,
  probe: none, worker: none,
});
load(model.save(), { recipes: none, file: none }).evaluate({ table }, { metrics: none });
await crossValidate(net, data, { ...training, folds: 3, signal: none, onFold: none, onEpoch: none });
await overfitBatch(net, data, { ...training, rows: none, steps: 2, signal: none });
await embed(fromEdges([['a', 'b'], ['b', 'c']]), { method: none, seed: none, threads: none, signal: none, onProgress: none, checkpoint: none });
`;

const library: object = { ...everything, ...data, ...core, ...graphs };
const blocks = pages().flatMap(blocksOf);

let work: string;
/** Each page has its own folder with the examples. */
const folderOf = (page: string) => join(work, page.replace(/\W/g, '-'));

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'chainrule-docs-'));
  for (const page of new Set(blocks.map(({ page }) => page))) {
    cpSync(join(root, 'examples'), folderOf(page), { recursive: true });
  }
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Compares an output in a page with the real output. */
function checkOutput(block: Block, printed: string): void {
  if (block.output === undefined || missingPiece(block.output, printed) === undefined) return;
  if (process.env.UPDATE_DOCS) replaceOutput(block, printed);
  else
    expect(
      missingPiece(block.output, printed),
      `${block.place} shows this, but the output is:\n${printed}\nUPDATE_DOCS=1 npx vitest run test/documentation.test.ts writes the real output into the page.`,
    ).toBe(undefined);
}

describe('the TypeScript examples compile against the package and run', () => {
  // Those that `tsc --init` of TypeScript 7 writes into a new project.
  const strictFlags = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUncheckedSideEffectImports: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    moduleDetection: 'force',
  };
  // Inside the package, so that "chainrule" is the package itself.
  const folder = join(root, 'dist/.examples');
  const conditional: Block = {
    page: 'test/documentation.test.ts',
    place: 'options that are undefined',
    language: 'ts',
    text: conditionalOptions,
  };
  const examples = [
    ...[...blocks.filter(({ language }) => language === 'ts'), conditional].map((block) => ({
      block,
      source: block.text,
    })),
    ...docstringExamples().map((block) => {
      const [, call, value] = /^(.*?)(?: {2}\/\/ (.*))?$/.exec(block.text)!;
      const check = value === undefined ? `${call};` : `assert.deepEqual(${call}, ${value});`;
      const imports = ['chainrule', 'chainrule/data', 'chainrule/core', 'chainrule/graphs'].map(
        (from, k) => `import * as module${k} from '${from}';`,
      );
      const words = [...new Set(call.match(/\b[a-zA-Z]\w*(?=[(,;\s.)\]}]|$)/g))];
      const names = words.filter((word) => word in library);
      const lines = [
        "import assert from 'node:assert/strict';",
        ...imports,
        `const { ${names.join(', ')} } = { ...module0, ...module1, ...module2, ...module3 };`,
        check,
      ];
      return { block, source: lines.join('\n') };
    }),
  ];

  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [i, { source }] of examples.entries()) writeFileSync(join(folder, `example${i}.ts`), source);
    const compilerOptions = {
      ...JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions,
      noUnusedLocals: false,
      ...strictFlags,
    };
    const config = {
      compilerOptions: {
        ...compilerOptions,
        noEmit: false,
        outDir: '.',
        rootDir: '.',
        allowImportingTsExtensions: false,
        // The long suite checks all declarations of the package, also those that no example uses.
        skipLibCheck: !isLong,
      },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(stdout.replace(/example(\d+)\.ts/g, (_, i) => `${examples[Number(i)].block.place}: example`));
    }
  });

  test.each(examples.map(({ block }, i) => [block.place, i] as const))('%s', async (_place, i) => {
    const { block } = examples[i];
    const before = process.cwd();
    let printed = '';
    vi.spyOn(console, 'log').mockImplementation((...values) => {
      printed += `${format(...values)}\n`;
    });
    try {
      process.chdir(existsSync(folderOf(block.page)) ? folderOf(block.page) : work);
      await import(pathToFileURL(join(folder, `example${i}.js`)).href);
    } finally {
      process.chdir(before);
      vi.restoreAllMocks();
    }
    checkOutput(block, printed);
  });
});

describe('the commands do what the documentation says', () => {
  const shells = blocks
    .filter(({ language }) => language === 'sh')
    .map((block) => ({
      block,
      lines: block.text
        .split('\n')
        .map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
        .filter((line) => /^(npx )?chainrule /.test(line) || / \| chainrule /.test(line))
        .map((line) => line.replace(/^npx /, '')),
    }))
    .filter(({ lines }) => lines.length > 0);

  test('there are some', () => expect(shells.length).toBeGreaterThan(5));

  // In their order: later commands of a page read what earlier ones wrote.
  test.each(shells.map(({ block }, i) => [block.place, i] as const))('%s', async (_place, i) => {
    const { block, lines } = shells[i];
    let printed = '';
    for (const line of lines) {
      const { code, stdout, stderr } = await runLine(line, folderOf(block.page));
      // An audit that finds a printed number wrong, and a check that finds a difference, exit with 1.
      expect(code, `${line}\n${stderr}`).toBe(/chainrule (audit|check) textbook/.test(line) ? 1 : 0);
      printed += stdout;
    }
    checkOutput(block, printed);
  });

  /** Runs a line as a shell would; one that pipes, quotes or redirects to more than a file gets a shell. */
  async function runLine(line: string, cwd: string) {
    const [, ...all] = line.split(/\s+/);
    // it serves until it is interrupted
    if (all[0] === 'lab') {
      return start([...all, '--port', '0'], {
        cwd,
        meanwhile: async (child) => {
          await once(child.stdout!, 'data');
          child.kill('SIGINT');
        },
      });
    }
    const file = all.at(-2) === '>' ? all.at(-1) : undefined;
    const words = file === undefined ? all : all.slice(0, -2);
    if (line.startsWith('chainrule ') && [...words, file ?? ''].every((word) => /^[\w.,:@%+=/-]*$/.test(word))) {
      const outcome = await call(words, { cwd });
      if (file === undefined) return outcome;
      writeFileSync(join(cwd, file), outcome.stdout);
      return { ...outcome, stdout: '' };
    }
    const text = line.replace(/(^|\| )chainrule /g, `$1"${process.execPath}" "${main}" `);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', text], { cwd, encoding: 'utf8' });
    return { code: status, stdout, stderr };
  }
});

describe('the JSON examples are valid', () => {
  const base = JSON.parse(readFileSync(join(root, 'examples/experiment.json'), 'utf8'));
  const examples = blocks.filter(({ language }) => language === 'json');

  // A fragment of an experiment, such as { "training": { … } }, is checked within the experiment of the examples.
  test.each(examples.map((block) => [block.place, block.text] as const))('%s', (_place, text) => {
    const json = JSON.parse(text);
    const { network, training } = json;
    const whole =
      'experiment' in json
        ? json
        : {
            ...base,
            ...json,
            network: { ...base.network, ...network },
            training: { ...base.training, ...training },
          };
    resolveFile(whole, 'example');
  });

  test("the experiment that the guide shows first is the examples'", () => {
    const first = examples.find(({ page }) => page === 'docs/experiment-file.md');
    expect(JSON.parse(first!.text)).toEqual(base);
  });
});

describe('outputs that pages show', () => {
  const output = 'Epoch 1\nloss 0.5 in 0.12 s\nEpoch 2\nloss 0.25 in 0.13 s\ndone';

  test('an omission stands for any lines, and times are masked', () => {
    expect(missingPiece('…\nloss 0.5 in 9.9 s\n…\ndone\n', output)).toBe(undefined);
  });

  test('without an omission, the start and the end are those of the output', () => {
    expect(missingPiece('loss 0.5 in 0.12 s\n…\n', output)).toBe('loss 0.5 in 0.12 s');
    expect(missingPiece('Epoch 1\n', output)).toBe('Epoch 1');
  });

  test('another number is found, and so is another order', () => {
    expect(missingPiece('…\nloss 0.51 in 0.12 s\n…\n', output)).toBe('loss 0.51 in 0.12 s');
    expect(missingPiece('…\nEpoch 2\n…\nEpoch 1\n…\n', output)).toBe('Epoch 1');
  });

  test('a progress line, which only a slow machine prints, may be between the lines', () => {
    const slow = 'method deepwalk\n60 %  loss 1.624  73,700 tokens/s  1.3 s left\ndone';
    expect(missingPiece('method deepwalk\ndone\n', slow)).toBe(undefined);
    expect(refreshed('method deepwalk\ndone\n', slow)).toBe('method deepwalk\ndone\n');
    const other = slow.replace('1.3 s left', 'of the nodes');
    expect(missingPiece('method deepwalk\ndone\n', other)).toBe('method deepwalk\ndone');
  });

  test('an outdated output is replaced piece by piece', () => {
    expect(refreshed('Epoch 1\nlos 0.4 in 0.1 s\n…\nDone.\n', output)).toBe('Epoch 1\nloss 0.5 in 0.12 s\n…\ndone\n');
    expect(refreshed('…\nepoch 2\n…\n', output)).toBe('…\nEpoch 2\n…\n');
  });
});

test('links lead to files and headings that exist', () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
  for (const path of pages()) {
    for (const [, target, heading] of readFileSync(path, 'utf8').matchAll(
      /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g,
    )) {
      const file = target === '' ? path : join(path, '..', target);
      const link = `${relative(root, path)}: ${target}#${heading ?? ''}`;
      expect(existsSync(file), link).toBe(true);
      if (heading === undefined) continue;
      const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text]) => slug(text));
      expect(headings, link).toContain(heading);
    }
  }
});

test('paths of the project that pages name exist', () => {
  for (const path of pages()) {
    const named = readFileSync(path, 'utf8').matchAll(/`((?:src|test|docs|bench|scripts|examples)\/[\w./-]*)`/g);
    for (const [, file] of named) expect(existsSync(join(root, file)), `${relative(root, path)}: ${file}`).toBe(true);
  }
});
