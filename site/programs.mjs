/** The links of the TypeScript examples: they open what a program trains, embeds or explains. */
import { isDeepStrictEqual } from 'node:util';
import { createRecorder } from './recorder.mjs';

/**
 * A function from a program to its link, for the programs of one page. A link is made only if the experiment in it trains to the
 * same bits as the program, so that it cannot differ from the text.
 */
export async function programLinks({ root, dist, states, folder }) {
  const record = await createRecorder(root, folder);
  const { experiment, train } = await dist('index.js');
  const { embed, readEdges } = await dist('graphs/index.js');
  const { planEmbedding } = await dist('graphs/embed.js');

  const takes = ({ experiment: json, files }) => {
    if (json === undefined) return false;
    try {
      experiment(json, { withoutStop: true, read: (path) => files[path] });
      return true;
    } catch {
      return false;
    }
  };
  /** Whether the experiment trains to the parameters of the program's model. */
  const trainsTheSame = async ({ experiment: given, files, model, stop }) => {
    const json = states.shown(given, files);
    const isCut = stop.reason === 'aborted';
    const whole = isCut ? { ...json, training: { ...json.training, stop: { epochs: stop.epoch } } } : json;
    const { model: again } = await train(experiment(whole, { read: (path) => files[path] }));
    return isDeepStrictEqual(again.parameters, model.parameters);
  };
  const embedsTheSame = async ({ edges, options, embedding }) => {
    const { graph } = await readEdges(new TextEncoder().encode(edges));
    const again = await embed(graph, options);
    return isDeepStrictEqual(again.ids, embedding.ids) && isDeepStrictEqual(again.vectors, embedding.vectors);
  };

  const ofGraph = async (noted) => {
    const { name, edges, options, selected } = noted;
    const { graph } = await readEdges(new TextEncoder().encode(edges));
    const { method, aliases: _, seed } = planEmbedding(graph, options);
    const { method: _name, seed: _seed, threads: _threads, ...own } = options;
    return states.ofGraph({ name, edges, method: method.name, options: own, seed, selected });
  };

  /** The program's link, or the reason why it has none. */
  return async (program) => {
    const notes = await record(program);
    const trained = notes.filter((each) => each.kind === 'training');
    const fitting = [];
    for (const each of trained) if (takes(each) && (await trainsTheSame(each))) fitting.push(each);
    const opened = notes.find((each) => ['experiment', 'model'].includes(each.kind) && takes(each));
    const state = fitting[0] ?? (trained.length === 0 ? opened : undefined);
    if (state !== undefined) {
      const step = notes.find((each) => each.kind === 'step' && each.experiment === state.experiment);
      const updates = step === undefined ? 0 : (step.updates ?? step.epochs * updatesOf(state));
      return { fragment: await states.ofExperiment({ ...state, title: undefined, updates }) };
    }
    if (trained.length > 0) return { reason: 'it has a part of its own, which an experiment file cannot hold' };
    for (const each of notes) {
      if (each.kind === 'graph' && each.edges !== undefined && (await embedsTheSame(each)))
        return { fragment: await ofGraph(each) };
    }
    const table = notes.find((each) => each.kind === 'table' && each.name === 'penguins.csv');
    if (table !== undefined) return { fragment: '#table' };
    return { reason: 'it trains nothing' };
  };
}

/** Updates of an epoch. */
function updatesOf({ experiment: { data, training } }) {
  const { batchSize = 'full' } = training;
  return batchSize === 'full' ? 1 : Math.ceil(data.inputs.length / batchSize);
}
