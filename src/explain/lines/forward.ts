/** The lines of the forward pass: for each sample, the declared quantities of each layer in the order of computation. */
import type { Node } from '../../core/graph.ts';
import type { Tape } from '../tape.ts';
import type { Emission, LineWriter } from './writer.ts';

/** The forward pass of the step, or that of the loss after the update, under `title`. */
export function writeForward(writer: LineWriter, tape: Tape, title: string): void {
  const { trace, shown } = writer;
  // what follows the update is there for the loss alone
  const phase = tape === trace.tape ? 'forward' : 'loss';
  const { graph } = tape;
  const [first] = shown.places;
  const isOnly = trace.problem.inputs.shape[0] === 1;
  for (const place of shown.places) {
    const heading = isOnly ? title : `${title}, sample ${trace.batch.rows[place] + 1}`;
    trace.nodes.layers.forEach((_, layer) => {
      if (!shown.hasLayer(layer)) return;
      const emission: Emission = { phase, heading, layer, tape };
      const output = graph.get(`layers.${layer}.output`);
      const written = new Set<Node>([graph.get(layer === 0 ? 'layers.0.input' : `layers.${layer - 1}.output`)]);
      for (const { node, perSample, note } of writer.computed(layer, graph)) {
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
