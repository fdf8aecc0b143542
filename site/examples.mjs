/** Links that open the examples of a page in the lab. They hold the whole state, so they work on any host. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runnerImport } from 'vite';

/** A function from the text and the language of a block of code to its links: the fragment of the address, and a label. */
export async function exampleLinks(root) {
  const { module } = await runnerImport(join(root, 'lab/src/state/link.ts'), {
    root,
    configFile: false,
    logLevel: 'error',
  });
  const { experiment } = await import(pathToFileURL(join(root, 'dist/index.js')).href);
  const { graphExample } = await import(pathToFileURL(join(root, 'dist/explain.js')).href);
  const read = (name) => readFileSync(join(root, 'examples', name), 'utf8');
  const files = (json) => (json.data?.file === undefined ? {} : { [json.data.file]: read(json.data.file) });

  /** The experiment with its files, if chainrule takes it. */
  const opened = (json) => {
    try {
      const found = files(json);
      experiment(json, { withoutStop: true, read: (path) => found[path] });
      return { experiment: json, files: found, updates: 0 };
    } catch {
      return undefined;
    }
  };
  /** The experiment of a block; a part of one is shown in the small experiment of the examples. */
  const documentOf = (json) => {
    const { title, experiment: inner } = json;
    if (inner !== undefined) return { ...opened(inner), ...(title !== undefined && { title }) };
    const small = JSON.parse(read('experiment.json'));
    const training = { ...small.training, ...json.training };
    return opened(json) ?? opened({ ...small, ...json, training });
  };
  const link = (view, state) => module.writeLink({ view, state: { version: 1, settings: {}, ...state } });
  const audit = (book) => link('audit', { settings: { audit: { page: 'book', book } } });

  const ofJson = async (text) => {
    const json = JSON.parse(text);
    const isWorked = json.experiment !== undefined;
    if (isWorked && graphExample(json) !== undefined) return [];
    const document = documentOf(json);
    if (document?.experiment === undefined) return [];
    const view = document.experiment.data?.file === undefined ? 'step' : 'table';
    const links = [{ fragment: await link(view, { document }), label: 'Open in the lab' }];
    if (isWorked) {
      const { title = '', source = '', printed = [] } = json;
      const book = { title, source, experiment: json.experiment, files: {}, printed };
      links.unshift({ fragment: await audit(book), label: 'Open the audit in the lab' });
    }
    return links;
  };
  /** The first word after `chainrule` with the file of the examples that it is given. */
  const ofCommand = async (command, name) => {
    if (command === 'audit') {
      const settings = { audit: { page: 'examples', example: name.replace(/\.json$/, '') } };
      return { fragment: await link('audit', { settings }), label: `Open the audit of ${name} in the lab` };
    }
    if (name.endsWith('.json')) {
      const json = JSON.parse(read(name));
      const document = documentOf(json);
      return document?.experiment && { fragment: await link('step', { document }), label: `Open ${name} in the lab` };
    }
    if (name === 'penguins.csv') return { fragment: '#table', label: 'Open penguins.csv in the lab' };
    if (name === 'les-miserables.tsv') {
      const [, method = 'node2vec'] = /--method (\w+)/.exec(command) ?? [];
      const settings = { graph: { data: { kind: 'built-in', name: 'les-miserables' }, method } };
      return { fragment: await link('graph', { settings }), label: 'Open les-miserables.tsv in the lab' };
    }
    return undefined;
  };
  const ofShell = async (text) => {
    const calls = text.matchAll(/chainrule (audit|explain|check|train|embed|walk|data) ([\w-]+\.(?:json|csv|tsv))/g);
    const found = new Map();
    for (const [, command, name] of calls) {
      const made = await ofCommand(command, name);
      if (made !== undefined && !found.has(made.label)) found.set(made.label, made);
    }
    return [...found.values()];
  };

  const made = new Map();
  return {
    /** Prepares the links of a block: they are made by a stream, which takes time. */
    async prepare(text, language) {
      const key = `${language}\n${text}`;
      if (made.has(key)) return;
      made.set(key, []);
      try {
        if (language === 'json') made.set(key, await ofJson(text));
        if (language === 'sh') made.set(key, await ofShell(text));
      } catch {
        // a block that is not whole, or names a file that is not an example, has no link
      }
    },
    of: (text, language) => made.get(`${language}\n${text}`) ?? [],
  };
}
