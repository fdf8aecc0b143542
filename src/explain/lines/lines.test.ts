import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { permutation } from '../../base/random.ts';
import { reference } from '../../engines/reference/index.ts';
import { trainingStep } from '../../net/step.ts';
import { compile } from '../../plan/plan.ts';
import { explain } from '../explanation.ts';
import { evaluate } from '../expression.ts';
import { classes, mazur, page, problemOf, randomProblem } from '../fixtures.ts';
import { notationText } from '../text.ts';
import { trace } from '../trace.ts';
import { linesOf } from './lines.ts';

/** The value of a line, by its address. */
function numberAt(lines: ReturnType<typeof explain>, quantity: string, after = 0): number {
  const found = lines.find((line) => line.quantity === quantity && line.after === after);
  if (found === undefined) throw new Error(`no line ${quantity} after ${after}`);
  return found.value;
}

describe('the page', () => {
  const exact = explain(page());
  const averaged = explain(page({ gradient: 'averagedFactors' }));

  test('the first line is h1 of the first sample', () => {
    expect(exact[0]).toEqual({
      phase: 'forward',
      quantity: 'layers.0.sum[0][0]',
      name: 'h1',
      formula: 'x1·v11 + x2·v21 + x3·v31',
      numbers: '2·0.15 + 3·0.6 + 1·0.3',
      value: 2.4,
      after: 0,
      layer: 0,
      sample: 0,
    });
  });

  test('the forward pass has the printed numbers', () => {
    const printed = [
      [2.4, 1.8, 2.28, 0.907],
      [0.75, 1.2, 0.84, 0.698],
      [1.35, 1.4, 1.36, 0.796],
    ];
    printed.forEach((row, s) => {
      const places = ['layers.0.sum[0]', 'layers.0.sum[1]', 'layers.1.sum[0]', 'layers.1.output[0]'];
      places.forEach((place, i) => {
        const quantity = place.replace('[', `[${s}][`);
        expect(numberAt(exact, quantity)).toBeCloseTo(row[i], 3);
      });
    });
  });

  test.each([
    ['loss', 0, 0.048856, 0.048856],
    ['gradient(layers.1.weight[0][0])', 0, 0.067183, 0.059262],
    ['gradient(layers.0.weight[0][0])', 0, 0.071662, 0.078678],
    ['layers.1.weight[0][0]', 1, 0.76641, 0.770369],
    ['layers.1.weight[1][0]', 1, 0.16716, 0.169209],
    ['layers.0.weight[0][0]', 1, 0.11417, 0.110661],
    ['layers.0.weight[0][1]', 1, 0.19104, 0.190165],
    ['layers.0.weight[1][0]', 1, 0.57611, 0.581559],
    ['layers.0.weight[1][1]', 1, 0.29403, 0.29539],
    ['layers.0.weight[2][0]', 1, 0.27611, 0.277535],
    ['layers.0.weight[2][1]', 1, 0.49403, 0.494384],
    ['loss', 1, 0.039889, 0.040227],
  ])('%s after %i is %f by averaged factors and %f by the gradient', (quantity, after, byFactors, byGradient) => {
    // half a unit of the fifth or sixth decimal, as they are printed
    const digits = (value: number) => (String(value).split('.')[1].length > 5 ? 6 : 5);
    expect(numberAt(averaged, quantity, after)).toBeCloseTo(byFactors, digits(byFactors));
    expect(numberAt(exact, quantity, after)).toBeCloseTo(byGradient, digits(byGradient));
  });

  test('the five factors of the textbook example are lines', () => {
    expect(numberAt(averaged, 'factor(loss, layers.1.output[mean][0])')).toBeCloseTo(0.2938, 4);
    expect(numberAt(averaged, 'factor(layers.1.output[mean][0], layers.1.sum[mean][0])')).toBeCloseTo(0.1524, 4);
    expect(numberAt(averaged, 'factor(layers.1.sum[mean][0], layers.1.weight[0][0])')).toBe(1.5);
    expect(numberAt(averaged, 'factor(layers.1.sum[mean][0], layers.0.output[mean][0])')).toBe(0.8);
    expect(numberAt(averaged, 'factor(layers.0.sum[mean][0], layers.0.weight[0][0])')).toBe(2);
  });

  test('the lines read as a textbook has them', () => {
    const shown = exact
      .filter(({ sample, layer }) => sample === undefined && layer !== 0)
      .map(({ name, rule, formula, numbers, value }) =>
        [name, rule, formula, numbers, Number(value.toPrecision(6))].filter((each) => each !== undefined).join(' = '),
      );
    expect(shown).toMatchInlineSnapshot(`
      [
        "E = E⁽¹⁾ + E⁽²⁾ + E⁽³⁾ = 0.0118999 + 0.00530831 + 0.0316478 = 0.048856",
        "∂E/∂w1 = Σ_samples ∂E/∂s·∂s/∂w1 = ∂E/∂s⁽¹⁾·h1⁽¹⁾ + ∂E/∂s⁽²⁾·h1⁽²⁾ + ∂E/∂s⁽³⁾·h1⁽³⁾ = 0.00749805·2.4 + 0.0125289·0.75 + 0.0236075·1.35 = 0.0592621",
        "∂E/∂w2 = Σ_samples ∂E/∂s·∂s/∂w2 = ∂E/∂s⁽¹⁾·h2⁽¹⁾ + ∂E/∂s⁽²⁾·h2⁽²⁾ + ∂E/∂s⁽³⁾·h2⁽³⁾ = 0.00749805·1.8 + 0.0125289·1.2 + 0.0236075·1.4 = 0.0615817",
        "w1′ = w1 − η·∂E/∂w1 = 0.8 − 0.5·0.0592621 = 0.770369",
        "w2′ = w2 − η·∂E/∂w2 = 0.2 − 0.5·0.0615817 = 0.169209",
        "E′ = E′⁽¹⁾ + E′⁽²⁾ + E′⁽³⁾ = 0.00988461 + 0.00379609 + 0.0265465 = 0.0402272",
      ]
    `);
    expect(exact.filter(({ sample, phase }) => sample === 0 && phase !== 'forward')).toMatchInlineSnapshot(`
      [
        {
          "after": 0,
          "formula": "(t − y)²/(2·m)",
          "name": "E⁽¹⁾",
          "numbers": "(0.64 − 0.907207)²/(2·3)",
          "phase": "loss",
          "quantity": "loss[0][0]",
          "sample": 0,
          "value": 0.0118999343173083,
        },
        {
          "after": 0,
          "formula": "(y − t)/m",
          "layer": 1,
          "name": "∂E/∂y",
          "numbers": "(0.907207 − 0.64)/3",
          "phase": "backward",
          "quantity": "gradient(layers.1.output[0][0])",
          "sample": 0,
          "value": 0.0890690156276143,
        },
        {
          "after": 0,
          "formula": "y·(1 − y)",
          "layer": 1,
          "name": "∂y/∂s",
          "numbers": "0.907207·(1 − 0.907207)",
          "phase": "backward",
          "quantity": "factor(layers.1.output[0][0], layers.1.sum[0][0])",
          "sample": 0,
          "value": 0.0841824209689541,
        },
        {
          "after": 0,
          "formula": "∂E/∂y·y·(1 − y)",
          "layer": 1,
          "name": "∂E/∂s",
          "numbers": "0.089069·0.907207·(1 − 0.907207)",
          "phase": "backward",
          "quantity": "gradient(layers.1.sum[0][0])",
          "rule": "∂E/∂y·∂y/∂s",
          "sample": 0,
          "value": 0.00749804536885418,
        },
        {
          "after": 0,
          "formula": "∂E/∂s·w1",
          "layer": 0,
          "name": "∂E/∂h1",
          "numbers": "0.00749805·0.8",
          "phase": "backward",
          "quantity": "gradient(layers.0.sum[0][0])",
          "rule": "∂E/∂s·∂s/∂h1",
          "sample": 0,
          "value": 0.00599843629508334,
        },
        {
          "after": 0,
          "formula": "∂E/∂s·w2",
          "layer": 0,
          "name": "∂E/∂h2",
          "numbers": "0.00749805·0.2",
          "phase": "backward",
          "quantity": "gradient(layers.0.sum[0][1])",
          "rule": "∂E/∂s·∂s/∂h2",
          "sample": 0,
          "value": 0.00149960907377084,
        },
        {
          "after": 1,
          "formula": "x1·v11′ + x2·v21′ + x3·v31′",
          "layer": 0,
          "name": "h1′",
          "numbers": "2·0.110661 + 3·0.581559 + 1·0.277535",
          "phase": "loss",
          "quantity": "layers.0.sum[0][0]",
          "sample": 0,
          "value": 2.24353480835047,
        },
        {
          "after": 1,
          "formula": "x1·v12′ + x2·v22′ + x3·v32′",
          "layer": 0,
          "name": "h2′",
          "numbers": "2·0.190165 + 3·0.29539 + 1·0.494384",
          "phase": "loss",
          "quantity": "layers.0.sum[0][1]",
          "sample": 0,
          "value": 1.76088370208762,
        },
        {
          "after": 1,
          "formula": "h1′·w1′ + h2′·w2′",
          "layer": 1,
          "name": "s′",
          "numbers": "2.24353·0.770369 + 1.76088·0.169209",
          "phase": "loss",
          "quantity": "layers.1.sum[0][0]",
          "sample": 0,
          "value": 2.02630724665354,
        },
        {
          "after": 1,
          "formula": "1/(1 + e^(−s′))",
          "layer": 1,
          "name": "y′",
          "numbers": "1/(1 + e^(−2.02631))",
          "phase": "loss",
          "quantity": "layers.1.output[0][0]",
          "sample": 0,
          "value": 0.883531618550831,
        },
        {
          "after": 1,
          "formula": "(t − y′)²/(2·m)",
          "name": "E′⁽¹⁾",
          "numbers": "(0.64 − 0.883532)²/(2·3)",
          "phase": "loss",
          "quantity": "loss[0][0]",
          "sample": 0,
          "value": 0.00988460820566456,
        },
      ]
    `);
  });

  test('a line of averaged factors has a note with the gradient', () => {
    const line = averaged.find(({ quantity }) => quantity === 'gradient(layers.1.weight[0][0])');
    expect(line?.note).toBe('averaged factors; the gradient of the loss is 0.0592621');
    expect(line?.rule).toBe('∂E/∂s̄·∂s̄/∂w1');
  });

  test('sequential updates use the weights after their update, and the update comes before', () => {
    const lines = explain(page({ update: 'sequential' }));
    const at = (quantity: string, after: number) =>
      lines.findIndex((line) => line.quantity === quantity && line.after === after);
    expect(lines[at('gradient(layers.0.sum[0][0])', 0)].formula).toBe('∂E/∂s·w1′');
    expect(at('layers.1.weight[0][0]', 1)).toBeLessThan(at('gradient(layers.0.sum[0][0])', 0));
  });
});

