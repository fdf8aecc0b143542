/** Opens an experiment file or a worked example that a person chose or dropped. */
import type { ExperimentJson } from 'chainrule';
import type { LabDocument } from '../../state/document.ts';
import type { PrintedNumber } from './examples.ts';

/** The maximum size of an experiment file in bytes: larger data belong into a table. */
const maxBytes = 5e6;

export interface Opened {
  readonly document: LabDocument;
  readonly printed: readonly PrintedNumber[];
}

/** Throws an Error for a file that is too large or that is not an experiment. The worker checks the experiment itself. */
export async function openFile(file: File): Promise<Opened> {
  if (file.size > maxBytes) {
    throw new Error(
      `${file.name} has ${(file.size / 1e6).toFixed(1)} MB, and the step view opens experiment files of at most ${maxBytes / 1e6} MB. Open larger data in the view Table.`,
    );
  }
  return openText(await file.text(), file.name);
}

export function openText(text: string, name: string): Opened {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}.`);
  }
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(json))
    throw new Error(`${name} is not an experiment: it must be an object with "network" and "training".`);
  const whole = isRecord(json.experiment) ? json : { experiment: json };
  return {
    document: {
      title: typeof json.title === 'string' ? json.title : name,
      experiment: whole.experiment as ExperimentJson,
      files: {},
      updates: 0,
    },
    printed: Array.isArray(json.printed) ? (json.printed as PrintedNumber[]) : [],
  };
}
