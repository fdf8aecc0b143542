import { expect, test } from 'vitest';
import { drawChart, powers, roundNumbers } from '../../parts/chart.ts';
import { svgPainter } from '../../parts/painter.ts';
import { defaultConfig } from './config.ts';
import { noCurves, packed, packedMarks, unpackedCurves, withMark, withRows } from './curves.ts';
import { layoutOf } from './network-layout.ts';
import { remarksOn } from './remarks.ts';
import { createWay } from './way.ts';

const row = (epoch: number, loss = 1 / epoch) => ({
  epoch,
  step: epoch,
  loss,
  learningRate: 0.1,
  gradientNorm: 1,
  seconds: 0,
});
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => row(from + i));

test('no tile overlaps another or leaves the drawing, from 1 to 64 units a layer, folded and unfolded', () => {
  for (const unfolded of [new Set<number>(), new Set([1, 2])]) {
    for (const units of [1, 2, 5, 9, 10, 11, 20, 21, 32, 55, 63, 64]) {
      const { columns, width, height } = layoutOf([2, units, 65 - units, 1], { width: 360, height: 310, unfolded });
      const tiles = columns.flatMap((column) => column.tiles);
      for (const tile of tiles) {
        const isInside = tile.x >= 0 && tile.x + tile.size <= width && tile.y >= 0 && tile.y + tile.size <= height;
        if (!isInside || tile.size < 20) expect.fail(`${units} units: ${JSON.stringify(tile)}`);
      }
      const overlaps = tiles.some((a, i) =>
        tiles.slice(i + 1).some((b) => Math.abs(a.x - b.x) < a.size && Math.abs(a.y - b.y) < a.size),
      );
      expect(overlaps, `${units} units`).toBe(false);
      expect(columns[1].tiles.length + columns[1].folded).toBe(units);
    }
  }
});

test('curves of any length stay short, with the first and the newest row', () => {
  let curves = noCurves;
  for (let epoch = 1; epoch < 20_000; epoch += 500) curves = withRows(curves, 100, { rows: rows(epoch, epoch + 499) });
  expect(curves.rows.length).toBeLessThanOrEqual(1600);
  expect(curves.rows[0].epoch).toBe(101);
  expect(curves.rows.at(-1)!.epoch).toBe(20_100);
});

test('gradient norms are added once, however often a frame repeats them', () => {
  const gradients = { rows: 10, epochs: [0, 1, 2], norms: { 'layers.0': [3, 2, 1], 'layers.1': [6, 5, 4] } };
  let curves = withRows(noCurves, 10, { rows: [], gradients });
  curves = withRows(curves, 10, { rows: [], gradients });
  expect(curves.norms).toEqual([
    [10, 3, 6],
    [11, 2, 5],
    [12, 1, 4],
  ]);
});

test('a curve goes through a link', () => {
  const curves = withRows(noCurves, 0, { rows: rows(1, 777).map((each) => ({ ...each, validationLoss: 2 })) });
  const read = unpackedCurves(JSON.parse(JSON.stringify(packed(curves))));
  expect(read.rows.length).toBeLessThanOrEqual(102);
  expect(read.rows.at(-1)).toEqual({ epoch: 777, loss: 0.001287, validationLoss: 2, learningRate: 0.1 });
  expect(unpackedCurves([['<script>']])).toBe(noCurves);
  expect(unpackedCurves({ length: 3 })).toBe(noCurves);
});

test('axes have round numbers', () => {
  expect(roundNumbers(0, 0.7, 4)).toEqual([0, 0.2, 0.4, 0.6]);
  expect(roundNumbers(0, 1234, 4)).toEqual([0, 500, 1000]);
  expect(powers(0.002, 30)).toEqual([0.01, 0.1, 1, 10]);
  expect(powers(0.03, 0.3)).toEqual([0.05, 0.1, 0.2]);
});

