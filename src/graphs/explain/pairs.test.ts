/** Pair steps: their numbers, their gradients, and what the explanation shows of them. */
import { describe, expect, test } from 'vitest';
import { exp } from '../../base/math.ts';
import { fillUniform } from '../../base/random.ts';
import { reference } from '../../engines/reference/index.ts';
import { renderHtml } from '../../explain/render/html.ts';
import { renderJson } from '../../explain/render/json.ts';
import { renderLatex } from '../../explain/render/latex.ts';
import { renderTerminal } from '../../explain/render/terminal.ts';
import { compile } from '../../plan/plan.ts';
import { updateSample } from '../line/update.ts';
import { float64 } from '../skip-gram/arithmetic.ts';
import { checkPairs } from './check-pairs.ts';
import { explainPairs } from './explain-pairs.ts';
import { pairGraph } from './pair-graph.ts';
import { PairLines } from './pair-lines.ts';
import { lineStep, type PairStep, skipGramStep } from './pair-step.ts';

const printed = {
  centre: [0.65, 0.87],
  contexts: [{ name: 'a', vector: [0.79, 0.05] }],
  negatives: [
    { name: 'graph', vector: [0.05, 0.79] },
    { name: 'data', vector: [0.77, 0.09] },
    { name: 'at', vector: [0.83, 0.26] },
  ],
  learningRate: 0.1,
};
const values = (step: PairStep) =>
  new Map(explainPairs(step).lines.map(({ quantity, after, value }) => [after > 0 ? `${quantity}′` : quantity, value]));

/** Vectors with components from −1 to 1. */
function randomStep(m: number, contexts: number, negatives: number, d: number, sequence: number): PairStep {
  const numbers = new Float64Array((m + contexts + negatives) * d);
  fillUniform(numbers, 5, 'check', sequence);
  const rows = Array.from({ length: m + contexts + negatives }, (_, r) =>
    Array.from(numbers.subarray(r * d, (r + 1) * d), (x) => 2 * x - 1),
  );
  return skipGramStep({
    centres: rows.slice(0, m),
    contexts: rows.slice(m, m + contexts),
    negatives: rows.slice(m + contexts),
    learningRate: 0.025,
  });
}

describe('the printed example', () => {
  const found = values(skipGramStep(printed));
  const list = (name: string) => [0, 1, 2, 3].map((k) => found.get(`${name}[${k}]`)!.toFixed(3));

  test('its dot products, sigmoids and errors are those that are printed', () => {
    expect(list('dot')).toEqual(['0.557', '0.720', '0.579', '0.766']);
    expect(list('sigmoid')).toEqual(['0.636', '0.673', '0.641', '0.683']);
    expect(list('error')).toEqual(['-0.364', '0.673', '0.641', '0.683']);
  });

  test('the loss is 3.740809 and the gradient of the centre [0.805836, 0.748257]', () => {
    expect(found.get('loss')).toBeCloseTo(3.740809, 6);
    expect(found.get('gradient(centre[0])')).toBeCloseTo(0.805836, 6);
    expect(found.get('gradient(centre[1])')).toBeCloseTo(0.748257, 6);
  });

  test('every vector moves against its gradient, by the learning rate', () => {
    expect(found.get('centre[0]′')).toBeCloseTo(0.65 - 0.1 * found.get('gradient(centre[0])')!, 14);
    expect(found.get('negative[2][1]′')).toBeCloseTo(0.26 - 0.1 * found.get('gradient(negative[2][1])')!, 14);
    expect(found.get('loss′')).toBeLessThan(found.get('loss')!);
  });
});

test('the update has the bits of plain loops, sums added in order, on the reference engine in float64', () => {
  for (const [m, contexts, negatives, d] of [
    [1, 1, 5, 8],
    [7, 1, 5, 16],
    [3, 2, 0, 3],
  ]) {
    const step = randomStep(m, contexts, negatives, d, m);
    const { graph, given } = pairGraph(step);
    const [program] = reference.compile([
      compile(
        graph,
        ['error', 'updated(centre)'].map((name) => graph.get(name)),
      ),
    ]);
    for (const [name, data] of given) program.view(name).set(data);
    program.run();
    const [v, u] = [step.centres, [...step.contexts, ...step.negatives]].map((list) =>
      list.map(({ vector }) => vector),
    );
    const error = v.map((row) =>
      u.map((other, k) => {
        let dot = 0;
        for (let j = 0; j < d; j++) dot += row[j] * other[j];
        return 1 / (1 + exp(-dot)) - (k < contexts ? 1 : 0);
      }),
    );
    expect(Array.from(program.view('error'))).toEqual(error.flat());
    const sum = (count: number, term: (at: number) => number) => {
      let total = 0;
      for (let at = 0; at < count; at++) total += term(at);
      return total;
    };
    const centre = v.map((row, i) => row.map((x, j) => x - 0.025 * sum(u.length, (k) => error[i][k] * u[k][j])));
    const context = u.map((row, k) => row.map((x, j) => x - 0.025 * sum(v.length, (i) => error[i][k] * v[i][j])));
    expect(Array.from(program.view('centre'))).toEqual(centre.flat());
    expect(Array.from(program.view('context'))).toEqual(context.flat());
  }
});

