/** The labels of the drawing: none covers another, a unit or the edge. */
import { describe, expect, test } from 'vitest';
import type { Moment } from './drawing-numbers.ts';
import { labelsOf } from './drawn-labels.ts';
import type { Label } from './label-items.ts';
import { covers, overlap } from './label-plan.ts';
import { layoutOf } from './layout.ts';
import type { ColumnData, NumberData } from './protocol.ts';

/** A network of so many units each at the end of its step, with a number for everything that the drawing can write. */
function network(units: readonly number[]): { readonly columns: ColumnData[]; readonly moment: Moment } {
  const numbers: NumberData[] = [];
  const ids = new Map<string, number>();
  const add = (key: string, name: string, value: number) => {
    ids.set(key, numbers.length);
    numbers.push({ key, name, tex: name, value, phase: 'forward', line: numbers.length });
  };
  const value = (i: number) => Math.sin(i * 7.3) / (i % 3 === 0 ? 100 : 1);
  const columns = units.map((count, c): ColumnData => {
    const name = c === 0 ? 'layers.0.input' : `layers.${c - 1}.output`;
    const sum = `layers.${c - 1}.sum`;
    for (let j = 0; j < count; j++) {
      add(`${name}[0][${j}]`, `${'xhkmy'[c]}${j + 1}⁽¹⁾`, value(numbers.length));
      if (c === 0) continue;
      add(`${sum}[0][${j}]`, `s${j + 1}⁽¹⁾`, value(numbers.length));
      add(`gradient(${sum}[0][${j}])`, `∂E/∂s${j + 1}⁽¹⁾`, value(numbers.length));
      add(`layers.${c - 1}.bias[${j}]′`, `b${j + 1}′`, value(numbers.length));
      for (let i = 0; i < units[c - 1]; i++) {
        add(`gradient(layers.${c - 1}.weight[${i}][${j}])`, `∂E/∂v${i + 1}${j + 1}`, value(numbers.length));
        add(`layers.${c - 1}.weight[${i}][${j}]`, `v${i + 1}${j + 1}`, value(numbers.length));
      }
      if (c < units.length - 1) continue;
      add(`target[0][${j}]`, `t${j + 1}⁽¹⁾`, 0.36);
      add(`loss[0][${j}]`, `E${j + 1}⁽¹⁾`, 0.0123);
    }
    if (c === units.length - 1) add('loss', 'E', 0.048856);
    const title = c === 0 ? 'inputs' : c === units.length - 1 ? 'output layer' : `hidden layer ${c}`;
    return {
      title,
      units: count,
      name,
      values: [],
      ...(c > 0 && {
        sum,
        weight: { name: `layers.${c - 1}.weight`, values: [] },
        bias: { name: `layers.${c - 1}.bias`, values: [] },
        activation: 'leakyRelu',
      }),
    };
  });
  return { columns, moment: { ids, numberAt: (id) => numbers[id], isReached: () => true, sample: 0 } };
}

function labelsFor(units: readonly number[], width: number, related: readonly number[] = []): Label[] {
  const { columns, moment } = network(units);
  const layout = layoutOf(units, width);
  const labels = labelsOf({ columns, layout, moment, isRelated: (id) => related.includes(id) });
  const slots = labels.map(({ slot }) => slot);
  expect(new Set(slots).size, 'slots').toBe(slots.length);
  const circles = layout.columns.flatMap(({ spots, radius }) =>
    spots.flatMap(({ unit, x, y }) => (unit === undefined ? [] : [{ x, y, radius }])),
  );
  const faults = labels.flatMap((a, i) => {
    const isInside =
      Math.min(a.x, layout.width - a.x) >= a.width / 2 && Math.min(a.y, layout.height - a.y) >= a.height / 2;
    const other = labels.slice(0, i).find((b) => overlap(a, b));
    return [
      ...(isInside ? [] : [`${a.text} is not inside`]),
      ...(other === undefined ? [] : [`${a.text} overlaps ${other.text}`]),
      ...(circles.some((circle) => covers(a, circle)) ? [`${a.text} covers a unit`] : []),
    ];
  });
  expect(faults, `${units} at ${width}`).toEqual([]);
  return labels;
}

const widths = [360, 640];
const count = (labels: readonly Label[], slot: string) => labels.filter((label) => label.slot.startsWith(slot)).length;

describe('the labels of the drawing', () => {
  test('do not overlap, with 1 to 8 units a layer', () => {
    for (const width of widths) {
      for (let a = 1; a <= 8; a++) {
        for (let b = 1; b <= 8; b++) labelsFor([a, b, 1 + ((a + b) % 8)], width);
        labelsFor([a, a], width);
        labelsFor([2, a, a, 1], width);
        labelsFor([2, a, 3, a, 2], width);
      }
    }
  });

  test('do not overlap in large layers, where those of the selection are written', () => {
    for (const width of widths) {
      for (const units of [9, 16, 33, 64, 784]) {
        const { moment } = network([units, 3, 2]);
        const key = 'layers.0.weight[1][1]';
        const related = [key, `gradient(${key})`, 'layers.0.sum[0][1]'].map((each) => moment.ids.get(each)!);
        const labels = labelsFor([units, 3, 2], width, related);
        expect(labels.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^v22 /));
      }
    }
  });

  test('say the name of every weight of a small network, also on a phone', () => {
    for (const width of widths) {
      for (const units of [
        [3, 2, 1],
        [2, 2, 2],
        [2, 3, 1],
      ]) {
        const labels = labelsFor(units, width).filter(({ slot }) => slot.startsWith('weight'));
        const all = units.slice(1).reduce((sum, to, c) => sum + to * units[c], 0);
        expect(labels, `${units} at ${width}`).toHaveLength(all);
        for (const { text } of labels) expect(text).toMatch(/^∇?v\d\d /);
      }
    }
  });

  test('name every unit, and write the sums and gradients of a network such as 3-2-1', () => {
    for (const width of widths) {
      const labels = labelsFor([3, 2, 1], width);
      expect(count(labels, 'name')).toBe(6);
      expect(count(labels, 'sum')).toBeGreaterThanOrEqual(width === 640 ? 3 : 1);
      expect(count(labels, 'loss')).toBe(2);
      expect(count(labels, 'target')).toBe(1);
    }
  });
});
