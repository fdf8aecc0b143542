/** Worked examples and experiments as files: opened from a person's disk, and saved there. */
import { type Book, readPrinted } from './settings.ts';

/** The largest file that is opened, in bytes: an experiment with its numbers is far below. */
export const maxBytes = 8 * 2 ** 20;

/** What is wrong with a file, for a person. */
export class FileProblem extends Error {}

/** Reads the JSON of a worked example or an experiment. Throws a FileProblem. */
export async function openFile(file: File): Promise<Book> {
  if (file.size > maxBytes) {
    throw new FileProblem(
      `"${file.name}" has ${Math.round(file.size / 2 ** 20)} MB; this page opens JSON files of at most ${maxBytes / 2 ** 20} MB.`,
    );
  }
  return readBook(await file.text(), file.name);
}

/** The content of a file. Its experiment is checked where it is computed, with the path of a fault. */
export function readBook(text: string, name: string): Book {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new FileProblem(`"${name}" is not JSON: ${(error as Error).message}.`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new FileProblem(`"${name}" is not an experiment: write { "experiment": …, "printed": […] }.`);
  }
  const isWorked = 'experiment' in json;
  const { title, source, printed, experiment } = (isWorked ? json : { experiment: json }) as Record<string, unknown>;
  return {
    title: typeof title === 'string' ? title : '',
    source: typeof source === 'string' ? source : '',
    experiment,
    files: {},
    printed: readPrinted(printed),
  };
}

/** The JSON of a worked example, which `chainrule audit` reads. */
export function writeBook({ title, source, experiment, printed }: Book): string {
  const json = { ...(title && { title }), ...(source && { source }), experiment, printed };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Hands a text to the browser as a download. */
export function download(text: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file's name from a title: letters and digits, with hyphens between. */
export function fileName(title: string): string {
  const words = title
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.join('-')
    .slice(0, 60);
  return `${words ?? 'worked-example'}.json`;
}
