/** The programs that the lab writes: they train the same networks. Python checks the syntax of one, PyTorch its numbers if it is there. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, describe, expect, test } from 'vitest';
import { alias } from '../../lab/alias.ts';
import { type ExperimentJson, experiment, train } from '../../src/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// a program there finds chainrule as an installed package
mkdirSync(`${root}dist/.examples`, { recursive: true });
const folder = mkdtempSync(`${root}dist/.examples/take-away-`);
cpSync(`${root}examples/penguins.csv`, `${folder}/penguins.csv`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lab's writers, bundled with the built library as the page loads them. */
interface Writers {
  typescriptProgram(json: ExperimentJson): string;
  pytorchParts(order: { readonly document: unknown }): Promise<{
    readonly python: string;
    readonly files: Readonly<Record<string, Uint8Array>>;
  }>;
  readonly penguins: ExperimentJson;
  readonly rows: ExperimentJson;
}

async function writers(): Promise<Writers> {
  const names = ['typescript-program', 'pytorch-files', 'fixtures'];
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias },
    build: {
      ssr: true,
      outDir: `${folder}/writers`,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [name, `${root}lab/src/take-away/${name}.ts`])),
        output: { entryFileNames: '[name].mjs' },
      },
    },
  });
  const modules = await Promise.all(names.map((name) => import(`${folder}/writers/${name}.mjs`)));
  return Object.assign({}, ...modules);
}

const { typescriptProgram, pytorchParts: parts, penguins, rows } = await writers();

const read = (path: string) => readFileSync(`${folder}/${path}`, 'utf8');
const trainedHere = (json: ExperimentJson) => train(experiment(json, { read }));

describe('the TypeScript program', () => {
  test.each([
    ['a table', penguins],
    ['rows', rows],
  ])('trains %s to the same bytes', async (_, json) => {
    // it is JavaScript too, so that every Node runs it
    writeFileSync(`${folder}/train.mjs`, typescriptProgram(json));
    const { stdout } = await promisify(execFile)(process.execPath, ['train.mjs'], { cwd: folder });
    const { model, loss } = await trainedHere(json);
    expect(readFileSync(`${folder}/model.safetensors`).equals(model.save())).toBe(true);
    expect(stdout).toContain(String(loss.final));
  });

  test('has the types of the library', () => {
    for (const [i, json] of [penguins, rows].entries())
      writeFileSync(`${folder}/typed-${i}.mts`, typescriptProgram(json));
    const flags = [
      '--noEmit',
      '--strict',
      '--target',
      'es2023',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--skipLibCheck',
    ];
    const { stdout } = spawnSync(
      'npx',
      ['tsc', '--ignoreConfig', ...flags, `${folder}/typed-0.mts`, `${folder}/typed-1.mts`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect(stdout).toBe('');
  });
});

/** The same with batches in the order of the file, so that PyTorch sees the same rows in the same order. */
const inOrder = (json: ExperimentJson, training: Partial<ExperimentJson['training']>): ExperimentJson => ({
  ...json,
  training: { ...json.training, shuffle: false, ...training },
});
const dense = [
  { dense: 6, activation: 'tanh' },
  { dense: 1, activation: 'linear' },
];
const regression: ExperimentJson = {
  ...penguins,
  network: { layers: dense } as never,
  data: { ...penguins.data, target: 'body_mass_g' } as never,
};

const cases: Readonly<Record<string, ExperimentJson>> = {
  'cross-entropy, adam, balanced classes': inOrder(penguins, {
    optimizer: { name: 'adam', learningRate: 0.01 },
    classWeights: 'balanced',
    stop: { epochs: 12, patience: 3 },
  }),
  'mean squared error, momentum, penalties, clipping': inOrder(regression, {
    loss: 'mse',
    optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true },
    l1: 0.001,
    l2: 0.01,
    clipNorm: 0.5,
  }),
  'huber, rmsprop': inOrder(regression, {
    loss: { name: 'huber', delta: 0.5 },
    optimizer: { name: 'rmsprop', learningRate: 0.002, alpha: 0.9, centered: true },
  }),
  'log-cosh, nadam, all rows at once': inOrder(regression, {
    loss: 'logCosh',
    optimizer: { name: 'nadam', learningRate: 0.01, beta1: 0.8 },
    batchSize: 'full',
  }),
};

const files = { 'penguins.csv': readFileSync(`${root}examples/penguins.csv`, 'utf8') };
const python = process.env.CHAINRULE_PYTHON ?? 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch, safetensors']).status === 0;

describe('the PyTorch program', () => {
  test.each(Object.entries(cases))('%s: Python parses it, and PyTorch comes to the same loss', async (_, json) => {
    const written = await parts({ document: { experiment: json, files, updates: 0 } });
    const parsed = spawnSync(python, ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: written.python });
    expect(parsed.stderr.toString()).toBe('');
    for (const [name, content] of Object.entries(written.files)) writeFileSync(`${folder}/${name}`, content);
    const { loss } = await trainedHere(json);
    if (!hasTorch) return;
    const output = execFileSync(python, [`${folder}/train.py`], { encoding: 'utf8' });
    const found = Number(/final training loss (\S+)/.exec(output)?.[1]);
    // the sums of float64 differ in their order, and some hundred updates carry that on
    expect(Math.abs(found / loss.final - 1)).toBeLessThan(1e-6);
  });

  test('what it cannot write is refused with the reason', async () => {
    const refused = (training: Partial<ExperimentJson['training']>) =>
      parts({ document: { experiment: inOrder(penguins, training), files, updates: 0 } });
    await expect(refused({})).rejects.toThrow('a schedule of the learning rate is not in the PyTorch program');
    await expect(refused({ optimizer: { name: 'lion', learningRate: 0.001 } })).rejects.toThrow('the optimizer lion');
    await expect(refused({ optimizer: 'adam', stop: { epochs: 3, seconds: 9 } })).rejects.toThrow(
      'stopping by seconds',
    );
  });
});
