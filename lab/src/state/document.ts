/**
 * What a person has open: a network with its data and its training, as an experiment file writes them. All views show it;
 * a link holds it.
 */
import { type ExperimentJson, experiment, type Setup } from 'chainrule';

export interface LabDocument {
  /** A title for people, such as that of a worked example. */
  readonly title?: string;
  readonly experiment: ExperimentJson;
  /** The text of each file that the experiment names, by its name there. */
  readonly files: Readonly<Record<string, string>>;
  /** Updates that were made since the start: the step view shows the next one, and a training continues from there. */
  readonly updates: number;
}

/** The experiment with its data. Throws an InputError that names the path of a fault. */
export function setUp({ experiment: json, files }: LabDocument, { withoutStop = true } = {}): Setup {
  return experiment(json, { withoutStop, read: (path) => files[path] ?? '' });
}
