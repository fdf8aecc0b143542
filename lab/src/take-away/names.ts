/** Names of files that are safe on every system, whatever a table or a link calls itself. */
import type { LabDocument } from '../state/document.ts';

/** Names that Windows keeps for devices. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name of letters, digits and a few signs of other scripts, at most 80 characters long, that is no path, is not hidden, and
 * keeps its ending.
 */
export function safeName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const plain = base
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._ -]+/gu, '-')
    .replace(/\s+/g, ' ')
    .replace(/\.{2,}/g, '.')
    .replace(/^[.\s-]+|[.\s-]+$/g, '');
  const ending = /\.[A-Za-z0-9]{1,12}$/.exec(plain)?.[0] ?? '';
  const stem = plain.slice(0, plain.length - ending.length).slice(0, 80 - ending.length);
  const safe = `${stem}${ending}`;
  if (stem === '') return `file${ending}`;
  return reserved.test(safe) ? `_${safe}` : safe;
}

/** The name of a document for its files, without an ending: that of its table, or of its title. */
export function documentName({ title, experiment: { data } }: LabDocument): string {
  const name = 'file' in data ? data.file.replace(/\.gz$/, '') : (title ?? 'experiment');
  return safeName(name.replace(/(?<=.)\.[A-Za-z0-9]{1,12}$/, ''));
}
