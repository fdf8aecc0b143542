/** Files that a person chose or dropped: which holds edges and which labels, and whether a link can hold them. */
import type { GraphSource } from './protocol.ts';
import { type DataChoice, maxLinkText } from './settings.ts';

/** Sizes beyond which a file is refused before it is read. */
const maxEdgeBytes = 512 * 2 ** 20;
const maxLabelBytes = 32 * 2 ** 20;

export interface OpenedFiles {
  readonly source: GraphSource;
  readonly data: DataChoice;
}

/** The edges of one file, or of two of which one has labels. Throws an Error that says what is wrong. */
export async function openFiles(files: readonly File[]): Promise<OpenedFiles> {
  if (files.length === 0 || files.length > 2) {
    throw new Error('Choose a file of edges, or one of edges and one of labels.');
  }
  const labelsAt = files.length === 1 ? -1 : files.findIndex(({ name }) => /label|class|communit/i.test(name));
  const [edges, labels] = labelsAt === 0 ? [files[1], files[0]] : [files[0], files[1]];
  refuse(edges, maxEdgeBytes);
  if (labels !== undefined) refuse(labels, maxLabelBytes);
  const labelText = await labels?.text();
  const text = edges.size <= maxLinkText ? await edges.text() : undefined;
  const given = labelText === undefined ? {} : { labels: labelText };
  // a text with characters of code 0, or with the sign for what could not be read, is a binary file
  const isText = text !== undefined && !/[\0\ufffd]/.test(text);
  const { name } = edges;
  return {
    source: { name, edges: isText ? text : edges, ...given },
    data:
      isText && (labelText ?? '').length <= maxLinkText
        ? { kind: 'text', name, edges: text, ...given }
        : { kind: 'file', name },
  };
}

function refuse({ name, size }: File, most: number): void {
  if (size <= most) return;
  const inMegabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  throw new Error(
    `${name} has ${inMegabytes(size)} MB, more than the ${inMegabytes(most)} MB that this page reads. The command line takes larger files: chainrule embed.`,
  );
}
