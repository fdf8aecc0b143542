/**
 * Runs the TypeScript examples of a page and records what they train, embed and open: the functions of the package that they
 * import are those of the built package, with a note of each call.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import typescript from 'typescript';
import { experimentOf } from './experiment-json.mjs';

const key = Symbol.for('chainrule.recorder');

/**
 * `root`: of the project, with the built package. `folder`: where the programs are written. A recorder belongs to one page, whose
 * later examples may open what earlier ones wrote.
 */
export async function createRecorder(root, folder) {
  const address = (file) => pathToFileURL(join(root, 'dist', file)).href;
  const originals = {
    main: await import(address('index.js')),
    data: await import(address('data/index.js')),
    graphs: await import(address('graphs/index.js')),
  };
  const { wrapped, notes } = recording(originals);
  const modules = { main: 'index.js', data: 'data/index.js', graphs: 'graphs/index.js' };
  for (const [name, file] of Object.entries(modules)) {
    const names = Object.keys(wrapped[name]).join(', ');
    const from = `globalThis[Symbol.for('chainrule.recorder')].${name}`;
    writeFileSync(
      join(folder, `recorded-${name}.mjs`),
      `export * from ${JSON.stringify(address(file))};\nexport const { ${names} } = ${from};\n`,
    );
  }
  const { exports: exported } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const recorded = { chainrule: 'main', 'chainrule/data': 'data', 'chainrule/graphs': 'graphs' };
  const addressOf = (name) =>
    recorded[name] === undefined
      ? pathToFileURL(join(root, exported[name.replace('chainrule', '.')].default)).href
      : `./recorded-${recorded[name]}.mjs`;
  let count = 0;

  /** Runs a program in the page's folder. Returns its notes when all that it started has ended. */
  return async (program) => {
    const source = program.replace(/ from '(chainrule[\w/-]*)'/g, (_, name) => ` from '${addressOf(name)}'`);
    const { outputText } = typescript.transpileModule(source, {
      compilerOptions: { module: 'esnext', target: 'es2023', verbatimModuleSyntax: true },
    });
    const file = join(folder, `program-${count++}.mjs`);
    writeFileSync(file, outputText);
    const [before, log] = [process.cwd(), console.log];
    notes.length = 0;
    globalThis[key] = wrapped;
    try {
      process.chdir(folder);
      console.log = () => {};
      await import(pathToFileURL(file).href);
      return await Promise.all(notes);
    } finally {
      console.log = log;
      process.chdir(before);
    }
  };
}

/** The functions to note, and the notes: promises of `{ kind, … }`. */
function recording({ main, data, graphs }) {
  const notes = [];
  /** The name, the text and the marks of each table; the experiment of each setup and model; the file of each graph. */
  const [tables, setups, models, edges, embeddings] = Array.from({ length: 5 }, () => new WeakMap());
  /** The experiment of a model by its bytes. */
  const saved = new Map();
  const hash = (bytes) => Buffer.from(bytes).toString('base64');
  const known = { tables: (value) => tables.get(value) ?? fileOf(value), families: { ...main, ...main.schedules } };
  const note = (value) => {
    notes.push(value);
    return value;
  };

  const readTable = (source, options = {}) => {
    const table = data.readTable(source, options);
    const { name = 'table.csv', missing, notMissing } = options;
    const text = typeof source === 'string' ? source : csvOf(source);
    tables.set(table, { name, text, marks: { missing, notMissing } });
    note({ kind: 'table', name, text });
    return table;
  };
  return {
    notes,
    wrapped: {
      data: {
        readTable,
        readTableFile: async (bytes, options = {}) => {
          const table = await data.readTableFile(bytes, options);
          const { name = 'table.csv', missing, notMissing } = options;
          const text = Buffer.from(bytes).toString('utf8');
          tables.set(table, { name, text, marks: { missing, notMissing } });
          note({ kind: 'table', name, text });
          return table;
        },
      },
      main: {
        experiment(json, options = {}) {
          const files = {};
          const read = (path) => {
            files[path] = options.read(path);
            return files[path];
          };
          const setup = main.experiment(json, { ...options, ...(options.read && { read }) });
          setups.set(setup, { experiment: setup.json, files });
          note({ kind: 'experiment', experiment: setup.json, files });
          return setup;
        },
        train(what, ...rest) {
          const run = main.train(what, ...rest);
          const [given, options = {}] = rest;
          const state = setups.get(what) ?? (options.loss && experimentOf(what, given, options, known));
          note(
            run.then((result) => {
              const { model, stop } = result;
              if (state !== undefined) models.set(model, { state, stop, options });
              if (state !== undefined) saved.set(hash(model.save()), state);
              return { kind: 'training', ...state, model, stop };
            }),
          );
          return run;
        },
        load(bytes, options) {
          const model = main.load(bytes, options);
          const state = saved.get(hash(bytes));
          if (state !== undefined) note({ kind: 'model', ...state });
          return model;
        },
        explain: (what, options) => {
          explained(what, options);
          return main.explain(what, options);
        },
        check: (what, options) => {
          explained(what, options);
          return main.check(what, options);
        },
      },
      graphs: {
        fromEdges(source, options) {
          const graph = graphs.fromEdges(source, options);
          if (Array.isArray(source)) edges.set(graph, { name: 'edges.tsv', edges: tsvOf(source) });
          return graph;
        },
        async readEdges(source, options) {
          const read = await graphs.readEdges(source, options);
          const file = fileOf(source);
          if (file !== undefined && options === undefined) edges.set(read.graph, { name: file.name, edges: file.text });
          return read;
        },
        embed(graph, options = {}) {
          const made = graphs.embed(graph, options);
          note(
            Promise.resolve(made).then((embedding) => {
              const own = { kind: 'graph', ...edges.get(graph), options, embedding };
              embeddings.set(embedding, own);
              return own;
            }),
          );
          return made;
        },
        neighbors(embedding, node, options) {
          const own = embeddings.get(embedding);
          if (own !== undefined) own.selected ??= String(node);
          return graphs.neighbors(embedding, node, options);
        },
      },
    },
  };

  /** What a program explains is the next step of a model that it trained, or a step of an experiment. */
  function explained(what, { step = 1 } = {}) {
    const of = models.get(what);
    const setup = setups.get(what);
    if (of !== undefined) note({ kind: 'step', ...of.state, epochs: of.stop.epoch });
    else if (setup !== undefined) note({ kind: 'step', ...setup, updates: step - 1 });
  }
}

/** The file that a stream reads, by its name. */
function fileOf(stream) {
  if (typeof stream?.path !== 'string') return undefined;
  return { name: stream.path, text: readFileSync(resolve(stream.path), 'utf8'), marks: {} };
}

const cell = (value) => (/[",\n]/.test(String(value)) ? JSON.stringify(value) : String(value ?? ''));

/** Rows or columns of a program as the text of a file. */
function csvOf(source) {
  const names = Object.keys(Array.isArray(source) ? source[0] : source);
  const rows = Array.isArray(source)
    ? source.map((row) => names.map((name) => row[name]))
    : Array.from({ length: source[names[0]].length }, (_, i) => names.map((name) => source[name][i]));
  return [names, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

const tsvOf = (edges) => edges.map((edge) => `${edge.join('\t')}\n`).join('');
