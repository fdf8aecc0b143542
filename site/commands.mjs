/** The links of the command-line examples: they open the experiment, the audit or the graph that a command works on. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';

/** Flags of `embed`, `walk` and `explain` that are no options of a method. */
const ofCommand = new Set([
  'out',
  'report',
  'labels',
  'evaluate',
  'map',
  'step',
  'sample',
  'format',
  'blank',
  'method',
  'seed',
  'threads',
]);

/** The labels that a file gets, and what the page's earlier commands have left in its folders and files. */
export async function commandLinks({ dist, states, folder }) {
  const { open } = await dist('cli/input/open.js');
  const { graphExample } = await dist('explain.js');
  const { readEdges } = await dist('graphs/index.js');
  const { planEmbedding } = await dist('graphs/embed.js');
  const declared = {
    train: (await dist('cli/commands/train.js')).trainCommand,
    explain: (await dist('cli/commands/explain.js')).explainCommand,
    check: (await dist('cli/commands/check.js')).checkCommand,
  };
  const read = (name) => readFileSync(join(folder, name), 'utf8');
  const has = (name) => /^[\w-]+\.\w+$/.test(name) && existsSync(join(folder, name));
  /** Fragments by the folder of a run or the file of vectors. */
  const made = new Map();

  /** The experiment of a command, as the command itself would read its file and its flags. */
  const experimentOf = async (name, words) => {
    const program = new Command().exitOverride();
    declared[name](program);
    const [command] = program.commands;
    let opened;
    command.action(async (file, flags) => {
      opened = { file, flags, ...(await open(join(folder, file), flags, { withoutStop: name !== 'train' })) };
    });
    await program.parseAsync([name, ...words], { from: 'user' });
    return opened;
  };
  const ofExperiment = async (name, words) => {
    const { file, flags, setup } = await experimentOf(name, words);
    // an experiment cannot hold the weights that a training starts from
    if (flags.from !== undefined) return undefined;
    const { data } = setup.json;
    const files = data.file === undefined ? {} : { [data.file]: read(data.file) };
    const title = file.endsWith('.json') ? JSON.parse(read(file)).title : undefined;
    const updates = Number(flags.step ?? 1) - 1;
    const fragment = await states.ofExperiment({ title, experiment: setup.json, files, updates });
    if (flags.out !== undefined) made.set(flags.out, { fragment, file });
    return { fragment, label: `Open ${file} in the lab`, replaces: flags.resume === true };
  };

  const ofGraph = async (file, words, usual) => {
    const flags = flagsOf(words);
    const edges = read(file);
    const { graph } = await readEdges(new TextEncoder().encode(edges));
    const own = Object.fromEntries(Object.entries(flags).filter(([key]) => !ofCommand.has(key)));
    const plan = planEmbedding(graph, { ...own, method: flags.method ?? usual });
    const options = Object.fromEntries(Object.entries(own).map(([key, value]) => [plan.aliases[key] ?? key, value]));
    const state = { name: file, edges, method: plan.method.name, options, seed: flags.seed };
    if (flags.out !== undefined) made.set(flags.out, { state, file });
    return { fragment: await states.ofGraph(state), label: `Open ${file} in the lab` };
  };

  const kinds = {
    train: (_, words) => ofExperiment('train', words),
    async explain(file, words) {
      if (words.includes('--method')) return ofGraph(file, words.slice(1));
      const json = file.endsWith('.json') ? JSON.parse(read(file)) : {};
      if (json.experiment !== undefined && graphExample(json) !== undefined) return kinds.audit(file);
      return ofExperiment('explain', words);
    },
    check: (file, words) => (words.includes('--method') ? ofGraph(file, words.slice(1)) : ofExperiment('check', words)),
    audit: async (file) => ({
      fragment: await states.ofAudit({ page: 'examples', example: file.replace(/\.json$/, '') }),
      label: `Open the audit of ${file} in the lab`,
    }),
    embed: (file, words) => ofGraph(file, words.slice(1), 'auto'),
    walk: (file, words) => ofGraph(file, words.slice(1), 'node2vec'),
    data: async (file) => ({ fragment: '#table', label: `Open ${file} in the lab` }),
    lab: async () => ({ fragment: '#step', label: 'Open the lab' }),
  };

  /** The links of a block, in its order; each label once. */
  return async (text) => {
    const found = new Map();
    const add = (link) => {
      if (link?.fragment === undefined) return;
      if (!found.has(link.label) || link.replaces) found.set(link.label, link);
    };
    for (const line of text.split('\n').map((each) => each.replace(/(^|\s+)#.*$/, '').trim())) {
      const [, piped, words] = /^(?:cat (\S+) \| )?(?:npx )?chainrule (.+?)(?: [|>].*)?$/.exec(line) ?? [];
      if (words === undefined) continue;
      const [command, ...rest] = words.split(/\s+/).map((word) => (word === "''" ? '' : word));
      if (piped !== undefined) rest[rest.indexOf('-')] = piped;
      const [file] = rest;
      if (command === 'neighbors' && made.get(file)?.state !== undefined) {
        const { state, file: edges } = made.get(file);
        const fragment = await states.ofGraph({ ...state, selected: rest[1] });
        add({ fragment, label: `Open ${edges} in the lab`, replaces: true });
      } else if (command === 'demo') {
        add(await kinds.audit('textbook-3-2-1.json'));
      } else if (Object.hasOwn(kinds, command) && (command === 'lab' || has(file))) {
        add(await kinds[command](file, rest));
      } else if (made.has(file)) {
        // a command on the model of an earlier one
        const { fragment, file: trained } = made.get(file);
        add({ fragment, label: `Open ${trained} in the lab` });
      }
    }
    return [...found.values()];
  };
}

const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** `--walk-length 6` as `{ walkLength: 6 }`. */
function flagsOf(words) {
  const flags = {};
  for (let i = 0; i < words.length; i++) {
    if (!words[i].startsWith('--')) continue;
    const name = camel(words[i].slice(2));
    const value = words[i + 1]?.startsWith('--') ? undefined : words[++i];
    flags[name] = value === undefined ? true : Number.isNaN(Number(value)) ? value : Number(value);
  }
  return flags;
}
