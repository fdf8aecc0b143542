/**
 * The documentation's examples, run as they are written: TypeScript against the built package with its types, commands in a
 * folder that holds the examples, JSON against the experiment's form. Runs after a build.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as core from '../src/core.ts';
import * as data from '../src/data/index.ts';
import * as everything from '../src/index.ts';
import { resolveExperiment } from '../src/net/experiment.ts';
import { call, main } from './command.ts';

const library: object = { ...everything, ...data, ...core };

const root = fileURLToPath(new URL('..', import.meta.url));

/** The project's own Markdown. */
function pages(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'runs'].includes(entry.name) || entry.name.startsWith('.') ? [] : pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

interface Block {
  /** `README.md line 40`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

const blocks: Block[] = pages().flatMap((path) => {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: body, index }) => ({
    place: `${relative(root, path)} line ${text.slice(0, index).split('\n').length}`,
    language,
    text: body,
  }));
});

/** Examples in docstrings: `@example call  // value`; the names come from the package. */
const docstrings: Block[] = sources(join(root, 'src')).flatMap((path) => {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^ \* @example (.*)$/gm)].map(({ 1: body, index }) => ({
    place: `${relative(root, path)} line ${text.slice(0, index).split('\n').length}`,
    language: 'ts',
    text: body,
  }));
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'chainrule-docs-'));
  cpSync(join(root, 'examples'), work, { recursive: true });
  const example = blocks.find(({ language, place }) => language === 'json' && place.startsWith('examples/'))!;
  writeFileSync(join(work, 'experiment.json'), example.text);
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the TypeScript examples compile against the package and run', () => {
  // inside the package, so that "chainrule" is the package itself
  const folder = join(root, 'dist/.examples');
  const examples = [
    ...blocks.filter(({ language }) => language === 'ts').map(({ place, text }) => ({ place, source: text })),
    ...docstrings.map(({ place, text }) => {
      const [, call, value] = /^(.*?)(?: {2}\/\/ (.*))?$/.exec(text)!;
      const check = value === undefined ? `${call};` : `assert.deepEqual(${call}, ${value});`;
      const imports = ['chainrule', 'chainrule/data', 'chainrule/core'].map(
        (from, k) => `import * as module${k} from '${from}';`,
      );
      const words = [...new Set(call.match(/\b[a-zA-Z]\w*(?=[(,;\s.)\]}]|$)/g))];
      const names = words.filter((word) => word in library);
      return {
        place,
        source: [
          "import assert from 'node:assert/strict';",
          ...imports,
          `const { ${names.join(', ')} } = { ...module0, ...module1, ...module2 };`,
          check,
        ].join('\n'),
      };
    }),
  ];

  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [i, { source }] of examples.entries()) writeFileSync(join(folder, `example${i}.ts`), source);
    const compilerOptions = {
      ...JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions,
      noUnusedLocals: false,
    };
    const config = {
      compilerOptions: {
        ...compilerOptions,
        noEmit: false,
        outDir: '.',
        rootDir: '.',
        allowImportingTsExtensions: false,
        skipLibCheck: false,
      },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(stdout.replace(/example(\d+)\.ts/g, (_, i) => `${examples[Number(i)].place}: example`));
    }
  });

  test.each(examples.map(({ place }, i) => [place, i] as const))('%s', async (_place, i) => {
    const before = process.cwd();
    vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      process.chdir(work);
      await import(pathToFileURL(join(folder, `example${i}.js`)).href);
    } finally {
      process.chdir(before);
      vi.restoreAllMocks();
    }
  });
});

describe('the commands do what the documentation says', () => {
  const lines = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ place, text }) =>
      text
        .split('\n')
        .map((line) => line.replace(/\s+#.*$/, '').trim())
        .filter((line) => /^(npx )?chainrule /.test(line))
        .map((line) => [place, line.replace(/^npx /, '')] as const),
    );

  test('there are some', () => expect(lines.length).toBeGreaterThan(5));

  // in their order: later ones read what earlier ones wrote
  test.each(lines)('%s: %s', async (_place, line) => {
    const { code, stderr } = await byShell(line);
    // an audit that finds a printed number wrong reports it with 1
    expect(code, stderr).toBe(/chainrule audit/.test(line) ? 1 : 0);
  });

  /** Runs a line as a shell would; one that redirects, pipes or quotes gets a shell. */
  async function byShell(line: string): Promise<{ code: number | null; stderr: string }> {
    const [, ...words] = line.split(/\s+/);
    if (words.every((word) => /^[\w.,:@%+=/-]+$/.test(word))) return call(words, { cwd: work });
    const text = line.replace(/^chainrule/, `"${process.execPath}" "${main}"`);
    const { status, stderr } = spawnSync('sh', ['-c', text], { cwd: work, encoding: 'utf8' });
    return { code: status, stderr };
  }
});

test('the experiment in the documentation is one', () => {
  const experiments = blocks.filter(({ language, text }) => language === 'json' && text.includes('"network"'));
  expect(experiments.length).toBeGreaterThan(0);
  for (const { text } of experiments) resolveExperiment(JSON.parse(text));
});

test('links lead to files that are there', () => {
  for (const path of pages()) {
    const folder = join(path, '..');
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(join(folder, target)), `${relative(root, path)}: ${target}`).toBe(true);
    }
  }
});
