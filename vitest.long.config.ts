import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The tests of `npm test` that try a sample there, and here all of their cases (test/runs.ts). */
const sampled = ['src', 'test']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .filter(
    (file) =>
      file.endsWith('.test.ts') && /from '[./]+\/(test\/)?runs\.ts'/.test(readFileSync(join(root, file), 'utf8')),
  );

const long = (...names: readonly string[]) => names.map((name) => `test/long/${name}.test.ts`);

/** Their results depend on numbers, texts and browsers, not on the version of Node: one version is enough. */
const anyNode = long(
  ...[
    'audit-right',
    'audit-slips',
    'embedding-report',
    'gradients',
    'lab',
    'lab-audit',
    'lab-digits',
    'lab-graph',
    'lab-offline',
    'lab-playground',
    'lab-site',
    'lab-step',
    'lab-table',
    'latex',
    'on-wasm',
    'pages',
    'project',
    'python',
    'report',
    'servers',
    'sheet-slips',
    'take-away',
  ],
);

/** They compare times with limits, so nothing else may run meanwhile. */
const alone = long('browser', 'server');

export default defineConfig({
  test: {
    testTimeout: 600_000,
    hookTimeout: 600_000,
    env: { CHAINRULE_LONG: '1' },
    maxWorkers: 2,
    // Node loads the built package itself, as it does for users.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      {
        extends: true,
        test: { name: 'node', include: ['test/long/**/*.test.ts', ...sampled], exclude: [...anyNode, ...alone] },
      },
      { extends: true, test: { name: 'any-node', include: anyNode } },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
