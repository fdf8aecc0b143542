/** The links of the JSON examples: experiments, parts of one, and worked examples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export async function jsonLinks({ dist, states, folder }) {
  const { graphExample } = await dist('explain.js');
  const read = (name) => readFileSync(join(folder, name), 'utf8');
  const filesOf = ({ data }) => (data?.file === undefined ? {} : { [data.file]: read(data.file) });

  const takes = (json) => {
    try {
      states.check(json, filesOf(json));
      return true;
    } catch {
      return false;
    }
  };
  /** A part of an experiment is shown in the small experiment of the examples. */
  const wholeOf = (json) => {
    const small = JSON.parse(read('experiment.json'));
    const whole = { ...small, ...json, training: { ...small.training, ...json.training } };
    return [json, whole].find(takes);
  };

  return async (text) => {
    const json = JSON.parse(text);
    if (json.experiment === undefined) {
      const experiment = wholeOf(json);
      if (experiment === undefined) return [];
      const fragment = await states.ofExperiment({ experiment, files: filesOf(experiment) });
      return [{ fragment, label: 'Open in the lab' }];
    }
    if (graphExample(json) !== undefined) return [];
    const { title = '', source = '', printed = [], experiment } = json;
    const book = { title, source, experiment, files: {}, printed };
    return [
      { fragment: await states.ofAudit({ page: 'book', book }), label: 'Open the audit in the lab' },
      { fragment: await states.ofExperiment({ title, experiment }), label: 'Open in the lab' },
    ];
  };
}
