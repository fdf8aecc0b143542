/** Worked examples of graph methods: what is marked right, what is called wrong and why, and bad files. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AuditRow, PrintedQuantity } from '../../audit/index.ts';
import { renderHtml } from '../../explain/render/html.ts';
import { renderLatex } from '../../explain/render/latex.ts';
import { renderTerminal } from '../../explain/render/terminal.ts';
import type { WalkAudit } from './audit-walks.ts';
import { explainPairs } from './explain-pairs.ts';
import { skipGramStep } from './pair-step.ts';
import { auditAnyExample, checkGraphExample, explainGraphExample, graphExample } from './worked-examples.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'));
const audited = (experiment: object, printed: readonly PrintedQuantity[] = []) =>
  auditAnyExample({ experiment, printed }) as WalkAudit;

test.each([
  ['skip-gram-2d', 12],
  ['skip-gram-four-nodes', 33],
  ['walks-four-nodes', 7],
])('every row of %s is marked; the print is right', (name, count) => {
  const { rows, ok } = auditAnyExample(read(name));
  expect(rows.length).toBeGreaterThanOrEqual(count);
  expect(rows.filter(({ status }) => status === 'slip' || status === 'unexplained')).toEqual([]);
  expect(ok).toBe(true);
});

describe('an update of skip-gram', () => {
  const step = {
    centre: [0.4, -0.2],
    contexts: [[0.3, 0.5]],
    negatives: [
      [0.2, -0.4],
      [-0.6, 0.1],
    ],
    learningRate: 0.5,
  };
  /** The sheet as `change` prints it, to five digits. */
  const marked = (experiment: typeof step, change: (row: { quantity: string; value: number }) => number) => {
    const printed = explainPairs(skipGramStep(experiment)).lines.map(({ quantity, value, after }) => ({
      quantity,
      value: change({ quantity, value }).toPrecision(5),
      after,
    }));
    return audited({ skipGram: step }, printed).rows;
  };
  const row = (rows: readonly AuditRow[], quantity: string, after = 0) =>
    rows.find((each) => each.quantity === quantity && each.after === after)!;

  test('errors written as label − sigmoid are the convention of the opposite sign', () => {
    const rows = marked(step, ({ quantity, value }) => (quantity.startsWith('error') ? -value : value));
    expect(row(rows, 'error[1]')).toMatchObject({ status: 'convention', candidates: [{ kind: 'sign' }] });
  });

  test('the mean over the pairs in place of the sum is a convention', () => {
    const rows = marked(step, ({ quantity, value }) => (quantity === 'loss' ? value / 3 : value));
    expect(row(rows, 'loss').explanation).toContain('the loss is the mean over the 3 pairs');
  });

  test('a negative that is counted as a context is a slip that is named', () => {
    // its label is read as 1
    const wrong = skipGramStep({
      ...step,
      contexts: [
        [0.3, 0.5],
        [0.2, -0.4],
      ],
      negatives: [[-0.6, 0.1]],
    });
    const printed = explainPairs(wrong)
      .lines.filter(({ quantity }) => /^(error|gradient\(centre|centre)/.test(quantity))
      .map(({ quantity, value, after }) => ({ quantity, value: value.toPrecision(5), after }));
    const { rows } = audited({ skipGram: step }, printed);
    expect(row(rows, 'error[1]')).toMatchObject({ status: 'slip' });
    expect(row(rows, 'error[1]').candidates.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('in place of t2 = 0'),
    );
  });
});

