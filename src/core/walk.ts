/** A walk through a graph without recursion: a network may have thousands of layers. */
import type { Node } from './graph.ts';

/**
 * All nodes that the given nodes depend on, including these, each once and after its inputs: in the order in which a
 * recursive walk would finish them. `inputsOf` gives the inputs of a node.
 */
export function inputsFirst(roots: Iterable<Node>, inputsOf = (node: Node): readonly Node[] => node.inputs): Node[] {
  const done: Node[] = [];
  const seen = new Set<Node>();
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    const open = [{ node: root, inputs: inputsOf(root), next: 0 }];
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      if (last.next === last.inputs.length) {
        done.push(last.node);
        open.pop();
        continue;
      }
      const input = last.inputs[last.next++];
      if (seen.has(input)) continue;
      seen.add(input);
      open.push({ node: input, inputs: inputsOf(input), next: 0 });
    }
  }
  return done;
}
