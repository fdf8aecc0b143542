import { describe, expect, test } from 'vitest';
import { InputError } from '../base/errors.ts';
import { checkFeedName } from './addresses.ts';
import type { Layer } from './layer.ts';
import { dense } from './layers/dense.ts';
import { mse } from './losses.ts';
import { network } from './network.ts';
import { adam } from './optimizers.ts';
import { layer } from './own-layer.ts';
import { schedules } from './schedules.ts';
import { layerNormsGraph, lossGraph, outputGraph, trainingStep } from './step.ts';
import { assemble } from './training.ts';

const isAllowed = (name: string) => {
  try {
    checkFeedName(name, 'here');
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return false;
  }
};

describe('the name of a feed', () => {
  test.each(['ids', 'nodeIds', 'node ids', 'node-ids', '_x1', 'Größe', 'layers', 'weight'])(
    '"%s" is allowed',
    (name) => {
      expect(isAllowed(name)).toBe(true);
    },
  );

  test.each(['', '1st', 'a.b', 'layers.0.weight', 'loss.data', 'f(x)', 'x[0]', 'target', 'loss', 'count'])(
    '"%s" is refused',
    (name) => {
      expect(isAllowed(name)).toBe(false);
    },
  );

  test('no node that a graph names can be that of a feed', () => {
    const net = network([dense(2), dense(1)]);
    const size = { batch: 2, inputs: 2, outputs: 1, weights: 'someZero' } as const;
    const optimizer = adam({ learningRate: schedules.plateau({ learningRate: 0.1 }) });
    const training = { loss: mse, optimizer, l1: 0.1, clipNorm: 1, stop: { epochs: 1 } };
    const names = (['exact', 'averagedFactors'] as const).flatMap((gradient) => {
      const weights = gradient === 'exact' ? size.weights : undefined;
      const { recipe } = assemble({ ...training, gradient, ...(weights && { ema: 0.9 }) });
      const all = { ...size, weights };
      const { graph } = layerNormsGraph(net, recipe, all);
      return [trainingStep(net, recipe, all), lossGraph(net, recipe, all), outputGraph(net, size), graph];
    });
    const named = names.flatMap(({ nodes }) => nodes.flatMap(({ name }) => name ?? []));
    expect(named.length).toBeGreaterThan(50);
    expect([...new Set(named)].filter(isAllowed)).toEqual([]);
  });

  test('is checked where a layer is declared and where a network is made', () => {
    const feeds = (name: string): Pick<Layer, 'feeds'> => ({ feeds: [{ name, rowShape: [], type: 'int32' }] });
    const own = layer('lookup', { make: () => ({ ...feeds('layers.0.weight'), forward: (_context, input) => input }) });
    expect(() => own()).toThrowErrorMatchingInlineSnapshot(`
      [InputError: lookup.feeds: "layers.0.weight" is not a name for a feed.
        Use letters, digits, spaces, "_" and "-", and begin with a letter, such as "nodeIds".]
    `);
    const byHand: Layer = { ...dense(1), kind: 'lookup', config: { lookup: true }, ...feeds('target') };
    expect(() => network([dense(1), byHand])).toThrowErrorMatchingInlineSnapshot(`
      [InputError: network.layers[1].feeds: a feed cannot have the name "target", because training uses it.
        Choose another name, such as "targetFeed".]
    `);
  });
});
