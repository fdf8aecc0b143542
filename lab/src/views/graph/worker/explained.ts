/** Explanations as the page shows them. */
import { explainGraphExample, graphExample, typesetLines } from 'chainrule/explain';
import type { ExplainedExample, ShownLine } from '../protocol.ts';

/** A worked example of a graph method. Throws if the value is none. */
export function workedExample(json: unknown): ExplainedExample {
  const example = graphExample(json as Parameters<typeof graphExample>[0]);
  if (example === undefined) throw new Error('This is not a worked example of a graph method.');
  return exampleOf(explainGraphExample(example));
}

/** The lines of an explanation, grouped under their headings. */
export function exampleOf(explained: Parameters<typeof typesetLines>[0]): ExplainedExample {
  const { title, setting, leftOut, lines } = explained;
  const groups: { heading: string; lines: ShownLine[] }[] = [];
  for (const [i, tex] of typesetLines(explained).entries()) {
    const { phase, quantity, after, value, note } = lines[i];
    if (groups.at(-1)?.heading !== tex.heading) groups.push({ heading: tex.heading, lines: [] });
    groups.at(-1)!.lines.push({ phase, quantity, after, value, ...(note !== undefined && { note }), tex });
  }
  return { title, setting, leftOut, groups };
}
