/**
 * The rules for imports. A folder imports only from lower levels, never from a sibling on its own level; code that runs in
 * browsers does not reach Node's modules; shared code chooses no entry (a loss, a kernel, a layer, a format …) by its name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { primitives } from '../src/core/formula.ts';
import { activations } from '../src/core/ops/activations.ts';
import { kernels } from '../src/core/ops/kernels.ts';
import { featureKinds } from '../src/data/encode/features/index.ts';
import { embeddingMethods } from '../src/graphs/methods/index.ts';
import { stepAddresses } from '../src/net/addresses.ts';
import { dense } from '../src/net/layers/dense.ts';
import { dropout } from '../src/net/layers/dropout.ts';
import { layerEntries } from '../src/net/layers/index.ts';
import { batchNorm, layerNorm } from '../src/net/layers/norm.ts';
import { residual } from '../src/net/layers/residual.ts';
import { losses } from '../src/net/losses.ts';
import { optimizers } from '../src/net/optimizers.ts';
import { entryName } from '../src/net/schema.ts';

const root = fileURLToPath(new URL('../src', import.meta.url));

/** The levels from the lowest; files directly in src/ are above all of them. */
const floors: readonly (readonly string[])[] = [
  ['base'],
  ['core', 'data'],
  ['net'],
  ['plan', 'formats'],
  ['engines'],
  ['model', 'predict', 'explain'],
  ['train', 'audit'],
  ['studies', 'graphs'],
  ['report'],
  ['cli'],
];

/** The engine blas is built on the WebAssembly engine. */
const builtOn: Readonly<Record<string, string>> = { blas: 'wasm' };

interface Import {
  /** Paths relative to src/. */
  readonly from: string;
  readonly line: number;
  readonly text: string;
  readonly specifier: string;
  /** If the specifier is a path: the file, relative to src/. */
  readonly to?: string;
  readonly typeOnly: boolean;
}

const slashed = (path: string) => path.split(sep).join('/');

/** All imports of a source: import and export … from, import 'x', import('x'). Comments are ignored. */
function importsOf(from: string, source: string): Import[] {
  // Comments become blanks of the same length, so that line numbers are unchanged; strings that contain // stay.
  const code = source.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (whole, text) => text ?? whole.replace(/[^\n]/g, ' '),
  );
  const pattern =
    /^[ \t]*(?:import|export)\b(?<what>[^'"`;=(]*?)\bfrom\s*['"](?<named>[^'"]+)['"]|^[ \t]*import\s*['"](?<bare>[^'"]+)['"]|\bimport\s*\(\s*['"](?<called>[^'"]+)['"]/gm;
  return [...code.matchAll(pattern)].map(({ 0: text, index, groups = {} }) => {
    const specifier = groups.named ?? groups.bare ?? groups.called;
    const isPath = specifier.startsWith('.');
    return {
      from,
      line: code.slice(0, index + text.length).split('\n').length,
      text: text.trim().replace(/\s+/g, ' '),
      specifier,
      to: isPath ? slashed(relative(root, resolve(root, dirname(from), specifier))) : undefined,
      typeOnly: /^\s*type\b/.test(groups.what ?? ''),
    };
  });
}

/** Tests and their fixtures may import higher levels, because they run on an engine. No other file imports them. */
const isTest = (path: string) => /\.test\.ts$|(^|\/)fixtures\.ts$/.test(path);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map(slashed)
  .filter((path) => path.endsWith('.ts') && !isTest(path))
  .sort();
const imports = new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]));

function floorOf(file: string): number {
  const [folder, ...rest] = file.split('/');
  return rest.length === 0 ? floors.length : floors.findIndex((rooms) => rooms.includes(folder));
}

/** Why an import is forbidden; undefined if it is allowed. */
function objection({ from, to }: Import): string | undefined {
  if (to === undefined) return undefined;
  if (to.startsWith('../')) return 'leaves src/';
  const [folder, room] = from.split('/');
  const [otherFolder, otherRoom] = to.split('/');
  const [floor, other] = [floorOf(from), floorOf(to)];
  if (other === -1) return `src/${otherFolder} is on no floor`;
  if (other > floor) return `floor ${other} is above floor ${floor}`;
  if (other === floor && folder !== otherFolder && floor < floors.length) return `both are on floor ${floor}`;
  if (from.startsWith('cli/commands/') && to.startsWith('cli/commands/')) return 'a command imports no command';
  // Engines import the contract and not each other, except for one that is built on another.
  if (folder === 'engines' && otherFolder === 'engines' && to !== 'engines/engine.ts') {
    const isRoom = (path: string) => path.split('/').length > 2;
    if (builtOn[room] !== undefined && to === `engines/${builtOn[room]}/index.ts`) return undefined;
    if (isRoom(from) && room !== otherRoom) return 'an engine imports engine.ts and its own folder';
    if (from === 'engines/engine.ts') return 'engine.ts knows no engine';
  }
  return undefined;
}

