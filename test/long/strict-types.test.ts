/** The packed types in projects of TypeScript 5.9 and 7, under every flag that `tsc --init` turns on, and more. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf } from '../documentation.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** Every entry of the package, and calls whose types are inferred. */
const use = `import { adam, crossEntropy, dense, explain, load, network, relu, softmax, train, type Trained } from 'chainrule';
import * as core from 'chainrule/core';
import * as data from 'chainrule/data';
import * as explanation from 'chainrule/explain';
import * as formats from 'chainrule/formats';
import * as graphs from 'chainrule/graphs';
import { load as loadSmall } from 'chainrule/predict';
import { reference } from 'chainrule/engines/reference';
import { wasm } from 'chainrule/engines/wasm';

const net = network([dense(4, { activation: relu }), dense(2, { activation: softmax })], { inputs: 2, seed: 1 });
const trained: Trained = await train(
  net,
  { inputs: [[0, 1], [1, 0]], targets: [0, 1] },
  { loss: crossEntropy, optimizer: adam(), stop: { epochs: 3 } },
);
const bytes = trained.model.save();
const [small] = loadSmall(bytes).predict([[0, 1]]);
const [full] = load(bytes).predict([[0, 1]]);
console.log(small?.[0] === full?.[0], explain(trained.model).length > 0);
console.log([core, data, explanation, formats, graphs, reference, wasm].length);
`;

const flags = [
  '--noEmit --strict --target esnext --noUncheckedIndexedAccess --exactOptionalPropertyTypes --verbatimModuleSyntax',
  '--isolatedModules --noUncheckedSideEffectImports --moduleDetection force --noImplicitReturns --noImplicitOverride',
  '--noPropertyAccessFromIndexSignature --noUnusedLocals --skipLibCheck false --types node',
]
  .join(' ')
  .split(' ');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-strict-'));
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  const packages = [join(folder, filename), 'typescript@~5.9', '@types/node@20'];
  npm(['install', '--no-audit', '--no-fund', '--omit=optional', ...packages], folder);
  writeFileSync(join(folder, 'use.ts'), use);
  const [readme] = blocksOf(join(root, 'README.md')).filter(({ language }) => language === 'ts');
  writeFileSync(
    join(folder, 'readme.ts'),
    readme.text.replace('const [line] = ', 'const line = ').replace('(model);', '(model)[0]!;'),
  );
  // what compiles, and what does not, also under these flags
  const types = readFileSync(join(root, 'test/library-types.ts'), 'utf8');
  const fromPackage = types
    .replace("'../src/index.ts'", "'chainrule'")
    .replace("'../src/data/index.ts'", "'chainrule/data'");
  writeFileSync(join(folder, 'types.ts'), fromPackage);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The compilers: the project's own is version 7. */
const compilers = {
  5.9: 'node_modules/typescript/lib/tsc.js',
  7: join(root, 'node_modules/typescript/bin/tsc'),
} as const;

test.each([
  [5.9, 'esnext', 'bundler'],
  [5.9, 'node16', 'node16'],
  [7, 'esnext', 'bundler'],
  [7, 'node16', 'node16'],
] as const)('TypeScript %d, module %s, resolution %s', (version, module, resolution) => {
  const options = [...flags, '--module', module, '--moduleResolution', resolution];
  const { stdout, status } = spawnSync(
    process.execPath,
    [compilers[version], ...options, 'use.ts', 'readme.ts', 'types.ts'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('the README states the oldest version that is tested', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('TypeScript 5.9 or later');
});
