/** The command line as people and scripts use it: the built program, in a new folder for each test. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { load } from '../src/model/load.ts';
import { experiment } from '../src/net/setup.ts';
import { train } from '../src/train/train.ts';
import { type Calling, call, type Outcome, type Starting, start } from './command.ts';
import { isLong } from './runs.ts';

/** The metrics of a classification, in the displayed order. */
const scores = [
  'accuracy',
  'macroF1',
  'macroPrecision',
  'macroRecall',
  'microF1',
  'microPrecision',
  'microRecall',
  'rocAuc',
  'logLoss',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Json = Readonly<Record<string, unknown>>;

const wordsOf = (line: string) => line.split(' ').filter((word) => word !== '');

/** An empty folder, its files, and the command in it. Objects are written as JSON. */
function place(files: Readonly<Record<string, string | Uint8Array | object>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'chainrule-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const isText = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(folder, name), isText ? content : JSON.stringify(content));
  }
  const run = (line: string, calling: Calling = {}) => call(wordsOf(line), { cwd: folder, ...calling });
  const batch = async (lines: readonly string[]) => {
    const outcomes: Outcome[] = [];
    for (const line of lines) outcomes.push(await run(line));
    return outcomes;
  };
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    folder,
    run,
    batch,
    /** In a separate process. */
    start: (line: string, starting: Starting = {}) => start(wordsOf(line), { cwd: folder, ...starting }),
    read,
    bytes: (name: string) => new Uint8Array(readFileSync(join(folder, name))),
    json: (name: string) => JSON.parse(read(name)),
    has: (name: string) => existsSync(join(folder, name)),
    list: (name = '.') => readdirSync(join(folder, name)).sort(),
    write: (name: string, content: string) => writeFileSync(join(folder, name), content),
  };
}

const example = (name: string) => readFileSync(join(root, 'examples', name), 'utf8');
const penguins = example('penguins.csv');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The documented experiment file. */
const page = (training: Json = {}, more: Json = {}) => ({
  network: {
    inputs: 3,
    layers: [
      {
        dense: 2,
        activation: 'linear',
        bias: false,
        weight: [
          [0.15, 0.2],
          [0.6, 0.3],
          [0.3, 0.5],
        ],
      },
      { dense: 1, activation: 'sigmoid', bias: false, weight: [[0.8], [0.2]] },
    ],
  },
  data: {
    inputs: [
      [2, 3, 1],
      [1, 0, 2],
      [3, 1, 1],
    ],
    targets: [[0.64], [0.52], [0.36]],
  },
  training: {
    loss: 'halfMse',
    optimizer: { name: 'sgd', learningRate: 0.5 },
    batchSize: 'full',
    stop: { epochs: 1000, seconds: 10, loss: 0.0001 },
    ...training,
  },
  seed: 1,
  ...more,
});

/** An experiment over a table of a file. */
const ofTable = (data: Json, layers: readonly Json[] = [{ dense: 1 }], loss = 'mse') => ({
  network: { layers },
  data: { file: 'table.csv', target: 'y', ...data },
  training: { loss, optimizer: 'adam', stop: { epochs: 2 } },
});

const classes = [{ dense: 2, activation: 'softmax' }];

/** Makes calls that must fail, each with exit code 2 and only a message, and returns the messages. */
async function complaints(files: Parameters<typeof place>[0], calls: readonly string[]): Promise<string> {
  const { batch, folder } = place(files);
  const outcomes = await batch(calls);
  const messages = outcomes.map(({ code, stdout, stderr }, i) => {
    expect(code, calls[i]).toBe(2);
    expect(stdout, calls[i]).toBe('');
    expect(stderr).not.toMatch(/^\s+at |node:internal|\.js:\d/m);
    const message = stderr.replaceAll(`${folder}/`, '').trimEnd();
    expect(message.split('\n').length).toBeLessThanOrEqual(3);
    return message;
  });
  return messages.join('\n');
}

