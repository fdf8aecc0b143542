/** `train` with --watch and --ema, and its modes: --folds, --find-rate, --overfit-batch. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { call } from './command.ts';

const penguins = fileURLToPath(new URL('../examples/penguins.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'chainrule-looks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = (...args: string[]) => call(['train', ...args], { cwd: folder });
const species = (...args: string[]) => train(penguins, '--target', 'species', ...args);

describe('--watch and --ema', () => {
  test('a run that watches a metric reports it, and its history has the metric', async () => {
    const out = join(folder, 'watched');
    const { code, stdout } = await species('--watch', 'rocAuc', '--patience', '3', '--epochs', '60', '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('area under the ROC curve no longer improved.');
    expect(readFileSync(join(out, 'history.csv'), 'utf8').split('\n')[0]).toContain(',validationRocAuc');
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')).experiment.training.stop.watch).toBe('rocAuc');
  });

  test('errors name the flag', async () => {
    expect((await species('--optimizer', 'lbfgs', '--schedule', 'cosine')).stderr).toMatchInlineSnapshot(`
      "error --schedule: lbfgs searches for the length of each step itself, and takes no schedule.
        Leave it out, or choose another optimizer: --optimizer adam.
      "
    `);
    expect((await species('--watch', 'r2')).stderr).toMatchInlineSnapshot(`
      "error --watch: R² is a metric for numbers, but the targets are classes.
        Watch one of: loss, accuracy, macroF1, macroPrecision, macroRecall, microF1, microPrecision, microRecall, rocAuc, logLoss.
      "
    `);
    expect((await species('--watch', 'rocAuc', '--validation', '0')).stderr).toMatchInlineSnapshot(`
      "error --watch: area under the ROC curve is measured on the validation split, but there is none.
        Set --validation 0.2 (of a table's split; rows of your own go into data.validation), or watch the loss.
      "
    `);
    expect((await species('--ema', '1')).stderr).toMatchInlineSnapshot(`
      "error --ema: 1 is not below 1.
        Give a number below 1.
      "
    `);
  });

  test('averaged weights, interrupted and resumed, are the same as without interruption, byte for byte', async () => {
    const flags = ['--ema', '0.9', '--watch', 'macroF1', '--patience', '1000', '--seed', '3'];
    const [whole, halves] = ['whole', 'halves'].map((name) => join(folder, name));
    await species(...flags, '--epochs', '30', '--out', whole);
    await species(...flags, '--epochs', '11', '--out', halves);
    const { stdout } = await species(...flags, '--epochs', '30', '--out', halves, '--resume');
    expect(stdout).toContain('Resumes after 11 epochs.');
    const model = (out: string) => readFileSync(join(out, 'model.safetensors'));
    expect(model(halves)).toEqual(model(whole));
    expect(
      (await species('--seed', '3', '--epochs', '30', '--patience', '9', '--out', halves, '--resume')).stderr,
    ).toContain('another loss, optimizer, or other options');
  });
});

describe('--folds', () => {
  test('it prints a table of the folds, and the folder has only folds.json', async () => {
    const out = join(folder, 'folds');
    const { code, stdout } = await species('--folds', '3', '--epochs', '5', '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('3 folds, stratified by class.');
    expect(stdout).toContain('No model is saved. To get a model, train without --folds.');
    expect(stdout).toMatch(/│ mean │/);
    expect(readdirSync(out)).toEqual(['folds.json']);
    const record = JSON.parse(readFileSync(join(out, 'folds.json'), 'utf8'));
    expect(Object.keys(record)).toEqual([
      'name',
      'versions',
      'experiment',
      'folds',
      'mean',
      'std',
      'notes',
      'predictions',
    ]);
    expect(record.folds).toHaveLength(3);
    expect(record.predictions).toHaveLength(344);
  });

  test('--json prints the folds, and the folder is overwritten only on request', async () => {
    const out = join(folder, 'folds');
    expect((await species('--folds', '3', '--out', out)).stderr).toContain('the folder holds a run');
    const { stdout, code } = await species('--folds', '2', '--epochs', '2', '--out', out, '--overwrite', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(['folds', 'mean', 'std', 'notes', 'files']);
    expect(document.folds[0].metrics.accuracy).toBeGreaterThan(0);
  });

  test('an experiment with rows is also divided', async () => {
    const file = join(folder, 'rows.json');
    const inputs = Array.from({ length: 9 }, (_, i) => [i]);
    writeFileSync(
      file,
      JSON.stringify({
        network: { layers: [{ dense: 1 }] },
        data: { inputs, targets: inputs },
        training: { loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.01 }, stop: { epochs: 3 } },
      }),
    );
    const { code, stdout } = await train(file, '--folds', '3', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).folds.map(({ rows }: { rows: object }) => rows)).toEqual(
      Array.from({ length: 3 }, () => ({ training: 6, validation: 0, heldOut: 3 })),
    );
  });

  test('invalid combinations are refused', async () => {
    expect((await species('--folds', 'many')).stderr).toMatchInlineSnapshot(`
      "error --folds: "many" is not a number.
        Write it as a number: --folds 10.
      "
    `);
    expect((await species('--folds', '1')).stderr).toMatchInlineSnapshot(`
      "error --folds: 344 rows cannot be divided into 1 folds.
        Give an integer from 2 to 344, such as 5.
      "
    `);
    expect((await species('--folds', '3', '--resume', '--out', 'x')).stderr).toMatchInlineSnapshot(`
      "error --resume: it cannot be combined with --folds: folds are trained from the start each time.
        Leave it out.
      "
    `);
    expect((await species('--folds', '3', '--from', 'x')).stderr).toMatchInlineSnapshot(`
      "error --from: it cannot be combined with --folds: the model was trained on all rows, so the scores of held-out folds would be misleading.
        Leave it out.
      "
    `);
    expect((await species('--folds', '3', '--find-rate')).stderr).toMatchInlineSnapshot(`
      "error --folds: it cannot be combined with --find-rate.
        Leave one of them out.
      "
    `);
  });
});

describe('--find-rate', () => {
  test('it prints a curve and a suggestion, and writes an SVG without changing other files in the folder', async () => {
    const out = join(folder, 'rate');
    mkdirSync(out);
    writeFileSync(join(out, 'model.safetensors'), 'x');
    const { code, stdout } = await species('--find-rate', '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Suggestion: --learning-rate 0\.0\d+, where the loss falls fastest\./);
    expect(stdout).toContain('┤');
    expect(readdirSync(out).sort()).toEqual(['learning-rate.svg', 'model.safetensors']);
    expect(readFileSync(join(out, 'learning-rate.svg'), 'utf8')).toMatch(/^<svg /);
  });

  test('without --out it has a separate folder, not that of a run', async () => {
    expect((await species('--epochs', '1', '--quiet')).code).toBe(0);
    expect((await species('--find-rate')).stdout).toContain(join('runs', 'penguins-2', 'learning-rate.svg'));
    rmSync(join(folder, 'runs'), { recursive: true });
  });

  test('--json has the points', async () => {
    const { stdout } = await species('--find-rate', '--json', '--out', join(folder, 'rate'));
    const { points, suggestion } = JSON.parse(stdout);
    expect(Object.keys(points[0])).toEqual(['learningRate', 'loss', 'smoothed']);
    expect(points.some(({ learningRate }: { learningRate: number }) => learningRate === suggestion)).toBe(true);
  });
});

describe('--overfit-batch', () => {
  test('it passes: exit 0, and nothing is written', async () => {
    const before = readdirSync(folder);
    const { code, stdout } = await species('--overfit-batch', '--batch-size', '16');
    expect(code).toBe(0);
    expect(stdout).toContain('Passed: the network memorizes one batch (16 rows, dropout and penalties off) after');
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(join(folder, 'runs', 'penguins-1'))).toBe(false);
  });

  test('it does not pass: exit 1, with the likely causes', async () => {
    const { code, stdout } = await species('--overfit-batch', '--learning-rate', '1e-7', '--json');
    expect(code).toBe(1);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(['passed', 'loss', 'steps', 'rows', 'contradictions', 'causes', 'notes']);
    expect(document).toMatchObject({ passed: false, steps: 2000 });
    expect(document.causes[0]).toContain('may be too low');
  });
});
