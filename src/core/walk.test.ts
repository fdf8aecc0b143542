import { expect, test } from 'vitest';
import { Graph } from './graph.ts';
import { map } from './op.ts';
import { inputsFirst } from './walk.ts';

const copy = map('copy', { f: (x) => x });

test('each node comes once, after its inputs, in the order of a recursive walk', () => {
  const graph = new Graph();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => graph.source('input', name, [1]));
  const left = graph.map(copy, [b]);
  const both = graph.contract('x,x->x', [left, a]);
  const root = graph.contract('x,x->x', [both, left]);
  graph.map(copy, [c]);
  expect(inputsFirst([root])).toEqual([b, left, a, both, root]);
  expect(inputsFirst([both, root])).toEqual([b, left, a, both, root]);
  expect(inputsFirst([root], (node) => (node === both ? [] : node.inputs))).toEqual([both, b, left, root]);
});

test('a chain of 100,000 nodes is walked', () => {
  const graph = new Graph();
  let node = graph.source('input', 'x', [1]);
  for (let i = 0; i < 100_000; i++) node = graph.map(copy, [node]);
  expect(inputsFirst([node]).length).toBe(100_001);
});