describe('invalid input exits with 2, and the message has what, where and the fix', () => {
  test('malformed JSON: line and column', async () => {
    const comma = '{\n  "network": {\n    "layers": [{ "dense": 1 },]\n  }\n}\n';
    const files = { 'comma.json': comma, 'cut.json': '{ "network": { "layers": [{ "dense"' };
    expect(await complaints(files, ['train comma.json', 'train cut.json'])).toMatchInlineSnapshot(`
      "error comma.json line 3, column 31: unexpected "]" found, which is not JSON.
        Correct this position: keys and strings are in double quotes, and no comma follows the last entry.
      error cut.json line 1, column 36: the text ends too early: a bracket or a quote is not closed.
        Close it, or write the whole file again."
    `);
  });

  test('an unknown key or name, with the nearest', async () => {
    const files = {
      'key.json': page({ optimiser: 'sgd' }),
      'name.json': page({}, { network: { layers: [{ dense: 1, activation: 'sigmoidd' }] } }),
    };
    expect(await complaints(files, ['train key.json', 'explain name.json'])).toMatchInlineSnapshot(`
      "error training.optimiser: unknown key "optimiser".
        Did you mean "optimizer"? Choose one of: loss, optimizer, gradient, update, batchSize, shuffle, l1, l2, classWeights, clipNorm, clipValue, ema, stop, keep, arithmetic, precision, engine, threads, checkpoint.
      error network.layers[0].activation: unknown activation "sigmoidd".
        Did you mean "sigmoid"? Choose one of: linear, sigmoid, tanh, relu, leakyRelu, elu, selu, gelu, geluTanh, silu, softplus, softsign, hardSigmoid, hardSwish, mish, celu, relu6, softmax, logSoftmax."
    `);
  });

  test('ragged rows, in the file and in a table', async () => {
    const data = {
      inputs: [
        [1, 2, 3],
        [4, 5],
      ],
      targets: [[1], [0]],
    };
    const files = { 'e.json': page({}, { data }), 'table.csv': 'x,y\n1,2\n3\n' };
    expect(await complaints(files, ['train e.json', 'train table.csv --target y'])).toMatchInlineSnapshot(`
      "error data.inputs[1]: 2 numbers, but row 0 has 3.
        Give every row the same number of columns.
      error csv "table.csv" line 3: 1 cell, but the header has 2.
        Write a cell for every column, empty if the value is missing (the delimiter is ",")."
    `);
  });

  test('a shape that does not fit', async () => {
    const layers = [{ dense: 2 }, { dense: 1, weight: [[1], [2], [3]] }];
    const files = { 'e.json': page({}, { network: { layers } }) };
    expect(await complaints(files, ['train e.json'])).toMatchInlineSnapshot(`
      "error network.layers[1].weight: 3 rows, but the layer before has 2 units.
        A weight is [inputs, units]: give 2 rows of 1 number, or leave it out to have it drawn."
    `);
  });

  test('text instead of numbers: file, line and column', async () => {
    const files = {
      'table.csv': 'x,y\n1,0.5\n2,0.25\nthree,0.75\n4,1.5\n',
      'e.json': page({}, { data: { inputs: [[1, 2, 'x']], targets: [[1]] } }),
    };
    expect(await complaints(files, ['train table.csv --target y', 'check e.json'])).toMatchInlineSnapshot(`
      "error csv "table.csv" line 4, column "x": "three" is not a number.
        Correct the cell, or pass --missing three if it marks a missing value, or encode the column as a category: --categories x.
      error data.inputs[0][2]: "x" is not a finite number.
        Replace it with a number, or leave the row out."
    `);
  });

  test('an empty file', async () => {
    const files = { 'e.json': '', 'table.csv': '', 'header.csv': 'x,y\n', 'model.safetensors': '' };
    const calls = [
      'train e.json',
      'train table.csv --target y',
      'data header.csv',
      'predict model.safetensors table.csv',
    ];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error e.json: the file is empty.
        Write a JSON object: { … }.
      error csv "table.csv": the file is empty.
        Write a first line with the column names, and a line for each row.
      error csv "header.csv": the file has a header, but no rows.
        Add at least one row below the header.
      error model.safetensors: 0 bytes are too few for a safetensors file.
        Use a file that chainrule or another safetensors writer wrote whole."
    `);
  });

  test('a missing file, with the nearest name', async () => {
    const files = { 'penguins.csv': 'x,y\n1,2\n', 'm.json': ofTable({ file: 'tabel.csv' }), 'table.csv': 'x,y\n1,2\n' };
    const calls = [
      'data pengiuns.csv',
      'train nowhere/e.json',
      'train m.json',
      'predict model.safetensors penguins.csv',
      'report runs/none-1',
      'check none.json --json',
    ];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error pengiuns.csv: the file does not exist.
        Did you mean "penguins.csv"?
      error nowhere/e.json: the file does not exist.
        There is no folder "nowhere" either.
      error tabel.csv: the file does not exist.
        Did you mean "table.csv"?
      error model.safetensors: the file does not exist.
        Check the path.
      error runs/none-1/run.json: the file does not exist.
        There is no folder "runs/none-1" either.
      error none.json: the file does not exist.
        Check the path."
    `);
  });

  test('a path that is not a file, a file that is not UTF-8, a web page, and rows without names', async () => {
    const files = {
      'folder/e.json': '{}',
      'latin.csv': Uint8Array.from([0x78, 0x2c, 0x79, 0x0a, 0xe9, 0x2c, 0x31, 0x0a]),
      'page.json': '<!DOCTYPE html>\n<html></html>\n',
      'values.json': '[[1, "a"], [2, "b"]]',
    };
    const calls = ['train folder', 'data latin.csv', 'train page.json', 'train values.json --target a'];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error folder: cannot read it: it is a folder.
        Name a readable file.
      error latin.csv: the text is not UTF-8: it seems to be Windows-1252 (Latin-1), in which it contains "é".
        Save it as "CSV UTF-8", or convert it: iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv.
      error page.json: it is a web page (HTML), not a file of data.
        Open it in a browser, and download the file itself; GitHub links to it under "Raw".
      error values.json: the rows are lists without the names of their columns, as pandas writes with to_json(orient="values").
        With pandas, write to_json(..., orient="records"). Or write rows as objects: [{ "column": value }, …]."
    `);
  });

  test('a target column that does not exist, or is missing', async () => {
    const files = { 'table.csv': 'amount,kind\n1,a\n2,b\n', 'e.json': ofTable({ target: 'amuont' }) };
    const calls = ['train table.csv --target amuont', 'train table.csv', 'train e.json'];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error --target: table.csv has no column "amuont".
        Did you mean "amount"? Choose one of: amount, kind.
      error --target: the column to predict is missing.
        Name one of: amount, kind. "chainrule data table.csv" describes them.
      error data.target: csv "table.csv" has no column "amuont".
        Did you mean "amount"? Choose one of: amount, kind."
    `);
  });

  test('one class only', async () => {
    const files = { 'table.csv': 'x,y\n1,a\n2,a\n3,a\n', 'e.json': ofTable({}, classes, 'crossEntropy') };
    const calls = ['train table.csv --target y', 'train e.json'];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error csv "table.csv", column "y": every row has the class "a", and a classification needs at least two classes.
        Add rows of another class, or choose another target.
      error csv "table.csv", column "y": every row has the class "a", and a classification needs at least two classes.
        Add rows of another class, or choose another target."
    `);
  });

  test('NaN in the data', async () => {
    const files = {
      'table.csv': 'x,y\n1,0.5\nNaN,0.25\n3,0.75\n',
      'e.json': page({}, { data: { inputs: [[1, 2, null]], targets: [[1]] } }),
    };
    const calls = ['train table.csv --target y', 'train e.json'];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error csv "table.csv" line 3, column "x": "NaN" is not a finite number.
        Correct the cell, or pass --missing NaN if it marks a missing value.
      error data.inputs[0][2]: null is not a finite number.
        Replace it with a number, or leave the row out."
    `);
  });

  test("targets outside a loss's range", async () => {
    const data = {
      inputs: [
        [2, 3, 1],
        [1, 0, 2],
      ],
      targets: [[0.5], [1.5]],
    };
    const files = { 'e.json': page({ loss: 'binaryCrossEntropy' }, { data }) };
    expect(await complaints(files, ['train e.json'])).toMatchInlineSnapshot(`
      "error data.targets[1][0]: the loss takes targets from 0 to 1, not 1.5.
        Scale the targets into that range, or choose a loss without a range, such as mse."
    `);
  });

  test('a learning rate that is not positive, in the file and as a flag', async () => {
    const files = { 'e.json': page({ optimizer: { name: 'sgd', learningRate: 0 } }), 'good.json': page() };
    const calls = ['train e.json', 'train good.json --learning-rate -0.1', 'train good.json --learning-rate much'];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error training.optimizer.learningRate: 0 is not above 0.
        Give a number above 0.
      error --learning-rate: -0.1 is not above 0.
        Give a number above 0.
      error --learning-rate: "much" is not a number.
        Write it as a number: --learning-rate 10."
    `);
  });

  test('no stop condition', async () => {
    const files = { 'e.json': page({ stop: { loss: 0.1 } }), 'none.json': page({ stop: undefined }) };
    const text = await complaints(files, ['train e.json', 'train none.json']);
    expect(text).toMatchInlineSnapshot(`
      "error training.stop: neither epochs nor seconds is given, so training might never end.
        Add "epochs": 1000 or "seconds": 10.
      error training.stop: it is missing.
        Add it: when training ends, such as { "epochs": 1000 }."
    `);
  });

  test('a newer version, and an engine that does not exist', async () => {
    const files = { 'new.json': page({}, { version: 2 }), 'good.json': page() };
    const calls = ['train new.json', 'train good.json --engine torch', 'train good.json --engine blas'];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error new.json: version: 2 is newer than 1, the newest version that this chainrule reads.
        Use a newer chainrule.
      error --engine: unknown engine "torch".
        Choose one of: auto, reference, wasm, blas.
      error --engine: "blas" rounds as its library does, which strict arithmetic forbids.
        Add --arithmetic fast, or leave the engine out."
    `);
  });

  test('an unknown flag, command or number of arguments', async () => {
    const files = { 'e.json': page() };
    const calls = [
      'train e.json --epoch 5',
      'trian e.json',
      'train',
      'explain e.json --format pdf',
      'train e.json --epochs',
    ];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error unknown option '--epoch'
      (Did you mean --epochs?)
        Run with --help to list the commands and options.
      error unknown command 'trian'
      (Did you mean train?)
        Run with --help to list the commands and options.
      error missing required argument 'file'
        Run with --help to list the commands and options.
      error option '--format <format>' argument 'pdf' is invalid. Allowed choices are text, html, latex, json.
        Run with --help to list the commands and options.
      error option '--epochs <number>' argument missing
        Run with --help to list the commands and options."
    `);
  });

  test('a file that is not a model, and data that do not fit the model', async () => {
    const setup = experiment(page({ stop: { epochs: 1 } }));
    const { model } = await train(setup);
    const files = {
      'm.safetensors': model.save(),
      'cut.safetensors': model.save().subarray(0, 300),
      'rows.json': '[[1, 2]]',
      'table.csv': 'a,b,c\n1,2,3\n4,five,6\n',
      'unlabelled.json': '{ "inputs": [[1, 2, 3]] }',
    };
    const calls = [
      'predict table.csv table.csv',
      'predict cut.safetensors table.csv',
      'predict m.safetensors rows.json',
      'predict m.safetensors table.csv',
      'evaluate m.safetensors table.csv',
      'evaluate m.safetensors unlabelled.json',
      'export m.safetensors model.onx',
      'export m.safetensors model.pt',
      'export m.safetensors model.pt --format pytorch',
      'export m.safetensors model.keras',
      'export m.safetensors nowhere/model.ts',
    ];
    const text = await complaints(files, calls);
    expect(text).toMatchInlineSnapshot(`
      "error table.csv: it is not a model that chainrule can read.
        Pass a run's folder, a model.safetensors or an ONNX file. The model comes first, then the data.
      error cut.safetensors: the header claims to be 568 bytes long, but the file has 300.
        Use a file that chainrule or another safetensors writer wrote whole.
      error rows.json: rows: rows of 2 numbers, but the network has 3 inputs.
        Give rows of 3 numbers, in the order of training.
      error csv "table.csv" line 3, column "b": "five" is not a number.
        Correct the cell, or pass --missing five if it marks a missing value.
      error model: the model was trained on rows of numbers, not on a table.
        Give rows of 3 numbers, in the order of training.
      error unlabelled.json: the JSON has no "inputs" and "targets".
        Write { "inputs": [[1, 2]], "targets": [[3]] }.
      error model.onx: "onx" is not a format.
        Did you mean "onnx"? Choose one of: onnx, ts, json, safetensors, npz, npy, pytorch. Use one of these extensions, or pass --format.
      error model.pt: chainrule does not write .pt files.
        Choose one of: onnx, ts, json, safetensors, npz, npy, pytorch. For PyTorch, write model.py --format pytorch.
      error model.pt: the format pytorch writes Python code, not a .pt file.
        Name the file .py: model.py. The weights are written next to it.
      error model.keras: chainrule does not write .keras files.
        Choose one of: onnx, ts, json, safetensors, npz, npy, pytorch. Many programs read ONNX.
      error nowhere/model.ts: cannot write it: the folder does not exist.
        Choose another path."
    `);
  });

  test('a separate process gives the same errors; with --debug it shows the stack', async () => {
    const { start } = place({ 'e.json': '{', 'unknown.json': page({ optimiser: 'sgd' }) });
    const [plain, { code, stderr }] = await Promise.all([start('train unknown.json'), start('train e.json --debug')]);
    expect([plain.code, plain.stdout]).toEqual([2, '']);
    expect(plain.stderr.trimEnd()).toBe(await complaints({ 'e.json': page({ optimiser: 'sgd' }) }, ['train e.json']));
    expect(code).toBe(2);
    expect(stderr).toMatch(/InputError: e\.json line 1[\s\S]*\n\s+at /);
  });
});

describe("the run's folder", () => {
  test('that cannot be created is an error before training, and nothing is written', async () => {
    const { run, list } = place({ 'e.json': page({ stop: { seconds: 60 } }), file: 'in the way' });
    const messages: string[] = [];
    for (const out of ['file/run', 'file']) {
      // the test's time limit is shorter than the minute of training
      const { code, stdout, stderr } = await run(`train e.json --out ${out}`);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      messages.push(stderr);
    }
    expect(messages.join('')).toMatchInlineSnapshot(`
      "error file/run: cannot create the folder: a part of the path is a file, not a folder.
        Name another folder with --out.
      error file: cannot create the folder: a file of that name is in the way.
        Name another folder with --out.
      "
    `);
    expect(list()).toEqual(['e.json', 'file']);
  });

  test('is runs/<name>-<n> without --out, with the first free number', async () => {
    const { batch, list } = place({ 'try.json': page({ stop: { epochs: 1 } }), 'runs/try-2/note.txt': 'mine' });
    await batch(['train try.json --quiet', 'train try.json --quiet']);
    expect(list('runs')).toEqual(['try-1', 'try-2', 'try-3']);
    expect(list('runs/try-2')).toEqual(['note.txt']);
    expect(list('runs/try-3')).toEqual(['checkpoint', 'history.csv', 'model.safetensors', 'report.html', 'run.json']);
  });

  test('is, with --resume and without --out, the newest resumable run of its name', async () => {
    const { batch, list } = place({ 'try.json': page({ stop: { epochs: 1 } }), 'runs/try-9/note.txt': 'mine' });
    const [, , resumed] = await batch([
      'train try.json --quiet',
      'train try.json --quiet --epochs 4',
      'train try.json --epochs 6 --resume',
    ]);
    expect(resumed.stdout.replaceAll('\\', '/')).toContain('Resumes after 4 epochs. The run is runs/try-2.');
    expect(list('runs')).toEqual(['try-1', 'try-2', 'try-9']);
  });

  test('that contains a run is refused, unless --overwrite or --resume is passed', async () => {
    const { batch, json, bytes } = place({ 'e.json': page({ stop: { epochs: 1 } }) });
    const [first, refused] = await batch(['train e.json --out run', 'train e.json --out run --epochs 7']);
    expect([first.code, refused.code, refused.stdout]).toEqual([0, 2, '']);
    expect(refused.stderr).toMatchInlineSnapshot(`
      "error run: the folder holds a run.
        Add --overwrite to replace it, --resume to continue it, or name another folder with --out.
      "
    `);
    expect(json('run/run.json').stop).toMatchObject({ reason: 'epochs', epoch: 1 });
    const before = bytes('run/model.safetensors');
    const [replaced] = await batch(['train e.json --out run --epochs 7 --overwrite']);
    expect(replaced.code).toBe(0);
    expect(json('run/run.json').stop).toMatchObject({ reason: 'epochs', epoch: 7 });
    expect(bytes('run/model.safetensors')).not.toEqual(before);
    const [resumed, both] = await batch([
      'train e.json --out run --resume',
      'train e.json --out run --resume --overwrite',
    ]);
    expect([resumed.code, both.code]).toEqual([0, 2]);
    expect(resumed.stdout).toContain('Resumes after 7 epochs.');
  });

  test('of a run that never began is removed again', async () => {
    const { batch, list } = place({ 'e.json': page() });
    const outcomes = await batch(['train e.json --out new --engine torch', 'train e.json --engine torch']);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2]);
    expect(list().filter((name) => name !== 'runs')).toEqual(['e.json']);
  });

  test('contains model, history, record and report; the record reproduces the run', async () => {
    const { batch, read, json, bytes, write } = place({ 'e.json': page({ stop: { epochs: 5 } }) });
    await batch(['train e.json --out run --momentum 0.5']);
    expect(read('run/history.csv').split('\n').length).toBe(1 + 5 + 1);
    expect(read('run/report.html')).toMatch(/^<!doctype html>/i);
    const record = json('run/run.json');
    expect(record.versions).toEqual({ chainrule: version, node: process.versions.node });
    expect(record.stop).toMatchObject({ reason: 'epochs', epoch: 5 });
    expect(record.experiment.training.optimizer).toMatchObject({ name: 'sgd', learningRate: 0.5, momentum: 0.5 });
    write('again.json', JSON.stringify(record.experiment));
    await batch(['train again.json --out again']);
    expect(bytes('again/model.safetensors')).toEqual(bytes('run/model.safetensors'));
  });
});

describe('train', () => {
  test("the documented example stops at epoch 132 with the reason loss; the model's bytes are the library's", async () => {
    const { run, bytes } = place({ 'e.json': page() });
    const { code, stdout } = await run('train e.json --json --out run');
    expect(code).toBe(0);
    const { stop, loss, engine, files, validation, test: held } = JSON.parse(stdout);
    expect(stop).toMatchObject({ reason: 'loss', epoch: 132 });
    expect(loss.first).toBe(0.04885599223002374);
    expect(loss.final.toFixed(8)).toBe('0.00009667');
    expect(engine).toMatchObject({ precision: 'float64', threads: 1, arithmetic: 'strict' });
    expect([validation, held]).toEqual([{}, {}]);
    expect(files).toEqual({
      model: 'run/model.safetensors',
      history: 'run/history.csv',
      report: 'run/report.html',
    });
    const { model } = await train(experiment(page()));
    expect(bytes('run/model.safetensors')).toEqual(model.save());
  });

  test('without --json, the output is for people', async () => {
    const { run } = place({ 'e.json': page() });
    const { code, stdout, stderr } = await run('train e.json --out run');
    expect([code, stderr]).toEqual([0, '']);
    const seconds = /\d[\d.e-]* s\b/g;
    expect(stdout.replace(seconds, '… s')).toMatchInlineSnapshot(`
      "epoch 132/1000  loss 9.957·10⁻⁵  … s of … s

      Stopped after 132 epochs (… s): the loss reached its threshold.
      Loss on the training rows: 0.048856 before training, 9.6669·10⁻⁵ after.

      model    run/model.safetensors
      history  run/history.csv
      report   run/report.html
      "
    `);
  });

  test('compares the network with a constant and a linear model, except under --no-baselines', async () => {
    const { batch, json, read } = place({ 'penguins.csv': penguins });
    const table = 'train penguins.csv --target species --test 0.2 --epochs 1';
    const [text, asJson, without] = await batch([
      `${table} --out a`,
      `${table} --out b --json`,
      `${table} --out c --json --no-baselines`,
    ]);
    expect(text.stdout.split('\n').slice(-8, -5).join('\n')).toMatchInlineSnapshot(`
      "The network is worse than the linear model: accuracy 0 against 0.986 on the 69 test rows (95 %
      interval of the difference −0.997 to −0.903). The linear model is simpler: prefer it. These flags
      train it: --hidden '' --optimizer lbfgs --l2 0.0000485"
    `);
    const { baselines } = JSON.parse(asJson.stdout);
    expect(baselines).toEqual(json('b/run.json').baselines);
    expect(baselines.verdict).toMatchObject({ part: 'test', rows: 69, baseline: 'linear', outcome: 'worse' });
    expect(baselines.linear.test.accuracy).toBe(baselines.verdict.score);
    expect(read('b/report.html')).toContain(baselines.verdict.text.replaceAll('"', '&quot;'));
    expect(JSON.parse(without.stdout).baselines).toBeUndefined();
    expect(json('c/run.json').command).toBe(`chainrule ${table} --no-baselines`);
  });

  test('accepts a worked example, and warns that averaged factors are not the gradient', async () => {
    const { batch } = place({ 'w.json': example('textbook-3-2-1.json') });
    const [{ code, stdout }] = await batch(['train w.json --out run --epochs 1']);
    expect(code).toBe(0);
    expect(stdout).toContain('Trained with averagedFactors, which is not the gradient of the loss.');
    // the printed value
    expect(stdout).toContain('Loss on the training rows: 0.048856 before training, 0.0398886 after.');
  });

  test('a divergence exits with 1, and prints its JSON and its likely cause', async () => {
    const files = { 'e.json': page({ loss: 'mse', stop: { epochs: 2000 } }, { network: { layers: [{ dense: 1 }] } }) };
    const { run } = place(files);
    const [json, text] = await Promise.all([
      run('train e.json --json --out a --learning-rate 9'),
      run('train e.json --out b --learning-rate 9'),
    ]);
    expect([json.code, text.code]).toEqual([1, 1]);
    const { stop, loss, kept } = JSON.parse(json.stdout);
    expect(stop.reason).toBe('diverged');
    expect(stop.cause).toMatch(/^The learning rate 9 is likely too high: .* Try a rate of 0\.09\.$/);
    expect(loss.final).toBeLessThanOrEqual(loss.first);
    expect(kept.why).toBe('diverged');
    expect(text.stdout).toContain('the loss was no longer finite');
    expect(text.stdout).toContain('Try a rate of 0.09');
  });

  test('with --json prints a single document on standard output; infinite values are null', async () => {
    const data = { inputs: [[2, 3, 1]], targets: [[0.64]] };
    const { run, batch } = place({ 'e.json': page({ stop: { epochs: 3 } }, { data }) });
    const { stdout, stderr } = await run('train e.json --json --out run');
    // R² of one row is not a number
    expect(JSON.parse(stdout).metrics.r2).toBeNull();
    expect(stdout).not.toMatch(/NaN|Infinity/);
    expect(stderr).toContain('epoch 3/3');
    const [quiet] = await batch(['train e.json --json --quiet --out other']);
    expect(quiet.stderr).toBe('');
    expect(JSON.parse(quiet.stdout).stop.reason).toBe('epochs');
  });

  test('is silent with --quiet, and still writes its files', async () => {
    const { batch, list } = place({ 'e.json': page() });
    const [good, bad] = await batch(['train e.json --quiet --out run', 'train e.json --quiet --out run']);
    expect(good).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(list('run')).toHaveLength(5);
    expect([bad.code, bad.stdout]).toEqual([2, '']);
    expect(bad.stderr).toContain('the folder holds a run');
  });

  // test/resume.test.ts interrupts another training in the short suite
  test.runIf(isLong)('Ctrl-C exits with 130 and saves the run so far', async () => {
    const { start, has, bytes, json } = place({ 'e.json': page({ stop: { seconds: 60 } }) });
    const { code, stdout } = await start('train e.json --json --out run', {
      async meanwhile(child) {
        // the folder is created just before training begins
        while (!has('run') && child.exitCode === null) await sleep(20);
        await sleep(400);
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    const { stop, loss } = JSON.parse(stdout);
    expect(stop.reason).toBe('aborted');
    expect(stop.epoch).toBeGreaterThan(0);
    expect(loss.final).toBeLessThan(loss.first);
    expect(json('run/run.json').stop.reason).toBe('aborted');
    const { inputs, targets } = page().data;
    expect(load(bytes('run/model.safetensors')).evaluate({ inputs, targets }).loss).toBe(loss.final);
  });

  test('starts from the weights of another model with --from', async () => {
    const { batch } = place({
      'e.json': page(),
      'other.json': page({}, { network: { layers: [{ dense: 1, activation: 'sigmoid' }] } }),
    });
    const [first, second, refused] = await batch([
      'train e.json --json --out a --epochs 3',
      'train e.json --json --out b --from a --epochs 3',
      'train other.json --out c --from a/model.safetensors',
    ]);
    expect(JSON.parse(second.stdout).loss.first).toBe(JSON.parse(first.stdout).loss.final);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatchInlineSnapshot(`
      "error --from a/model.safetensors: layers.0.weight of the model is [3,2], but the network needs [3,1].
        Start from a model of the same layers and inputs.
      "
    `);
  });
});

describe('flags', () => {
  /** The resolved experiment of runs with these flags. */
  async function resolved(
    training: Json,
    ...flags: readonly string[]
  ): Promise<{ readonly training: Json; readonly seed: number }[]> {
    const { batch, json } = place({ 'e.json': page(training) });
    const outcomes = await batch(flags.map((each, i) => `train e.json --quiet --out run${i} ${each}`));
    for (const { code, stderr } of outcomes) expect(code, stderr).toBe(0);
    return flags.map((_, i) => json(`run${i}/run.json`).experiment);
  }

  test('replace only their key in the file; stop conditions are merged', async () => {
    const [some, stops, loss] = await resolved(
      {},
      '--l2 0.25 --batch-size 2 --no-shuffle --seed 9 --clip-norm 3 --epochs 2',
      '--epochs 4 --stop-loss 0.001 --patience 3',
      '--loss huber --delta 0.5 --epochs 1',
    );
    expect(some.training).toMatchObject({ l2: 0.25, batchSize: 2, shuffle: false, clipNorm: 3 });
    expect(some.training.loss).toEqual({ name: 'halfMse' });
    expect(some.training.optimizer).toMatchObject({ name: 'sgd', learningRate: 0.5 });
    expect([some.seed, stops.seed]).toEqual([9, 1]);
    expect(stops.training.stop).toEqual({ epochs: 4, seconds: 10, loss: 0.001, patience: 3 });
    expect(loss.training.loss).toEqual({ name: 'huber', delta: 0.5 });
  });

  test('for another optimizer remove the options of the old one, except the rate', async () => {
    const sgd = {
      optimizer: { name: 'sgd', learningRate: 0.125, momentum: 0.9, weightDecay: 0.5 },
      stop: { epochs: 1 },
    };
    const [other, own, same] = await resolved(
      sgd,
      '--optimizer adam --beta1 0.75',
      '--momentum 0.5',
      '--optimizer sgd --learning-rate 0.25',
    );
    expect(other.training.optimizer).toMatchObject({ name: 'adam', learningRate: 0.125, beta1: 0.75, weightDecay: 0 });
    expect(other.training.optimizer).not.toHaveProperty('momentum');
    expect(own.training.optimizer).toMatchObject({ learningRate: 0.125, momentum: 0.5, weightDecay: 0.5 });
    expect(same.training.optimizer).toMatchObject({ learningRate: 0.25, momentum: 0.9, weightDecay: 0.5 });
  });

  test('that do not fit the file are errors of the flag', async () => {
    const files = { 'e.json': page() };
    const calls = [
      '--hidden 8,4',
      '--activation relu',
      '--loss 0.1',
      '--optimizer adm',
      '--momentum 0.9 --optimizer adam',
      '--epochs 1.5',
      '--batch-size none',
      '--validation 0.2',
      '--precision float16',
      '--gradient averaged',
      '--seed -1',
    ];
    const text = await complaints(
      files,
      calls.map((flags) => `train e.json ${flags}`),
    );
    expect(text).toMatchInlineSnapshot(`
      "error --hidden: the file already defines the layers.
        Change network.layers in the file, or leave the flag out.
      error --activation: the file already defines the layers.
        Change network.layers in the file, or leave the flag out.
      error --loss: "0.1" is a number, and --loss names the loss to minimize.
        To stop at that loss, write --stop-loss 0.1.
      error --optimizer: unknown optimizer "adm".
        Did you mean "adam"? Choose one of: sgd, adam, adamW, rmsprop, adagrad, adadelta, adamax, nadam, radam, rprop, lion, lbfgs.
      error --momentum: unknown key "momentum".
        Choose one of: name, learningRate, beta1, beta2, epsilon, amsgrad, epsilonPlacement, weightDecay.
      error --epochs: 1.5 is not an integer.
        Write an integer here.
      error --batch-size: "none" is not a number.
        Write it as a number: --batch-size 10.
      error --validation: the rows are in the experiment file itself.
        Leave the flag out; it applies to tables.
      error --precision: unknown precision "float16".
        Did you mean "float64"? Choose one of: float64, float32.
      error --gradient: unknown gradient "averaged".
        Did you mean "averagedFactors"? Choose one of: exact, averagedFactors.
      error --seed: -1 is not at least 0.
        Give a number at least 0."
    `);
  });

  test('are shown by --help with their defaults and an example, and it exits with 0', async () => {
    const { batch } = place();
    const [all, one, short] = await batch(['--help', 'train --help', '--version']);
    expect([all.code, one.code, short.code]).toEqual([0, 0, 0]);
    for (const name of [
      'demo',
      'train',
      'predict',
      'evaluate',
      'summary',
      'data',
      'explain',
      'check',
      'audit',
      'report',
      'compare',
    ]) {
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    expect(one.stdout).toMatch(/--momentum <number>[\s\S]*default\s+0 \(sgd,\s+rmsprop\)/);
    // one line for each flag that is longer than the column, and no line that a terminal would break
    expect(Math.max(...one.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    // optional options are not called required
    expect(one.stdout.replaceAll(/\s+/g, ' ')).toContain('default the whole training (cosine, oneCycle, linear)');
    expect(one.stdout).toMatch(/^ {2}--watch <name> +the validation metric[\s\S]*rocAuc/m);
    expect(one.stdout).toMatch(/^ {2}--engine <auto.*blas>\n {34}the engine that computes; default auto$/m);
    expect(one.stdout).toContain('chainrule train experiment.json --epochs 500 --out runs/try');
    expect(short.stdout.trim()).toBe(version);
  });
});

describe('a table', () => {
  test('is trained with only --target: reported defaults, a run, predictions, metrics', async () => {
    const { run, batch, read, json, has } = place({ 'penguins.csv': penguins });
    const trained = await run('train penguins.csv --target species --epochs 25 --learning-rate 0.01 --json --out run');
    expect(trained.code).toBe(0);
    const { validation, metrics } = JSON.parse(trained.stdout);
    expect(Object.keys(validation)).toEqual(['loss', ...scores]);
    expect(metrics.accuracy).toBeGreaterThan(0.95);
    expect(trained.stderr.replaceAll(/^epoch .*\n/gm, '')).toMatchInlineSnapshot(`
      ""species" is text, so the task is classification (3 classes): Adelie 152, Chinstrap 68, Gentoo 124.
      275 rows for training, 69 for validation, stratified by class.
      Numeric columns are standardized: (x - mean)/std, with the mean and std of the training split.
      "bill_length_mm": 2 missing values ("NA") filled with 44.5, the median of the training split.
      "bill_depth_mm": 2 missing values ("NA") filled with 17.5, the median of the training split.
      "flipper_length_mm": 2 missing values ("NA") filled with 197, the median of the training split.
      "body_mass_g": 2 missing values ("NA") filled with 4100, the median of the training split.
      "sex": 11 missing values ("NA") filled with "male", the most frequent value of the training split.
      If "NA" is a value here, pass --not-missing sex=NA (notMissing in a program or file).
      Network: dense(32, relu), dense(3, softmax). Loss: crossEntropy.
      Training: adam with learning rate 0.01, batches of 32; at most 25 epochs, patience 20. Validation
      split 0.2. Flags change these settings (see --help).
      "
    `);

    const [written, [csv, asJson, evaluated, text]] = await Promise.all([
      run('predict run - --out p.json', { input: penguins.replace(/^species,/, 'kind,') }),
      batch([
        'predict run penguins.csv',
        'predict run/model.safetensors penguins.csv --json',
        'evaluate run penguins.csv --json',
        'evaluate run penguins.csv',
      ]),
    ]);
    expect([csv.code, asJson.code, written.code, evaluated.code, text.code]).toEqual([0, 0, 0, 0, 0]);
    const lines = csv.stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('prediction,p(Adelie),p(Chinstrap),p(Gentoo)');
    expect(lines).toHaveLength(345);
    const { predictions, probabilities } = JSON.parse(asJson.stdout);
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(predictions);
    expect(Object.keys(probabilities[0])).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
    expect(csv.stderr).toContain('warning "sex": 11 missing values filled with "male".');
    expect(written.stdout).toBe('344 predictions written to p.json.\n');
    expect(json('p.json')).toEqual(JSON.parse(asJson.stdout));
    const found = JSON.parse(evaluated.stdout);
    expect(found.rows).toBe(344);
    expect(found.metrics.accuracy).toBeGreaterThan(0.95);
    expect(found.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(344);
    expect(text.stdout).toContain('is Chinstrap');
    expect(has('runs')).toBe(false);
    expect(read('run/run.json')).not.toContain(tmpdir());
  });

  test('is changed by flags: hidden layers, split, scale, features, task', async () => {
    const { batch, json } = place({ 'penguins.csv': penguins });
    const flags =
      '--hidden 6,4 --activation tanh --epochs 1 --validation 0.1 --test 0.2 --scale minMax --features bill_length_mm,sex --optimizer sgd';
    const [{ code, stderr }] = await batch([`train penguins.csv --target body_mass_g ${flags} --out run --quiet`]);
    expect(code, stderr).toBe(0);
    const { experiment: resolved, rows, data } = json('run/run.json');
    expect(resolved.network.layers).toEqual([
      { dense: 6, activation: 'tanh' },
      { dense: 4, activation: 'tanh' },
      { dense: 1, activation: 'linear' },
    ]);
    expect(resolved.training.loss).toEqual({ name: 'mse' });
    expect(resolved.training.optimizer).toMatchObject({ name: 'sgd', learningRate: 0.001 });
    expect(rows).toEqual({ training: 240, validation: 34, test: 68 });
    expect(data).toMatchObject({ task: 'regression', inputs: ['bill_length_mm', 'sex=female', 'sex=male'] });
  });

  test('several targets, weights of rows and classes, embedded columns', async () => {
    const weighted = penguins
      .trimEnd()
      .split('\n')
      .map((line, r) => `${line},${r === 0 ? 'count' : r % 5}`)
      .join('\n');
    const { batch, run, json } = place({ 'penguins.csv': weighted });
    const common = '--epochs 2 --no-baselines --quiet --out';
    const outcomes = await batch([
      `train penguins.csv --target body_mass_g,bill_depth_mm --weights count --embed island,sex ${common} two`,
      `train penguins.csv --target species --class-weights Chinstrap=3,Gentoo=0.5 ${common} classes`,
      `train penguins.csv --target species --class-weights balanced ${common} balanced`,
      'evaluate two penguins.csv --json',
      'evaluate two penguins.csv --weights count --json',
      `train penguins.csv --target species --class-weights Chinstrap ${common} none`,
      `train penguins.csv --target body_mass_g,species ${common} none`,
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 2, 2]);
    const { experiment: two, notes } = json('two/run.json');
    expect(two.data.target).toEqual(['body_mass_g', 'bill_depth_mm']);
    expect(two.network.layers[0]).toEqual({ embedding: 'auto' });
    expect(notes).toContain('The loss weighs each row by "count".');
    expect(json('classes/run.json').notes).toContain('Class weights: Adelie 1, Chinstrap 3, Gentoo 0.5.');
    expect((await run('predict two penguins.csv')).stdout.split('\n')[0]).toBe('body_mass_g,bill_depth_mm');
    const [plain, counted] = outcomes.slice(3, 5).map(({ stdout }) => JSON.parse(stdout));
    expect(counted.loss).not.toBe(plain.loss);
    expect(counted.metrics).toEqual(plain.metrics);
    expect(
      outcomes
        .slice(5)
        .map(({ stderr }) => stderr)
        .join(''),
    ).toMatchInlineSnapshot(`
      "error --class-weights: "Chinstrap" is not a class with a weight.
        Write --class-weights balanced, or --class-weights yes=3,no=1.
      error --target: "species" is not numeric, and several targets must all be numeric.
        List numeric columns, or this column alone.
      "
    `);
  });

  test('unscaled numbers and unreachable targets cause warnings before training', async () => {
    const csv = `a,b,y\n${Array.from({ length: 12 }, (_, r) => `${r / 100},${r * 1000},${r / 3}\n`).join('')}`;
    const { batch } = place({
      'table.csv': csv,
      'e.json': ofTable({ scale: 'none' }, [{ dense: 1, activation: 'sigmoid' }]),
    });
    const [{ stdout }] = await batch(['train e.json --out run']);
    expect(stdout).toContain('warning The ranges of the inputs differ widely: "b" ranges from 0 to 11000');
    expect(stdout.replaceAll('\n', ' ')).toContain('Set "scale": "standard".');
    expect(stdout).toContain(
      'warning 8 of 12 targets cannot be reached, such as 1.333: the output of sigmoid is never',
    );
  });

  test('is described by `data`, as text and as JSON, from a file and from standard input', async () => {
    const { run, batch } = place({ 'penguins.csv': penguins });
    const [piped, [text, json]] = await Promise.all([
      run('data - --json', { input: penguins }),
      batch(['data penguins.csv', 'data penguins.csv --json']),
    ]);
    expect([text.code, json.code, piped.code]).toEqual([0, 0, 0]);
    expect(text.stdout).toContain('penguins.csv: 344 rows, 7 columns');
    expect(text.stdout).toMatch(/sex +│ text +│ +11 /);
    const described = JSON.parse(json.stdout);
    expect(described.columns.map(({ name }: { name: string }) => name)).toHaveLength(7);
    expect(JSON.parse(piped.stdout).columns).toEqual(described.columns);
  });
});

describe('explain and check', () => {
  test('explain writes text, HTML, LaTeX and JSON, by --format or by the ending of --out', async () => {
    const { batch, read, json } = place({ 'e.json': page() });
    const [text, html, latex, lines, step] = await batch([
      'explain e.json',
      'explain e.json --out step.html',
      'explain e.json --format latex',
      'explain e.json --format json --sample 0',
      'explain e.json --step 2 --out two.json',
    ]);
    for (const { code, stderr } of [text, html, latex, lines, step]) expect([code, stderr]).toEqual([0, '']);
    expect(text.stdout).toContain('= 0.0118999 + 0.00530831 + 0.0316478 = 0.048856');
    expect(html.stdout).toBe('Written to step.html.\n');
    expect(read('step.html')).toMatch(/^<!doctype html>[\s\S]*<math/i);
    expect(latex.stdout).toMatch(/\\begin\{document\}[\s\S]*\\end\{document\}/);
    const first = JSON.parse(lines.stdout);
    expect(first.find(({ quantity }: { quantity: string }) => quantity === 'layers.0.sum[0][0]')).toMatchObject({
      phase: 'forward',
      value: 2.4,
    });
    // the textbook's E after one step of the true gradient
    expect(json('two.json').find(({ quantity }: { quantity: string }) => quantity === 'loss').value).toBeCloseTo(
      0.040227,
      6,
    );
  });

  test('explain names the flag of a step, a sample or a layer that does not exist', async () => {
    const files = { 'e.json': page() };
    const calls = ['--step 0', '--sample 3', '--layer 2', '--step 1.5', '--format html --json'];
    const text = await complaints(
      files,
      calls.map((flags) => `explain e.json ${flags}`),
    );
    expect(text).toMatchInlineSnapshot(`
      "error --step: 0 is not the number of an update.
        Give an integer; the first update is 1.
      error --sample: there is no sample 3.
        Give a row of the data, from 0 to 2.
      error --layer: there is no layer 2.
        Give a number from 0 to 1.
      error --step: 1.5 is not an integer.
        Write --step 1.
      error --format: --json and --format html cannot be combined.
        Leave one of them out."
    `);
  });

  test('check exits with 0 if gradients agree, and with 1 if they do not, as under averagedFactors', async () => {
    const { run, batch } = place({ 'e.json': page() });
    const [averaged, [right, text]] = await Promise.all([
      run('check e.json --gradient averagedFactors --json'),
      batch(['check e.json --json', 'check e.json --gradient averagedFactors']),
    ]);
    expect([right.code, averaged.code, text.code]).toEqual([0, 1, 1]);
    const { worst, rows } = JSON.parse(right.stdout);
    expect(worst).toBeLessThan(1e-9);
    expect(rows).toHaveLength(8);
    expect(Object.keys(rows[0])).toEqual(['quantity', 'gradient', 'centralDifference', 'error', 'kink']);
    expect(JSON.parse(averaged.stdout).agrees).toBe(false);
    expect(text.stdout).toContain('averagedFactors does not compute the gradient of the loss, so the two differ.');
  });
});

// no inline snapshots here, because these tests may run at the same time
describe.concurrent('finished runs', () => {
  test("report rebuilds a run's page, and compare shows runs side by side", async () => {
    const { batch, read } = place({ 'e.json': page({ stop: { epochs: 20 } }) });
    await batch(['train e.json --out a', 'train e.json --out b --optimizer adam --epochs 30']);
    const before = read('a/report.html');
    const [report, text, json, side] = await batch([
      'report a --out again.html',
      'compare a b',
      'compare a b --json',
      'compare a b --out side.html',
    ]);
    expect([report.code, text.code, json.code, side.code]).toEqual([0, 0, 0, 0]);
    expect(side.stdout).toContain('Written to side.html.');
    expect(read('side.html')).toContain('aria-label="Training loss: a, b"');
    expect(read('again.html')).toBe(before);
    const settings = text.stdout.split('\n').filter((line) => /training\./.test(line));
    expect(settings.join('\n')).toMatch(/training\.optimizer\.name +│ +sgd │ +adam/);
    expect(settings.join('\n')).toMatch(/training\.stop\.epochs +│ +20 │ +30/);
    expect(text.stdout).not.toContain('network.inputs');
    const { runs } = JSON.parse(json.stdout);
    expect(runs.map(({ folder, stop }: { folder: string; stop: Json }) => [folder, stop.epoch])).toEqual([
      ['a', 20],
      ['b', 30],
    ]);
  });

  test('summary lists the layers of a model with their shapes and parameters', async () => {
    const layers = [{ dense: 4, activation: 'tanh' }, { batchNorm: true }, { dense: 2 }];
    const { model } = await train(
      experiment({
        network: { layers },
        data: { inputs: [[1, 2, 3]], targets: [[0, 1]] },
        training: { loss: 'mse', optimizer: 'adam', stop: { epochs: 0 } },
      }),
    );
    const { batch } = place({ 'm.safetensors': model.save() });
    const [text, json, missing] = await batch(['summary m.safetensors', 'summary m.safetensors --json', 'summary no']);
    expect([text, json, missing].map(({ code }) => code)).toEqual([0, 0, 2]);
    expect(text.stdout).toContain('8 of the parameters are not trained.');
    expect(JSON.parse(json.stdout)).toEqual({
      inputs: 3,
      layers: [
        { address: 'layers.0', layer: 'dense 4 tanh', output: [4], parameters: 16, trained: 16 },
        { address: 'layers.1', layer: 'batchNorm', output: [4], parameters: 16, trained: 8 },
        { address: 'layers.2', layer: 'dense 2 linear', output: [2], parameters: 10, trained: 10 },
      ],
      parameters: 42,
      trained: 34,
    });
  });

  test('predict and evaluate accept rows of numbers, from files and from standard input', async () => {
    const { run, batch } = place({
      'e.json': page(),
      'rows.json': '[[2, 3, 1], [1, 0, 2]]',
      'rows.csv': 'a,b,c\n2,3,1\n1,0,2\n',
    });
    const [, fromJson, fromCsv, evaluated] = await batch([
      'train e.json --out run --quiet',
      'predict run rows.json',
      'predict run rows.csv',
      'evaluate run e.json --json',
    ]);
    const [piped, named] = await Promise.all([
      run('predict run - --json', { input: '[[2, 3, 1], [1, 0, 2]]' }),
      run('evaluate run - --json', { input: JSON.stringify(page().data) }),
    ]);
    expect(fromJson.stdout).toBe(fromCsv.stdout);
    const { model } = await train(experiment(page()));
    const expected = model
      .predict([
        [2, 3, 1],
        [1, 0, 2],
      ])
      .flat();
    expect(fromJson.stdout).toBe(`prediction\n${expected.join('\n')}\n`);
    expect(JSON.parse(piped.stdout).predictions.flat()).toEqual(expected);
    const { loss } = JSON.parse(evaluated.stdout);
    expect(loss.toFixed(8)).toBe('0.00009667');
    expect(JSON.parse(named.stdout).loss).toBe(loss);
  });

  test('predict accepts one object a line, with any names of columns', async () => {
    const rows = [1, 2, 3].map((x) => JSON.stringify({ title: `${x}`.repeat(300), x, y: 2 * x }));
    const { run, batch } = place({ 't.jsonl': rows.join('\n'), 't.csv': 'x\n1\n2\n3\n' });
    const [trained, fromCsv, named] = await batch([
      'train t.jsonl --target y --hidden 2 --epochs 2 --validation 0 --features x --out run --quiet',
      'predict run t.csv',
      'predict run t.jsonl',
    ]);
    const piped = await run('predict run -', { input: rows.join('\n') });
    expect(trained.code, trained.stderr).toBe(0);
    expect([named.stdout, piped.stdout]).toEqual([fromCsv.stdout, fromCsv.stdout]);
  });

  test('a path in an experiment is relative to its file', async () => {
    const { batch } = place({
      'sub/e.json': ofTable({ file: '../tables/t.csv' }),
      'tables/t.csv': 'x,y\n1,0.5\n2,0.7\n3,0.1\n',
    });
    const [{ code, stderr }] = await batch(['train sub/e.json --out run']);
    expect(code, stderr).toBe(0);
  });

  test('an experiment comes from standard input as well', async () => {
    const { run } = place();
    const { code, stdout } = await run('train - --json --epochs 2', { input: JSON.stringify(page()) });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files.model).toBe('runs/input-1/model.safetensors');
  });
});

describe.concurrent('colours and the live line', () => {
  /** The program treats its streams as a terminal. */
  const terminal = ['--import', 'data:text/javascript,process.stdout.isTTY=process.stderr.isTTY=true'];
  const coloured = new RegExp(`${String.fromCharCode(27)}\\[(3[0-9]|1)m`);

  test('appear on a terminal, and nowhere else', async () => {
    const { run, start } = place({ 'e.json': page() });
    const [on, off] = await Promise.all([
      start('train e.json --out a', { node: terminal, env: { TERM: 'xterm' } }),
      run('train e.json --out b'),
    ]);
    expect(on.stdout).toMatch(coloured);
    expect(on.stdout).toContain('█');
    expect(off.stdout).not.toContain(String.fromCharCode(27));
    expect(off.stdout).not.toContain('█');
  });

  test.runIf(isLong)('NO_COLOR removes the colours, also from errors', async () => {
    const { start } = place({ 'e.json': page() });
    const calling = { node: terminal, env: { TERM: 'xterm', NO_COLOR: '1' } };
    const good = await start('train e.json --out a', calling);
    expect(good.code).toBe(0);
    expect(good.stdout).not.toMatch(coloured);
    expect((await start('train none.json', calling)).stderr).toMatch(/^error none\.json: /);
  });

  test.runIf(isLong)('a pipe or a file gets no colours, even if CI is set', async () => {
    const { start } = place({ 'e.json': page() });
    const calling = { env: { CI: 'true' } };
    expect((await start('train none.json', calling)).stderr).toMatch(/^error none\.json: /);
    const good = await start('train e.json --out a', calling);
    expect(good.code).toBe(0);
    expect(good.stdout).not.toMatch(coloured);
  });

  test('--quiet also turns off the live line', async () => {
    const { start } = place({ 'e.json': page() });
    const { stdout, stderr } = await start('train e.json --out a --quiet', { node: terminal, env: { TERM: 'xterm' } });
    expect([stdout, stderr]).toEqual(['', '']);
  });
});