test("Mazur's printed numbers, and the default names", () => {
  const lines = explain(mazur());
  expect(numberAt(lines, 'loss')).toBeCloseTo(0.298371109, 9);
  expect(numberAt(lines, 'layers.1.weight[0][0]', 1)).toBeCloseTo(0.35891648, 8);
  expect(numberAt(lines, 'layers.1.weight[1][1]', 1)).toBeCloseTo(0.561370121, 9);
  expect(numberAt(lines, 'layers.0.weight[0][0]', 1)).toBeCloseTo(0.149780716, 9);
  expect(numberAt(lines, 'loss', 1)).toBeCloseTo(0.291027773694, 12);
  expect(numberAt(explain(mazur({ update: 'sequential' })), 'loss', 1)).toBeCloseTo(0.291027924, 9);
  const names = Object.fromEntries(
    lines.filter(({ after }) => after === 0).map(({ quantity, name }) => [quantity, name]),
  );
  expect(names).toMatchObject({
    'layers.0.sum[0][1]': 'z1_2',
    'layers.0.output[0][1]': 'a1_2',
    'layers.1.output[0][0]': 'a2_1',
    'gradient(layers.1.weight[0][1])': '∂E/∂w2_12',
    'factor(layers.0.output[0][0], layers.0.sum[0][0])': '∂a1_1/∂z1_1',
  });
  expect(lines[0].formula).toBe('x1·w1_11 + x2·w1_21 + b1_1');
});

