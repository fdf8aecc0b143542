import type { Activation } from '../../core/ops/activations.ts';
import type { Trace } from '../trace.ts';
import { activationPage } from './activation.ts';
import { lossPage } from './loss.ts';
import type { FunctionPage } from './page.ts';

export function functionsOf(trace: Trace): FunctionPage[] {
  const byKey = new Map<string, { activation: Activation; layers: number[] }>();
  trace.nodes.layers.forEach(({ weighted }, layer) => {
    if (weighted === undefined) return;
    const { activation } = weighted;
    const key = `${activation.name} ${JSON.stringify(activation.options)}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { activation, layers: [layer] });
    else known.layers.push(layer);
  });
  return [
    ...[...byKey.values()].map(({ activation, layers }) => activationPage(trace, activation, layers)),
    lossPage(trace),
  ];
}