const at = ({ from, line, text }: Import) => `src/${from}:${line}: ${text}`;

describe('floors', () => {
  test('a folder imports only from lower floors, never from a sibling on its own floor', () => {
    const offending = [...imports.values()].flat().flatMap((one) => {
      const why = objection(one);
      return why === undefined ? [] : [`${at(one)}  (${why})`];
    });
    expect(offending).toEqual([]);
  });

  test('every folder has a floor', () => {
    const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
    expect([...folders].filter((folder) => !floors.flat().includes(folder))).toEqual([]);
  });

  test('imports by path end in .ts, and do not name a test', () => {
    const missing = [...imports.values()].flat().filter(({ to }) => to !== undefined && !imports.has(to));
    expect(missing.map(at)).toEqual([]);
  });

  test('a forbidden import is found', () => {
    const found = (from: string, source: string) => importsOf(from, source).map(objection);
    expect(found('core/graph.ts', "import { x } from '../net/step.ts';")).toEqual(['floor 2 is above floor 1']);
    expect(found('core/ops/a.ts', "export * from '../../data/table.ts';")).toEqual(['both are on floor 1']);
    expect(found('core/ops/a.ts', "import {\n  x,\n} from '../graph.ts';")).toEqual([undefined]);
    expect(found('model/a.ts', "import type { X } from '../explain/check.ts';")).toEqual(['both are on floor 5']);
    expect(found('engines/wasm/a.ts', "await import('../reference/index.ts')")).toEqual([
      'an engine imports engine.ts and its own folder',
    ]);
    expect(found('engines/wasm/b/c.ts', "import '../a.ts';\nimport { y } from '../../engine.ts';")).toEqual([
      undefined,
      undefined,
    ]);
    expect(found('engines/engine.ts', "import { x } from './wasm/index.ts';")).toEqual(['engine.ts knows no engine']);
    expect(found('engines/choose.ts', "import { x } from './wasm/index.ts';")).toEqual([undefined]);
    expect(found('cli/train.ts', "import { x } from '../index.ts';")).toEqual(['floor 10 is above floor 9']);
    expect(found('cli/commands/a.ts', "import { x } from './b.ts';")).toEqual(['a command imports no command']);
    expect(found('index.ts', "export { x } from './browser.ts';")).toEqual([undefined]);
    expect(found('base/a.ts', "import x from '../../package.json';")).toEqual(['leaves src/']);
    expect(found('base/a.ts', "import x from '../attic/a.ts';")).toEqual(['src/attic is on no floor']);
    expect(found('base/a.ts', "// import x from '../cli/a.ts';\n/* import '../cli/a.ts'; */")).toEqual([]);
    const [second] = importsOf('core/a.ts', "const u = 'http://x';\nimport {\n  x,\n} from '../net/step.ts';");
    expect(at(second)).toBe("src/core/a.ts:4: import { x, } from '../net/step.ts'");
  });
});

const isNode = (specifier: string) => specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0]);

/** Imports of Node's modules that a file reaches, each with its path of imports. */
function nodeImports(entry: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string, way: readonly string[]) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const one of imports.get(file) ?? []) {
      // Types do not exist at run time.
      if (one.typeOnly) continue;
      if (isNode(one.specifier)) found.push([...way, at(one)].join(' -> '));
      else if (one.to !== undefined) visit(one.to, [...way, `src/${file}`]);
    }
  };
  visit(entry, []);
  return found;
}

/** The sources of the package's exports, except for package.json; a star matches each folder. */
function exportedSources(): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8')) as {
    exports: Record<string, string | { default: string }>;
  };
  return Object.values(exports).flatMap((target) => {
    if (typeof target === 'string') return [];
    const source = target.default.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts');
    const [folder, rest] = source.split('*');
    if (rest === undefined) return [source];
    const rooms = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return rooms.map(({ name }) => `${folder}${name}${rest}`);
  });
}

describe('nothing of Node reaches a browser', () => {
  const entries = exportedSources();

  test('every export of the package has its source', () => {
    expect(entries).toContain('index.ts');
    expect(entries).toContain('engines/reference/index.ts');
    expect(entries.filter((entry) => !imports.has(entry)).map((entry) => `src/${entry} is not there`)).toEqual([]);
  });

  test.each(entries)('from src/%s', (entry) => {
    expect(nodeImports(entry)).toEqual([]);
  });

  test('a forbidden import is found', () => {
    expect(isNode('node:fs')).toBe(true);
    expect(isNode('fs/promises')).toBe(true);
    expect(isNode('csv-parse/sync')).toBe(false);
    expect(importsOf('a.ts', "import type { X } from 'node:fs';")[0].typeOnly).toBe(true);
    // Under verbatimModuleSyntax, this import still loads its module.
    expect(importsOf('a.ts', "import { type X } from 'node:fs';")[0].typeOnly).toBe(false);
  });
});

