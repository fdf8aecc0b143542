/** Graphs that come with the lab: files of the site, loaded when they are chosen. */
import type { GraphSource } from './protocol.ts';

export interface BuiltIn {
  readonly name: 'karate' | 'les-miserables' | 'cora';
  readonly title: string;
  readonly about: string;
  readonly hasLabels: boolean;
}

export const builtIns: readonly BuiltIn[] = [
  {
    name: 'karate',
    title: 'Karate club',
    about: '34 members of a club, joined where they met outside it. After a dispute the club split in two: the labels.',
    hasLabels: true,
  },
  {
    name: 'les-miserables',
    title: 'Les Misérables',
    about: '77 characters of the novel, joined where they appear in the same chapters; weights count the chapters.',
    hasLabels: false,
  },
  {
    name: 'cora',
    title: 'Cora',
    about: '2,708 papers on machine learning, joined where one cites the other, in seven fields: the labels.',
    hasLabels: true,
  },
];

/** The edges and labels of a graph of the site. Rejects where they cannot be loaded. */
export async function fetchBuiltIn(name: BuiltIn['name']): Promise<GraphSource> {
  const { hasLabels } = builtIns.find((each) => each.name === name)!;
  const text = async (file: string) => {
    const response = await fetch(new URL(`graphs/${file}`, document.baseURI));
    if (!response.ok) throw new Error(`The graph ${file} could not be loaded (${response.status}).`);
    return response.text();
  };
  const [edges, labels] = await Promise.all([
    text(`${name}.edges.tsv`),
    hasLabels ? text(`${name}.labels.tsv`) : undefined,
  ]);
  return { name: `${name}.edges.tsv`, edges, ...(labels !== undefined && { labels }) };
}