test('a chart as SVG has its lines and escaped names; a loss that is infinite interrupts its line', () => {
  const painter = svgPainter(400, 200, '#fff');
  const colors = { soft: '#666', rule: '#ddd', text: '#000' } as never;
  const series = [
    { name: '<b>&"', points: [1, 0.5, 2, 0.4, 3, Number.POSITIVE_INFINITY, 4, 0.3, 5, 0.2], color: '#70a' },
  ];
  drawChart(painter, { series, isLogarithmic: false, xName: 'epochs', empty: '' }, colors);
  const file = painter.file('Loss <1>');
  expect(file).toContain('<title>Loss &lt;1&gt;</title>');
  expect(file).toContain('&lt;b&gt;&amp;&quot;');
  expect(file.match(/stroke="#70a" stroke-width="1.75"/g)).toHaveLength(2);
});

test('remarks: a straight line cannot separate XOR; a loss above its start means too high a rate', () => {
  expect(remarksOn({ ...defaultConfig, hidden: [] }, noCurves)[0]).toContain('no straight line separates XOR');
  expect(remarksOn({ ...defaultConfig, hidden: [{ units: 4, activation: 'linear' }] }, noCurves)).toHaveLength(1);
  expect(remarksOn(defaultConfig, noCurves)).toEqual([]);
  expect(remarksOn({ ...defaultConfig, set: 'line', hidden: [] }, noCurves)).toEqual([]);
  const rising = { rows: Array.from({ length: 40 }, (_, i) => row(i + 1, 0.7 + i)), norms: [], marks: [] };
  expect(remarksOn(defaultConfig, rising)[0]).toContain('The learning rate of 0.1 is too high');
  expect(remarksOn(defaultConfig, rising, 'The rate is too high.')).toEqual([
    'Training diverged. The rate is too high.',
  ]);
});

test('the remark about a high loss quotes the newest loss of the curve, and only losses of the same data', () => {
  const rows = Array.from({ length: 40 }, (_, i) => row(i + 1, i < 39 ? 0.7 + i : 5.25));
  const [text] = remarksOn(defaultConfig, { rows, norms: [], marks: [] });
  expect(text).toContain('(now 5.25, then 0.7)');
  const marks = [{ epoch: 35, text: 'data changed', isOtherLoss: true }];
  expect(remarksOn(defaultConfig, { rows, norms: [], marks })).toEqual([]);
});

test('a schedule that is over is named, because its rate no longer changes', () => {
  const config = { ...defaultConfig, schedule: { name: 'cosine', options: { epochs: 20, minRate: 0 } } };
  const curves = (epochs: number) => ({ rows: rows(1, epochs), norms: [], marks: [] });
  expect(remarksOn(config, curves(20))).toEqual([]);
  expect(remarksOn(config, curves(21))[0]).toContain('The schedule cosine ended at epoch 20');
});

test('changes are marks in the curve: several after one epoch are one, and a link holds them', () => {
  const rate = { epoch: 3, text: 'rate 0.3', isOtherLoss: false };
  const first = withMark(withMark(noCurves, rate), { epoch: 3, text: 'data changed', isOtherLoss: true });
  expect(first.marks).toEqual([{ epoch: 3, text: 'rate 0.3, data changed', isOtherLoss: true }]);
  const both = withMark(first, { epoch: 9, text: 'adam', isOtherLoss: false });
  expect(both.marks.map(({ epoch }) => epoch)).toEqual([3, 9]);
  expect(withMark(both, { epoch: 10, text: '', isOtherLoss: false })).toEqual(both);
  expect(unpackedCurves([[1, 0.5, -1, 0.1]], JSON.parse(JSON.stringify(packedMarks(both)))).marks).toEqual(both.marks);
  expect(unpackedCurves([[1, 0.5, -1, 0.1]], [[-1, 'x', true], 7, [1, {}, 2]]).marks).toEqual([]);
});

test('the way of the weights has at most 101 points, with the first and the newest, and starts again for another network', () => {
  const way = createWay();
  const weights = (value: number, units = 2) => ({
    'layers.0.weight': { shape: [1, units], data: new Float64Array(units).fill(value) },
  });
  for (let i = 0; i < 999; i++) way.add(weights(i));
  expect(way.points().length).toBeLessThanOrEqual(101);
  expect(way.points()[0][0]).toBe(0);
  expect(way.points().at(-1)![0]).toBe(998);
  way.add(weights(1, 3));
  expect(way.points()).toHaveLength(1);
});