test('a step is explained with the same batch as in training, with samples numbered as in the file', () => {
  const problem = classes();
  const order = permutation(12, 3, 'shuffle', 1);
  // batches of 5, 5, 2: step 6 is the last of the second epoch
  const lines = explain(problem, { step: 6 });
  const samples = [...new Set(lines.flatMap(({ sample }) => sample ?? []))];
  expect(samples).toEqual([...order.slice(10)]);
  expect(lines[0].quantity).toBe(`layers.0.sum[${order[10]}][0]`);
  expect(lines[0].after).toBe(5);
});

describe('omitted lines', () => {
  const inputs = Array.from({ length: 40 }, (_, r) => Array.from({ length: 30 }, (_, c) => Math.cos(r + c)));
  const wide = problemOf({
    network: { layers: [{ dense: 20, activation: 'relu' }, { dense: 2 }] },
    data: { inputs, targets: inputs.map((row) => row.slice(0, 2)) },
    training: { loss: 'mse', optimizer: { name: 'adam' }, stop: { epochs: 1 } },
  });

  test('the lines of a large network are cut, with a note', () => {
    const { rows, leftOut } = linesOf(trace(wide));
    expect(rows.length).toBeLessThan(800);
    expect(leftOut).toMatchInlineSnapshot(`
      [
        "Samples: 4 of the 40 in this batch are shown (rows 0, 1, 2, 3, from 0); choose one with --sample.",
        "Units: the first 8 of each layer are shown (the widest has 30); choose a layer with --layer.",
        "Sums of more than 9 terms show their first 8; their values include all terms.",
      ]
    `);
    expect(rows[0].line.formula).toMatch(/x8·w1_8,1 \+ … \+ 22 more \+ b1_1$/);
    expect(rows.find(({ line }) => line.note?.includes('more elements of layers.0.weight'))).toBeDefined();
  });

  test('a sample and a layer can be chosen', () => {
    const lines = explain(wide, { sample: 7, layer: 1 });
    expect(new Set(lines.flatMap(({ sample }) => sample ?? []))).toEqual(new Set([7]));
    expect(new Set(lines.flatMap(({ layer }) => layer ?? []))).toEqual(new Set([1]));
    expect(lines.filter(({ phase }) => phase === 'update').length).toBe(3 * 42);
  });

  test('a missing step, sample or layer is an error that lists the existing ones', () => {
    expect(() => explain(wide, { step: 0 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: step: 0 is not the number of an update.
        Give an integer; the first update is 1.]
    `);
    expect(() => explain(wide, { sample: 40 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: sample: there is no sample 40.
        Give a row of the data, from 0 to 39.]
    `);
    expect(() => explain(wide, { layer: 2 })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: layer: there is no layer 2.
        Give a number from 0 to 1.]
    `);
    const other = permutation(12, 3, 'shuffle', 0)[5];
    expect(() => explain(classes(), { sample: other })).toThrowErrorMatchingInlineSnapshot(`
      [InputError: sample: sample 6 is not in the batch of step 1.
        That batch has the rows 9, 2, 8, 1, 0: give one of them, or another step.]
    `);
  });
});

describe('random networks, losses and optimizers', () => {
  const settings = { seed: 1, numRuns: runs(6, 300) };

  test('every value is that of its own formula, bit for bit', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { problem, step } = randomProblem(seed);
        const { rows } = linesOf(trace(problem, step), { terms: 1000, lines: 1e6 });
        for (const { expression, value, line } of rows) {
          if (expression === undefined) continue;
          const again = evaluate(expression);
          if (!Object.is(again, value) && again !== value)
            throw new Error(`${line.quantity}: ${value}, formula ${again}`);
        }
      }),
      settings,
    );
  });

  test('the written numbers evaluate to the value', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { problem, step } = randomProblem(seed);
        const { rows } = linesOf(trace(problem, step), { terms: 1000, lines: 1e6 });
        for (const { formula, expression, value, line } of rows) {
          if (formula === undefined || expression === undefined || !Number.isFinite(value)) continue;
          const text = notationText(formula, { as: 'numbers', digits: 17 });
          const read = calculate(text);
          // equal terms are counted and signs pulled out, so the last bits may differ; sums may cancel
          const scale = Math.max(1e-3, Math.abs(value));
          if (!(Math.abs(read - value) <= 1e-9 * scale))
            throw new Error(`${line.quantity} = ${line.formula}: ${text} is ${read}, not ${value}`);
        }
      }),
      settings,
    );
  });

  test('parameters after the step equal those of training', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { problem, step } = randomProblem(seed);
        const lines = explain({ ...problem, batchSize: 'full', shuffle: false }, { step, terms: 1000, lines: 1e6 });
        const [batch, inputs] = problem.inputs.shape;
        const graph = trainingStep(problem.network, problem.recipe, {
          batch,
          inputs,
          outputs: problem.targets.shape[1],
        });
        const [program] = reference.compile([compile(graph, 'all')]);
        for (const [name, { data }] of problem.parameters) program.view(name).set(data);
        program.view('layers.0.input').set(problem.inputs.data);
        program.view('target').set(problem.targets.data);
        for (let t = 1; t <= step; t++) {
          program.view('count')[0] = t;
          program.run();
        }
        for (const { phase, quantity, value } of lines) {
          const match = /^(layers\.\d+\.(?:weight|bias))\[(\d+)\](?:\[(\d+)\])?$/.exec(quantity);
          if (phase !== 'update' || match === null) continue;
          const [, name, i, j] = match;
          const { shape } = problem.parameters.get(name)!;
          const offset = j === undefined ? Number(i) : Number(i) * shape[1] + Number(j);
          expect(value).toBe(Number(program.view(name)[offset].toPrecision(15)));
        }
      }),
      settings,
    );
  });
});

/** Evaluates a line's numbers as a reader would, by the grammar that text.ts writes. */
function calculate(text: string): number {
  let at = 0;
  const skip = () => {
    while (text[at] === ' ') at++;
  };
  const eat = (token: string): boolean => {
    skip();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const need = (token: string) => {
    if (!eat(token)) throw new Error(`${token} expected at ${at} of ${text}`);
  };
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const superscripts = (): number | undefined => {
    let digits = '';
    while (text[at] === '⁻' || (text[at] !== undefined && raised.includes(text[at]))) {
      digits += text[at] === '⁻' ? '-' : raised.indexOf(text[at]);
      at++;
    }
    return digits === '' ? undefined : Number(digits);
  };
  const sum = (): number => {
    let value = term();
    for (;;) {
      if (eat('+')) value += term();
      else if (eat('−')) value -= term();
      else return value;
    }
  };
  const term = (): number => {
    if (eat('−')) return -term();
    let value = power();
    for (;;) {
      if (eat('·')) value *= power();
      else if (eat('/')) value /= power();
      else return value;
    }
  };
  const power = (): number => {
    const base = atom();
    const exponent = superscripts();
    if (exponent !== undefined) return base ** exponent;
    return eat('^') ? base ** atom() : base;
  };
  const list = (): number[] => {
    const values = [sum()];
    while (eat(',')) values.push(sum());
    need(')');
    return values;
  };
  const functions: Record<string, (...values: number[]) => number> = {
    max: Math.max,
    min: Math.min,
    ln: Math.log,
    tanh: Math.tanh,
    sin: Math.sin,
    cos: Math.cos,
    sign: Math.sign,
    erf: reckonErf,
  };
  const atom = (): number => {
    skip();
    if (eat('(')) {
      const value = sum();
      if (!eat('if')) {
        need(')');
        return value;
      }
      const left = sum();
      need('>');
      const right = sum();
      need(', else');
      const other = sum();
      need(')');
      return left > right ? value : other;
    }
    if (eat('|')) {
      const value = sum();
      need('|');
      return Math.abs(value);
    }
    if (eat('[')) {
      const left = sum();
      need('>');
      const right = sum();
      need(']');
      return left > right ? 1 : 0;
    }
    if (eat('√')) return Math.sqrt(atom());
    if (eat('∞')) return Number.POSITIVE_INFINITY;
    for (const [name, call] of Object.entries(functions)) if (eat(`${name}(`)) return call(...list());
    if (eat('e^')) return Math.exp(atom());
    const digits = /^\d+(\.\d+)?/.exec(text.slice(at));
    if (digits === null) throw new Error(`a number expected at ${at} of ${text}`);
    at += digits[0].length;
    return Number(digits[0]);
  };
  const value = sum();
  skip();
  if (at < text.length) throw new Error(`unread: ${text.slice(at)} of ${text}`);
  return value;
}

/** By its series: 2/√π Σ (−1)^n x^(2n+1) / (n! (2n+1)), for the small x of these tests. */
function reckonErf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let sum = 0;
  let power = x;
  for (let n = 0; n < 200; n++) {
    sum += power / (2 * n + 1);
    power *= (-x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
