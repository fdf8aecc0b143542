/** No dead exports: every value that a source exports is imported by another file, or is part of the package. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const slashed = (path: string) => path.split(sep).join('/');

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js)$/.test(entry.name))
    .map((entry) => slashed(relative(root, join(entry.parentPath, entry.name))))
    .filter((file) => !/node_modules|\.d\.mts$/.test(file));
}

const withoutComments = (source: string) =>
  source.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, text) => text ?? '',
  );

/** The names in `{ a, b as c, type d }` as the other file exports them. */
const namesIn = (list: string) =>
  list
    .split(',')
    .map(
      (each) =>
        each
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)[0],
    )
    .filter((each) => each !== '');

/** The values that a source exports. A type may be exported for the signatures that mention it. */
function exportsOf(source: string): string[] {
  const declared =
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class)\s+([A-Za-z_$][\w$]*)/gm;
  // the lines of a template may look like code
  const code = withoutComments(source).replace(/`(?:[^`\\]|\\.)*`/g, '``');
  return [...code.matchAll(declared)].map(([, name]) => name);
}

/** The imports of a source: pairs of a file and a name; the name is `*` if it may use any. */
function usesOf(file: string, source: string): [string, string][] {
  const target = (specifier: string) =>
    slashed(relative(root, resolve(root, dirname(file), specifier)))
      .replace(/^dist\//, 'src/')
      .replace(/\.js$/, '.ts');
  const pattern =
    /\b(?:import|export)\s+(?:type\s+)?(?:(\*)(?:\s+as\s+\w+)?|\{([^}]*)\})\s*from\s*['"](\.[^'"]+)['"]|\bimport\(\s*(?:new URL\()?['"](\.[^'"]+)['"]/g;
  return [...withoutComments(source).matchAll(pattern)].flatMap(([, star, list, from, called]): [string, string][] => {
    if (called !== undefined) return [[target(called), '*']];
    return (star === undefined ? namesIn(list) : ['*']).map((name) => [target(from), name]);
  });
}

/** Sources that package.json exports: whoever installs the package may import their names. */
function entries(sources: readonly string[]): ReadonlySet<string> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { default: string }>;
  };
  const patterns = Object.values(exports).flatMap((each) =>
    typeof each === 'string'
      ? []
      : [each.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts').replaceAll('.', '\\.').replace('*', '[^/]+')],
  );
  return new Set(sources.filter((file) => patterns.some((pattern) => new RegExp(`^${pattern}$`).test(file))));
}

test('every export of a source is used by another file, or is part of the package', () => {
  const files = ['src', 'test', 'bench', 'scripts', 'examples'].flatMap(filesIn);
  const uses = new Set(
    files.flatMap((file) => usesOf(file, readFileSync(join(root, file), 'utf8')).map((use) => use.join(' '))),
  );
  const sources = files.filter((file) => file.startsWith('src/') && !file.endsWith('.test.ts'));
  const open = entries(sources);
  const dead = sources.flatMap((file) =>
    open.has(file) || uses.has(`${file} *`)
      ? []
      : exportsOf(readFileSync(join(root, file), 'utf8'))
          .filter((name) => !uses.has(`${file} ${name}`))
          .map((name) => `${file}: ${name}`),
  );
  expect(dead).toEqual([]);
});

test('finds exports and uses', () => {
  expect(exportsOf('export const a = 1;\n// export const b = 1;\nexport async function c() {}')).toEqual(['a', 'c']);
  expect(usesOf('src/x/y.ts', "import { type A, b as c } from '../z.ts';\nexport * from './w.ts';")).toEqual([
    ['src/z.ts', 'A'],
    ['src/z.ts', 'b'],
    ['src/x/w.ts', '*'],
  ]);
});
