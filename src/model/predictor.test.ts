import { describe, expect, test } from 'vitest';
import { tensor } from '../base/tensor.ts';
import { relu, softmax, tanh } from '../core/ops/activations.ts';
import { reference } from '../engines/reference/index.ts';
import type { Layer } from '../net/layer.ts';
import { dense } from '../net/layers/dense.ts';
import { embedding } from '../net/layers/embedding.ts';
import { initialize, network, outputWidth } from '../net/network.ts';
import { outputGraph } from '../net/step.ts';
import { compile } from '../plan/plan.ts';
import { littleWork, Predictor } from './predictor.ts';

const waves = (n: number, inputs: number) =>
  Array.from({ length: n }, (_, r) => Array.from({ length: inputs }, (_, c) => Math.sin(r * 12.9898 + c * 78.233)));

function predictor(layers: readonly Layer[], inputs: number) {
  const net = network(layers);
  const parameters = initialize(net, inputs);
  const outputs = outputWidth(net, inputs);
  /** The definition: the reference engine on all rows at once. */
  const wanted = (rows: number[][]) => {
    const graph = outputGraph(net, { batch: rows.length, inputs });
    const [program] = reference.compile([compile(graph, [graph.get('output')])]);
    for (const [name, { data }] of parameters) program.view(name).set(data);
    program.view('layers.0.input').set(rows.flat());
    program.run();
    const found = [...program.view('output')];
    return rows.map((_, r) => found.slice(r * outputs, (r + 1) * outputs));
  };
  return { predictor: new Predictor({ network: net, inputs, outputs, parameters }), wanted };
}

const counts = [1, 2, 7, 8, 9, 63, 64, 65, 73, 255, 256, 257, 264, 600];

describe.each([
  ['4-16-3', [dense(16, { activation: tanh }), dense(3, { activation: softmax })], 4],
  // wide enough that a single output uses several partial sums
  ['90-70-1', [dense(70, { activation: relu }), dense(1)], 90],
] as const)('%s', (_, layers, inputs) => {
  test.each(['before', 'after'])(
    'it has the bits of the reference, for any number of rows, %s it is compiled',
    (when) => {
      const { predictor: one, wanted } = predictor(layers, inputs);
      for (const n of counts) {
        const rows = waves(n, inputs);
        const { predictor: other } = predictor(layers, inputs);
        const used = when === 'before' ? other : one;
        // enough work that it is compiled
        if (when === 'after') used.rows(waves(2000, inputs));
        // a single row remains after chunks of 256
        const want = n === 257 ? [...wanted(rows.slice(0, 256)), ...wanted(rows.slice(256))] : wanted(rows);
        expect(used.rows(rows), `${n} rows`).toEqual(want);
        expect([...used.tensor(tensor([n, inputs], rows.flat())).data], `${n} rows`).toEqual(want.flat());
      }
    },
  );
});

test('for single rows, it is compiled once the reference has done as much work as compiling costs', () => {
  const { predictor: used, wanted } = predictor([dense(16, { activation: tanh }), dense(3)], 4);
  const rows = waves(Math.ceil(littleWork / (4 * 16 + 16 + 16 * 3 + 3)) + 5, 4);
  const want = wanted(rows);
  expect(rows.map((row) => used.rows([row])![0])).toEqual(want);
});

test('an invalid index gives undefined, and is not used later either', () => {
  const { predictor: used } = predictor([embedding(2, { of: [{ input: 1, size: 3 }] }), dense(1)], 2);
  const good = [
    [0.5, 2],
    [1, 0],
  ];
  const want = used.rows(good);
  expect(want).toHaveLength(2);
  for (const index of [3, -1, 0.5, 1e9])
    expect(
      used.rows([
        [0, 1],
        [0, 1],
        [0, 1],
        [0, index],
      ]),
    ).toBeUndefined();
  expect(used.rows(good)).toEqual(want);
});

test('rows that do not fit give undefined and have no later effect', () => {
  const { predictor: used } = predictor([dense(2)], 3);
  const good = waves(20, 3);
  const want = used.rows(good);
  const bad = [
    [1, 2],
    [1, 2, Number.NaN],
    [1, 2, Number.POSITIVE_INFINITY],
    [1, 2, '3'],
    // biome-ignore lint/suspicious/noSparseArray: a caller may pass it
    [1, , 3],
    BigInt64Array.of(1n, 2n, 3n),
    null,
    'abc',
  ];
  for (const row of bad) expect(used.rows([...good, row] as never)).toBeUndefined();
  expect(used.rows({ length: 1, 0: [1, 2, 3] } as never)).toBeUndefined();
  expect(used.rows(good)).toEqual(want);
  expect(used.rows([])).toEqual([]);
});
