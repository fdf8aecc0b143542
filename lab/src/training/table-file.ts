/** Table files that the page does not hold as text: the worker reads them, as the command line does. */
import type { ExperimentJson } from 'chainrule';
import type { Table } from 'chainrule/data';

/** How a table file is read. */
export interface Reading {
  /** The file's name in the experiment. */
  readonly name: string;
  readonly missing?: MissingMarks;
  readonly notMissing?: MissingMarks;
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void;
}

type MissingMarks = Extract<ExperimentJson['data'], { file: string }>['missing'];

/** The table in a file of any format that the library reads. Throws an InputError. */
export async function readTableBlob(file: Blob, { name, missing, notMissing, onProgress }: Reading): Promise<Table> {
  const { readTableStream } = await import('chainrule/data');
  return readTableStream(file.stream(), { name, missing, notMissing, size: file.size, onProgress });
}

/** The table that an experiment names, if it is one of these files. */
export async function tableIn(
  { data }: ExperimentJson,
  files: Readonly<Record<string, Blob>> | undefined,
): Promise<Table | undefined> {
  if (files === undefined || !('file' in data) || !Object.hasOwn(files, data.file)) return undefined;
  const { file: name, missing, notMissing } = data;
  return readTableBlob(files[name], { name, missing, notMissing });
}