describe('the gradients agree with central differences', () => {
  test.each([
    ['one centre', randomStep(1, 1, 5, 4, 1)],
    ['several centres and contexts', randomStep(4, 2, 3, 3, 2)],
    ['no negatives', randomStep(2, 2, 0, 3, 3)],
    [
      'contexts of zeros, as before the first update',
      skipGramStep({ centre: [0.1, -0.2], contexts: [[0, 0]], negatives: [[0, 0]], learningRate: 0.1 }),
    ],
    ['LINE', lineStep({ order: 1, source: [0.3, -0.4], target: [0.5, 0.2], negatives: [[1, -1]], learningRate: 0.1 })],
  ])('%s', (_name, step) => {
    const { agrees, worst, rows } = checkPairs(step);
    expect(agrees).toBe(true);
    expect(worst).toBeLessThan(1e-9);
    expect(rows.every(({ kink }) => kink === null)).toBe(true);
  });
});

test('a negative that is drawn twice is one row, whose gradients add up', () => {
  const twice = { name: 'b', vector: [0.2, 0.4] };
  const found = values(
    skipGramStep({ centre: [1, -1], contexts: [[0.5, 0.5]], negatives: [twice, twice], learningRate: 1 }),
  );
  expect(found.get('dot[2]')).toBe(found.get('dot[1]'));
  expect(found.get('gradient(negative[0][0])')).toBeCloseTo(2 * found.get('error[1]')!, 14);
  expect(found.get('negative[0][0]′')).toBeCloseTo(0.2 - 2 * found.get('error[1]')!, 14);
  expect(found.has('negative[1][0]′')).toBe(false);
});

test('a dot product of 800 overflows nothing', () => {
  const found = values(skipGramStep({ centre: [40], contexts: [[-20]], negatives: [[20]], learningRate: 0.1 }));
  // a probability of 0 counts as 2⁻¹²⁶, as in the kernel
  expect(found.get('loss')).toBeCloseTo(2 * 126 * Math.LN2, 12);
  expect(found.get('gradient(centre[0])')).toBe(40);
});

test.each([1, 2, 40])("LINE's update in %d dimensions has the bits of its definition", (d) => {
  const numbers = new Float64Array(4 * d);
  fillUniform(numbers, 5, 'check', 9);
  const [source, target, ...negatives] = [0, 1, 2, 3].map((r) => [...numbers.subarray(r * d, (r + 1) * d)]);
  const { rows } = new PairLines(lineStep({ order: 1, source, target, negatives, learningRate: 0.025 }), {
    components: d,
  });
  const value = new Map(rows.map((row) => [`${row.line.quantity}${row.line.after > 0 ? '′' : ''}`, row.value]));
  updateSample(numbers, numbers, d, { source: 0, targets: [1, 2, 3] }, 0.025, float64);
  const after = ['source', 'target', 'negative[0]', 'negative[1]'].flatMap((name) =>
    source.map((_, j) => value.get(`${name}[${j}]′`)),
  );
  expect(after).toEqual([...numbers]);
});

test('LINE names source, target and negatives; both orders have the same update', () => {
  const vectors = { source: [0.3, -0.4], target: [0.5, 0.2], negatives: [[1, -1]], learningRate: 0.1 };
  const [first, second] = [1, 2].map((order) => values(lineStep({ order, ...vectors })));
  expect([...first]).toEqual([...second]);
  expect(first.get('dot[0]')).toBeCloseTo(0.07, 14);
  expect(first.has('target[1]′')).toBe(true);
});

describe('in every format', () => {
  const explained = explainPairs(skipGramStep(printed));

  test('every quantity is on the page, and every formula is typeset', () => {
    const html = renderHtml(explained);
    for (const { quantity } of explained.lines) expect(html).toContain(`data-quantity="${quantity}"`);
    expect(html).not.toContain('class="untypeset"');
    expect(html).not.toContain('undefined');
    expect(html).toContain('<h3>context and negative</h3>');
  });

  test('text, LaTeX and JSON have the same lines', () => {
    const text = renderTerminal(explained);
    expect(text).toContain('z1 = v1·u11 + v2·u12 = 0.65·0.79 + 0.87·0.05 = 0.557');
    expect(text).toContain('δ1 = ∂E/∂y1·∂y1/∂z1 = y1 − t1 = 0.635758 − 1 = −0.364242');
    expect(text).toContain('u1 is "a", u2 is "graph"');
    expect(text).toContain('= y − 1   [with y = σ(z) = 1/(1 + e^(−z))]');
    expect(renderLatex(explained)).toContain('z_{1} &= v_{1} \\cdot u_{11} + v_{2} \\cdot u_{12}');
    expect(JSON.parse(renderJson(explained))).toEqual(explained.lines);
  });

  test('of a large step the first numbers are shown, and it says so', () => {
    const large = explainPairs(randomStep(20, 1, 5, 128, 4));
    expect(large.lines.length).toBeLessThan(400);
    expect(large.leftOut).toEqual([
      'Pairs: those of the first 4 of 20 centres with the first 6 of 6 other vectors are shown; sums run over all of them.',
      'Components: the first 8 of 128 of each vector are shown.',
      'Sums of more than 9 terms show their first 8; their values count all of them.',
    ]);
  });
});

describe('vectors that do not fit together', () => {
  const message = (change: object) => {
    try {
      skipGramStep({ ...printed, ...change });
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  };

  test('of different length', () => {
    expect(message({ negatives: [{ name: 'at', vector: [1] }] })).toBe(
      'experiment.skipGram: "at" has 1 dimensions, but the first centre has 2.\n  Give all vectors the same number of dimensions.',
    );
  });

  test('of one name and different numbers', () => {
    expect(message({ negatives: [{ name: 'a', vector: [1, 2] }] })).toContain('"a" has two different vectors');
  });

  test('no centre', () => {
    expect(message({ centre: undefined })).toContain('there is no centre');
  });
});
