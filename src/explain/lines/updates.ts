/** The lines of the updates: clipping, the optimizer's states, and each parameter's new value. */
import { size } from '../../base/shape.ts';
import type { Node } from '../../core/graph.ts';
import type { Emission, LineWriter } from './writer.ts';

/**
 * The lines that all updates share; then each layer's, from the last to the first, unless the backward pass wrote them.
 */
export function writeUpdates(writer: LineWriter): void {
  const { trace, shown } = writer;
  const { update, clipNorm } = trace.problem.recipe;
  const rate = writer.find('learningRate');
  if (rate !== undefined && rate.op.kind !== 'source') writer.emit(rate, { phase: 'update', heading: 'Learning rate' });
  if (update === 'sequential') return;
  if (clipNorm !== undefined) writer.emit(writer.find('gradientNorm'), { phase: 'update', heading: 'Clipping' });
  for (let layer = trace.nodes.layers.length - 1; layer >= 0; layer--) {
    if (shown.hasLayer(layer)) writeLayerUpdate(writer, layer);
  }
}

/** Number by number: its clipped gradient, its states in the optimizer, its new value. */
export function writeLayerUpdate(writer: LineWriter, layer: number): void {
  const { tape } = writer.trace;
  const { graph } = tape;
  const emission: Emission = { phase: 'update', heading: `Update: ${writer.layerTitle(layer)}`, layer };
  for (const { name: address } of writer.parameters(layer)) {
    const updated = graph.find(`updated(${address})`);
    if (updated === undefined) continue;
    const states = graph.updates
      .filter(({ target }) => target.name!.startsWith(`optimizer.${address}.`))
      .map(({ value }) => value);
    for (const state of states) if (state.shape.length === 0) writer.emit(state, emission);
    const clipped = graph.find(`clipped(${address})`);
    // in the order of computation: a running average comes after the averaged values
    const each = [clipped, ...states, updated]
      .filter((node): node is Node => node !== undefined && node.shape.length > 0)
      .sort((a, b) => a.id - b.id);
    const shown = writer.shown.indices(updated);
    const missing = size(updated.shape) - shown.length;
    shown.forEach((index, i) => {
      for (const node of each) {
        const left = missing > 0 && i === shown.length - 1 && node === updated;
        const note = left ? `${missing} more elements of ${address} are left out` : undefined;
        writer.row(tape.at(node, index), { ...emission, note });
      }
    });
  }
}