describe('walks', () => {
  const edges = [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
    ['c', 'd'],
  ];

  test('each step has its probability, each walk the product of them', () => {
    const [walk] = audited({ walks: { edges, p: 4, q: 0.5, walks: [['a', 'b', 'c', 'd']] } }).walks;
    expect(walk.steps).toEqual([
      { from: 'a', to: 'b', kind: 'first', probability: 0.5 },
      { from: 'b', to: 'c', kind: 'near', probability: 1 / 1.25 },
      { from: 'c', to: 'd', kind: 'far', probability: 2 / 3.25 },
    ]);
    expect(walk.likelihood).toBeCloseTo(0.5 * 0.8 * (2 / 3.25), 14);
    expect(walk.logLikelihood).toBeCloseTo(Math.log(walk.likelihood), 14);
  });

  test('weights count', () => {
    const weighted = [
      ['a', 'b', 3],
      ['a', 'c', 1],
    ];
    const [walk] = audited({ walks: { edges: weighted, walks: [['a', 'b']] } }).walks;
    expect(walk.likelihood).toBe(0.75);
  });

  test.each([
    [{ walks: [['a', 'b', 'd']] }, 2, 'there is no edge from b to d'],
    [{ p: 'infinity', walks: [['a', 'c', 'a']] }, 2, 'it returns to a at once, which an infinite p rules out'],
    [
      { q: 'infinity', walks: [['a', 'c', 'd']] },
      2,
      'd is not a neighbor of the node before c, which an infinite q rules out',
    ],
    [{ p: 'infinity', walks: [['c', 'd', 'c']] }, 2, 'it returns to c at once, which an infinite p rules out'],
    [{ directed: true, walks: [['b', 'a']] }, 1, 'there is no edge from b to a'],
  ])('an impossible walk is named: %j', (change, position, reason) => {
    const { walks, ok } = audited({ walks: { edges, ...change } });
    expect(ok).toBe(false);
    expect(walks[0]).toMatchObject({ likelihood: 0, logLikelihood: -Infinity, impossible: { position, reason } });
  });

  test('probabilities with p and q exchanged follow from that convention', () => {
    const other = audited({ walks: { edges, p: 0.5, q: 4, walks: [['a', 'b', 'c', 'd']] } }).walks[0].steps;
    const printed = other.map(({ probability }, i) => ({
      quantity: `probability[0][${i + 1}]`,
      value: probability.toFixed(4),
    }));
    const { rows, ok } = audited({ walks: { edges, p: 4, q: 0.5, walks: [['a', 'b', 'c', 'd']] } }, printed);
    expect(ok).toBe(true);
    expect(rows[1]).toMatchObject({
      status: 'convention',
      explanation: expect.stringContaining('p and q change places'),
    });
  });
});

describe('explained and checked', () => {
  test('an update has its gradients checked', () => {
    const example = graphExample(read('skip-gram-four-nodes'))!;
    expect(checkGraphExample(example)).toMatchObject({ agrees: true });
    expect(explainGraphExample(example).title).toBe('One update of skip-gram on a graph of four nodes');
  });

  test('walks are explained step by step, and have no gradients', () => {
    const example = graphExample(read('walks-four-nodes'))!;
    const explained = explainGraphExample(example);
    const text = renderTerminal(explained);
    expect(text).toContain('Z(c, b) = w(c, a) + (1/p)·w(c, b) + (1/q)·w(c, d) = 1 + (1/4)·1 + (1/0.5)·1 = 3.25');
    expect(text).toContain('P(d | c, b) = (1/q)·w(c, d)/Z(c, b) = (1/0.5)·1/3.25 = 0.615385');
    const html = renderHtml(explained);
    expect(html).not.toContain('class="untypeset"');
    expect(renderLatex(explained)).toContain('\\mid');
    expect(() => checkGraphExample(example)).toThrow('walks have no gradients');
  });
});

describe('bad files', () => {
  const message = (json: unknown) => {
    try {
      graphExample(json);
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  };
  const walks = (change: object) => ({
    experiment: { walks: { edges: [['a', 'b']], walks: [['a', 'b']], ...change } },
    printed: [],
  });

  test('a node that no edge has', () => {
    expect(message(walks({ walks: [['a', 'x']] }))).toContain(
      'experiment.walks.walks[0][1]: "x" is not a node of the graph.',
    );
  });

  test('p that is not positive', () => {
    expect(message(walks({ p: 0 }))).toContain('experiment.walks.p');
  });

  test('an unknown key', () => {
    expect(message(walks({ r: 1 }))).toContain('"r"');
  });

  test('an address that is not there', () => {
    const skipGram = { centre: [1], contexts: [[1]], negatives: [], learningRate: 1 };
    const wrong = (quantity: string) => () => audited({ skipGram }, [{ quantity, value: '1' }]);
    expect(wrong('dot[1]')).toThrow('dot[1] is not in this step of 1 × 1 pairs of 1 dimensions');
    expect(wrong('layers.0.sum[0][0]')).toThrow('is not an address of this step');
    expect(wrong('gradient(loss)')).toThrow('there is no gradient in loss');
  });

  test('a file of a network is not one of a graph method', () => {
    expect(graphExample(read('mazur-2-2-2'))).toBeUndefined();
    expect(graphExample(read('experiment'))).toBeUndefined();
  });
});