describe('an engine runs any plan: it knows nothing of networks', () => {
  const addresses = Object.values(stepAddresses).map((address) => address.replaceAll('.', '\\.'));
  const address = new RegExp(`(['"])(layers\\..*|${addresses.join('|')})\\1`);
  const offending = (file: string, source: string) =>
    source.split('\n').flatMap((line, i) => (address.test(line) ? [`src/${file}:${i + 1}: ${line.trim()}`] : []));
  const engines = files.filter((file) => file.startsWith('engines/'));

  test('no engine imports the network', () => {
    const found = engines.flatMap((file) => imports.get(file)!).filter(({ to }) => to?.startsWith('net/'));
    expect(found.map(at)).toEqual([]);
  });

  test('no engine contains an address of the network: the loop gets addresses from its caller', () => {
    expect(engines.flatMap((file) => offending(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('a forbidden import is found', () => {
    expect(engines).toContain('engines/wasm/epochs.ts');
    const lines = ["input: 'layers.0.input',", 'program.view("target")', "names.get('sampleWeight.sum')"];
    expect(lines.flatMap((line) => offending('engines/a.ts', line))).toHaveLength(lines.length);
    expect(offending('engines/a.ts', 'spec.target; const target = 1;')).toEqual([]);
  });
});

/** Names of a kind of entry that shared code must not ask for. */
interface Guarded {
  readonly kind: string;
  readonly names: readonly string[];
  /** The end of an expression that is compared with a name; default: anything. */
  readonly asked?: string;
  /** The files that are shared as seen from this kind. */
  readonly shared: RegExp;
}

const byFolder = (...folders: string[]) => new RegExp(`^(core/[^/]+\\.ts|(${folders.join('|')})/.*)$`);
const everywhere = ['plan', 'engines', 'model', 'train', 'studies', 'explain', 'audit', 'report', 'formats', 'cli'];
/** Exporters have a column for each kernel; commands may compare the values of flags. */
const guarded: readonly Guarded[] = [
  {
    kind: 'activation, loss or optimizer',
    // a primitive may be named by engines: the set of them is closed
    names: [...activations, ...losses, ...optimizers].map(entryName).filter((name) => !Object.hasOwn(primitives, name)),
    shared: byFolder(...everywhere),
  },
  // each engine and each exporter keeps a column of kernels, which is a record: it compares no name
  { kind: 'kernel', names: kernels.map(({ name }) => name), shared: byFolder('net', ...everywhere) },
  {
    kind: 'layer',
    names: layerEntries.map(({ kind }) => kind),
    shared: /^(net\/[^/]+\.ts|(plan|engines|model|train|studies|explain|audit|report|formats|cli)\/.*)$/,
  },
  // what formats and reports say of a column follows from its transform, which lists other kinds of cells
  {
    kind: 'kind of feature',
    names: featureKinds.map(({ name }) => name).filter((name) => name !== 'number'),
    // a column's cells are a closed list of other kinds, some of the same name
    asked: '\\.kind',
    shared: /^(data\/(?!encode\/features\/).*|(net|model|train|studies|report|formats|cli)\/.*)$/,
  },
  {
    kind: 'embedding method',
    // a name is part of a pattern
    names: embeddingMethods.map(({ name }) => name.replace('+', '\\+')),
    // a score may be of random vectors
    asked: '(?:\\.name|\\bmethod)',
    shared: /^(graphs\/(?!methods\/).*|(report|cli)\/.*)$/,
  },
  {
    kind: 'format',
    names: ['csv', 'tsv', 'jsonl', 'parquet', 'arrow', 'safetensors', 'onnx', 'pytorch', 'typescript', 'npy', 'npz'],
    shared: /^(data\/read\/[^/]+\.ts|(net|model|train|studies|report|explain|audit|cli)\/.*)$/,
  },
];

/** Allowed lines, each with the reason. */
const allowed: Readonly<Record<string, string>> = {
  "cli/output/training-text.ts: if (linear === undefined || verdict?.baseline !== 'linear' || verdict.outcome === 'better') return undefined;":
    'a baseline of this name, not the activation',
};

describe('shared code asks entries for properties and does not name them', () => {
  const comparison = ({ names, asked }: Pick<Guarded, 'names' | 'asked'>) => {
    const name = `['"](${names.join('|')})['"]`;
    if (asked !== undefined) return new RegExp(`${asked}\\s*[!=]==?\\s*${name}`);
    return new RegExp(
      `[!=]==?\\s*${name}|${name}\\s*[!=]==?|\\bcase\\s+${name}|\\.(includes|has|startsWith|endsWith|indexOf)\\(\\s*${name}|\\[[^\\]]*${name}[^\\]]*\\]\\s*\\.includes`,
    );
  };
  const offending = (entries: Pick<Guarded, 'names' | 'asked'>, file: string, source: string) => {
    const pattern = comparison(entries);
    return source
      .split('\n')
      .flatMap((line, i) =>
        pattern.test(line) ? [{ key: `${file}: ${line.trim()}`, at: `src/${file}:${i + 1}` }] : [],
      );
  };
  const all = guarded.map(({ shared, ...entries }) => ({
    kind: entries.kind,
    found: files
      .filter((file) => shared.test(file))
      .flatMap((file) => offending(entries, file, readFileSync(join(root, file), 'utf8'))),
  }));

  test.each(all)('no $kind is chosen by its name', ({ found }) => {
    expect(found.filter(({ key }) => !Object.hasOwn(allowed, key))).toEqual([]);
  });

  test('every exception still exists and has a reason', () => {
    const keys = new Set(all.flatMap(({ found }) => found.map(({ key }) => key)));
    expect(Object.keys(allowed).filter((key) => !keys.has(key))).toEqual([]);
    for (const reason of Object.values(allowed)) expect(reason.length).toBeGreaterThan(10);
  });

  test('a forbidden import is found', () => {
    const lines = [
      "if (op.name === 'relu') {",
      'if ("adam" !== optimizer.name) {',
      "case 'crossEntropy':",
      "if (['sigmoid', 'softmax'].includes(name)) {",
      "if (name.startsWith('relu')) {",
      "if (kernel.name === 'spmm') {",
      "if (layer.kind !== 'layerNorm') {",
      "case 'embedding':",
      "const isFile = format === 'parquet';",
    ];
    const names = guarded.flatMap((each) => each.names);
    expect(lines.flatMap((line) => offending({ names }, 'plan/a.ts', line))).toHaveLength(lines.length);
    expect(offending({ names }, 'plan/a.ts', "case 'tanh':\nreturn { activation: 'relu' };")).toEqual([]);
    const [entries] = guarded;
    expect(
      ['core/graph.ts', 'plan/plan.ts', 'engines/wasm/index.ts', 'cli/main.ts'].every((file) =>
        entries.shared.test(file),
      ),
    ).toBe(true);
    expect(entries.shared.test('core/ops/activations.ts')).toBe(false);
  });
});

describe('each layer declares its own quantities', () => {
  const layers = [dense(1), layerNorm(), batchNorm(), dropout(0.5), residual([dense(1)])];
  const names = [...new Set(layers.flatMap(({ quantities = [] }) => quantities.map(({ name }) => name)))];
  const name = `(${names.map((each) => each.replaceAll('.', '\\.')).join('|')})`;
  // in a text or a pattern: `layers.${l}.sum`, 'layers.0.weight', /layers\.\d+\.(weight|bias)/, `${address}.mean`
  const address = new RegExp(`layers\\\\?\\.[^'"\`]*\\.\\(?(\\?:)?${name}\\b|\\$\\{\\w+\\}\\.${name}\\b`);
  const offending = (file: string, source: string) =>
    source
      .split('\n')
      .flatMap((line, i) => (address.test(line) && /['"`/]/.test(line) ? [`src/${file}:${i + 1}: ${line.trim()}`] : []))
      .filter((line) => !/: (\/?\*|\/\/)/.test(line));

  test('explain and audit contain no address of a quantity', () => {
    const found = files
      .filter((file) => /^(explain|audit)\//.test(file))
      .flatMap((file) => offending(file, readFileSync(join(root, file), 'utf8')))
      // the example in a message
      .filter((line) => !line.includes("'Write loss, loss[s][k], target[s][k]"));
    expect(found).toEqual([]);
  });

  test('a forbidden line is found', () => {
    expect(names).toContain('rowVariance');
    const asSource = (line: string) => line.replaceAll('§', '$');
    const lines = [
      'const sum = graph.get(`layers.§{l}.sum`);',
      "graph.find('layers.0.weight')",
      'const ofLayer = /^layers\\.\\d+\\.(weight|bias)$/;',
      'graph.find(`§{place}.rowMean`)',
    ].map(asSource);
    expect(lines.flatMap((line) => offending('explain/a.ts', line))).toHaveLength(lines.length);
    expect(offending('explain/a.ts', asSource('graph.find(`layers.§{l}.output`); const { sum } = layers[l];'))).toEqual(
      [],
    );
  });
});
