/** The lines of the forward pass: for each sample, the declared quantities of each layer in the order of computation. */
import type { Node } from '../../core/graph.ts';
import type { Emission, LineWriter } from './writer.ts';

export function writeForward(writer: LineWriter): void {
  const { trace, shown } = writer;
  const [first] = shown.places;
  for (const place of shown.places) {
    const heading = `Forward pass, sample ${trace.batch.rows[place] + 1}`;
    trace.nodes.layers.forEach(({ input, output }, layer) => {
      if (!shown.hasLayer(layer)) return;
      const emission: Emission = { phase: 'forward', heading, layer };
      const written = new Set<Node>([input]);
      for (const { node, perSample, note } of writer.computed(layer)) {
        if (written.has(node)) continue;
        written.add(node);
        if (perSample) writer.emit(node, { ...emission, note }, place);
        // quantities of the whole batch are computed once
        else if (place === first) writer.emit(node, { ...emission, note });
      }
      // a layer may return its input unchanged
      if (!written.has(output)) writer.emit(output, emission, place);
    });
  }
}
