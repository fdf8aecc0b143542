/** The package as users get it: packed, installed in an empty folder, run, imported with types. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let packed: { readonly filename: string; readonly files: readonly { readonly path: string }[]; readonly size: number };

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainrule-package-'));
  [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  npm(['install', '--no-audit', '--no-fund', join(folder, packed.filename)], folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  test('contains the necessary files, and no tests, sources or examples of the documentation', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const needed of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/experiment.schema.json',
      'examples/textbook-3-2-1.json',
      'examples/penguins.csv',
    ]) {
      expect(paths).toContain(needed);
    }
    expect(paths.filter((path) => /test|fixtures|^src\/|\.examples/.test(path))).toEqual([]);
  });

  test('has no install script, and needs no compiler', () => {
    const { scripts } = JSON.parse(readFileSync(join(folder, 'node_modules/chainrule/package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
  });

  test('npx chainrule demo runs, and writes a report', () => {
    const output = execFileSync('npx', ['chainrule', 'demo'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(output).toContain('0.048856');
    expect(output).toContain('chainrule explain');
    expect(existsSync(join(folder, 'runs/demo-1/report.html'))).toBe(true);
  });

  /** The output of a user's program, compiled with types. */
  function printed(name: string, program: string): string {
    writeFileSync(join(folder, `${name}.ts`), program);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2023',
          lib: ['es2023'],
          module: 'nodenext',
          strict: true,
          skipLibCheck: false,
          types: ['node'],
          typeRoots: [join(root, 'node_modules/@types')],
          outDir: 'out',
        },
        files: [`${name}.ts`],
      }),
    );
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    expect(status, stdout).toBe(0);
    return execFileSync(process.execPath, [join(folder, `out/${name}.js`)], { cwd: folder, encoding: 'utf8' });
  }

  test('a TypeScript file imports it with types, from every entry', () => {
    const output = printed(
      'use',
      `import { dense, halfMse, network, sgd, sigmoid, train, type Trained } from 'chainrule';
import { Graph } from 'chainrule/core';
import { readTable } from 'chainrule/data';
import { audit, check, explain } from 'chainrule/explain';
import { fromSafetensors } from 'chainrule/formats';
import { reference } from 'chainrule/engines/reference';
const net = network([dense(2), dense(1, { activation: sigmoid })], { inputs: 1, seed: 1 });
const data = { inputs: [[0], [1]], targets: [[0.2], [0.8]] };
const trained: Trained = await train(net, data, { loss: halfMse, optimizer: sgd({ learningRate: 0.5 }), stop: { epochs: 3 } });
const epoch: number = trained.stop.epoch;
// @ts-expect-error: a typo in an option is seen before it runs
() => sgd({ learnigRate: 1 });
console.log(epoch, explain(trained.model).length > 0, check(trained.model).agrees, typeof audit, new Graph().nodes.length);
console.log(readTable('a,b\\n1,2\\n').rows, fromSafetensors(trained.model.save()).tensors.size, reference.name);
`,
    );
    expect(output).toBe('3 true true function 0\n1 4 reference\n');
  });

  test('an own activation, loss, layer, optimizer and initializer train, save, load, explain and check', () => {
    const output = printed(
      'own',
      `import { dense, load, network, train } from 'chainrule';
import { activation, fillUniform, formula, initializer, layer, loss, map, optimizer } from 'chainrule/core';
import { check, explain } from 'chainrule/explain';
const { add, div, mul, sign, sqrt, square, sub } = formula;
const squareplus = activation('squareplus', { f: (x) => div(add(x, sqrt(add(square(x), 4))), 2) });
const quartic = loss('quartic', { f: (y, t) => square(square(sub(y, t))) });
const multiply = map('multiply', { f: (x, w) => mul(x, w) });
const gain = layer('gain', {
  options: { start: { type: 'number', default: 1, note: 'the initial factor' } },
  make: ({ start }) => ({
    parameters: { factor: { shape: ([units]) => [units], start } },
    forward: ({ graph }, input, { factor }) => graph.map(multiply, [input, factor], 'bu,u->bu'),
  }),
});
const signDescent = optimizer('signDescent', {
  learningRate: 0.002,
  update: () => ({ graph, parameter, gradient, rate }) =>
    graph.map(map('signDescent', { f: (w, eta, g) => sub(w, mul(eta, sign(g))) }), [parameter, rate, gradient]),
});
const small = initializer('small', (out, _shape, seed, sequence) => fillUniform(out, seed, 'initialization', sequence));
const net = network([dense(3, { activation: squareplus, initializer: small }), gain({ start: 0.5 }), dense(1)], { seed: 1 });
const data = { inputs: [[0], [1], [2]], targets: [[1], [0.5], [-0.4]] };
const run = await train(net, data, { loss: quartic, optimizer: signDescent, stop: { epochs: 500 } });
// @ts-expect-error: an own layer's options have types
() => gain({ begin: 1 });
const again = load(run.model.save(), { recipes: [squareplus, quartic, gain, signDescent, small] });
const [predicted, loaded] = [run.model, again].map((model) => JSON.stringify(model.predict(data.inputs)));
console.log(run.loss.final < run.loss.first / 10, predicted === loaded);
console.log(explain(run.model).some(({ formula }) => formula.includes('√')), check(again.problem(data)).agrees);
try {
  load(run.model.save());
} catch (error) {
  console.log((error as Error).message);
}
`,
    );
    expect(output).toBe(
      [
        'true true',
        'true true',
        'model: experiment.network.layers[1]: unknown layer "gain".',
        '  If it is your own layer, pass it: load(bytes, { recipes: [gain] }).',
        '',
      ].join('\n'),
    );
  });

  test('without koffi, which is optional, everything except the engine blas works', () => {
    const without = mkdtempSync(join(tmpdir(), 'chainrule-without-'));
    onTestFinished(() => rmSync(without, { recursive: true, force: true }));
    writeFileSync(join(without, 'package.json'), JSON.stringify({ name: 'without', private: true }));
    npm(['install', '--no-audit', '--no-fund', '--omit=optional', join(folder, packed.filename)], without);
    expect(existsSync(join(without, 'node_modules/koffi'))).toBe(false);
    writeFileSync(join(without, 't.csv'), 'x,y\n1,2\n2,4\n3,6\n4,8\n');
    const main = join(without, 'node_modules/chainrule/dist/cli/main.js');
    const chainrule = (flags: string) =>
      spawnSync(process.execPath, [main, ...`train t.csv --target y --epochs 2 ${flags}`.split(' ')], {
        cwd: without,
        encoding: 'utf8',
      });
    const fast = chainrule('--arithmetic fast --verbose --hidden 300,300 --out run');
    expect(fast.stdout).toMatch(/Engine: wasm, .* no BLAS: Cannot find module 'koffi'/);
    const blas = chainrule('--arithmetic fast --engine blas');
    expect({ status: blas.status, stderr: blas.stderr }).toEqual({
      status: 2,
      stderr:
        'error --engine: the engine "blas" needs koffi: Cannot find module \'koffi\'.\n' +
        '  Install it: npm install koffi. Or leave the engine out.\n',
    });
  });

  test('publint finds no fault in its entries', () => {
    const { status, stdout } = spawnSync(
      join(root, 'node_modules/.bin/publint'),
      [join(folder, packed.filename), '--strict'],
      { encoding: 'utf8' },
    );
    expect(status, stdout).toBe(0);
  });
});
