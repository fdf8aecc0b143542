/** Fragments of addresses that open an experiment, an audit or a graph in the lab, made by the lab's own modules. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { runnerImport } from 'vite';

/** What this needs of the lab and of the built package. */
async function parts(root, dist) {
  const lab = async (path) => (await runnerImport(`${root}/lab/src/${path}`, viteOptions(root))).module;
  const [{ writeLink }, { choicesOf }, { experimentFor }] = [
    await lab('state/link.ts'),
    await lab('views/table/choices.ts'),
    await lab('views/table/plan.ts'),
  ];
  const [{ experiment }, { readTable }] = [await dist('index.js'), await dist('data/index.js')];
  return { writeLink, choicesOf, experimentFor, experiment, readTable };
}

/** The lab's modules import the package by its name: here they get the built one. */
const viteOptions = (root) => ({
  root,
  configFile: false,
  logLevel: 'error',
  plugins: [
    {
      name: 'built-package',
      enforce: 'pre',
      resolveId: (name) =>
        name === 'chainrule' ? { id: pathToFileURL(join(root, 'dist/index.js')).href, external: true } : undefined,
    },
  ],
});

/** The maximum length of a fragment: browsers take more, but a page with such links becomes heavy. */
const maxLength = 50_000;

export async function labStates(root, dist) {
  const { writeLink, choicesOf, experimentFor, experiment, readTable } = await parts(root, dist);
  const fragment = async (view, state) => {
    const text = await writeLink({ view, state: { version: 1, settings: {}, ...state } });
    return text.length <= maxLength ? text : undefined;
  };

  /** The experiment as the table view would train it; undefined if the view would propose another one. */
  const forTable = (json, files) => {
    if (json.data.file === undefined) return undefined;
    const { data, training, seed = 1 } = json;
    const whole = {
      ...json,
      data: { scale: 'standard', ...data, split: { validation: 0, ...data.split } },
      training: { batchSize: 'full', ...training },
      seed,
    };
    const { missing, notMissing } = data;
    const table = readTable(files[data.file], { name: data.file, missing, notMissing });
    const plan = experimentFor(table, choicesOf(whole));
    return isDeepStrictEqual(JSON.parse(JSON.stringify(plan)), JSON.parse(JSON.stringify(whole))) ? whole : undefined;
  };

  return {
    /** Throws an InputError for an experiment that chainrule does not take. */
    check: (json, files) => experiment(json, { withoutStop: true, read: (path) => files[path] }),
    /** The experiment as its link holds it: with its defaults written out where the table view has others. */
    shown: (json, files) => forTable(json, files) ?? json,
    /** In the table view a network is trained, in the step view it is walked through. */
    async ofExperiment({ title, experiment: json, files = {}, updates = 0 }) {
      experiment(json, { withoutStop: true, read: (path) => files[path] });
      const whole = forTable(json, files);
      const document = { ...(title !== undefined && { title }), experiment: whole ?? json, files, updates };
      if (whole === undefined) return fragment('step', { document });
      return fragment('table', { document, settings: { table: { epochs: 'all' } } });
    },
    ofAudit: (settings) => fragment('audit', { settings: { audit: settings } }),
    /** `edges`: the text of the file; `options`: those that differ from the defaults of the method. */
    ofGraph: ({ name, edges, method, options = {}, seed = 1, selected }) =>
      fragment('graph', {
        settings: {
          graph: { data: { kind: 'text', name, edges }, method, options, seed, ...(selected && { selected }) },
        },
      }),
  };
}
