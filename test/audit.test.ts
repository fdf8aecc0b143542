/** The audit of the three worked examples, row by row. */
import { describe, expect, test } from 'vitest';
import { auditOf, page, rowOf, statuses, under } from '../src/audit/fixtures.ts';
import { audit } from '../src/audit/index.ts';
import { figuresText, studyPlanted, studyRight } from './audit-study.ts';
import { runs } from './runs.ts';

/** The values under each gradient rule, to these digits. */
const table: readonly (readonly [quantity: string, after: number, averagedFactors: string, exact: string])[] = [
  ['loss', 0, '0.048856', '0.048856'],
  ['gradient(layers.1.weight[0][0])', 0, '0.067183', '0.059262'],
  ['gradient(layers.0.weight[0][0])', 0, '0.071662', '0.078678'],
  ['layers.1.weight[0][0]', 1, '0.76641', '0.770369'],
  ['layers.1.weight[1][0]', 1, '0.16716', '0.169209'],
  ['layers.0.weight[0][0]', 1, '0.11417', '0.110661'],
  ['layers.0.weight[0][1]', 1, '0.19104', '0.190165'],
  ['layers.0.weight[1][0]', 1, '0.57611', '0.581559'],
  ['layers.0.weight[1][1]', 1, '0.29403', '0.295390'],
  ['layers.0.weight[2][0]', 1, '0.27611', '0.277535'],
  ['layers.0.weight[2][1]', 1, '0.49403', '0.494384'],
  ['loss', 1, '0.039889', '0.040227'],
];
const decimals = (text: string) => text.split('.')[1].length;

describe('the textbook example', () => {
  const { rows, ok } = audit(page.setup, page.printed);

  test('25 of its 29 rows agree under the stated rule; both errors and two weights are slips', () => {
    const slips = Object.entries(statuses(rows)).filter(([, status]) => status !== 'agrees');
    expect(rows).toHaveLength(29);
    expect(Object.fromEntries(slips)).toEqual({
      loss: 'slip',
      'layers.0.weight[2][0] after 1': 'slip',
      'layers.0.weight[2][1] after 1': 'slip',
      'loss after 1': 'slip',
    });
    expect(ok).toBe(false);
  });

  test('rows that differ from the true gradient name the rule under which they agree, and the value of the true gradient', () => {
    const told = rows.filter(({ status, explanation }) => status === 'agrees' && explanation !== '');
    expect(told.map(({ quantity }) => quantity)).toEqual([
      'gradient(layers.1.weight[0][0])',
      'gradient(layers.0.weight[0][0])',
      'layers.1.weight[0][0]',
      'layers.1.weight[1][0]',
      'layers.0.weight[0][0]',
      'layers.0.weight[0][1]',
      'layers.0.weight[1][0]',
      'layers.0.weight[1][1]',
    ]);
    expect(rowOf(rows, 'layers.1.weight[0][0]', 1).explanation).toBe(
      'under averaged factors; the exact gradient gives 0.770369',
    );
  });

  test('0.234 and 0.192 follow if 1/(2m) divides only the first sample’s term, and from no other single slip', () => {
    const [before, after] = [rowOf(rows, 'loss'), rowOf(rows, 'loss', 1)];
    for (const { explanation, candidates } of [before, after]) {
      expect(explanation).toContain("1/(2m) divides only the first sample's term of E and E′");
      expect(candidates).toHaveLength(1);
    }
    // With the printed outputs, and with the printed weights.
    expect(before.candidates[0].value).toBeCloseTo(0.233662, 6);
    expect(after.candidates[0].value).toBeCloseTo(0.19196, 6);
  });

  test('0.282 and 0.496 follow from one slip in the average of the third input, 1 for 4/3: all such slips are listed', () => {
    for (const place of ['layers.0.weight[2][0]', 'layers.0.weight[2][1]']) {
      const { explanation, candidates } = rowOf(rows, place, 1);
      for (const says of [
        'sample 1 is left out of x̄3',
        'sample 3 is left out of x̄3',
        'sample 2 is left out of x̄3, and the divisor counts only the remaining samples',
        'in place of x3⁽¹⁾ = 1 in x̄3',
        '1 (x3⁽¹⁾, x1⁽²⁾ and 2 more) is used in place of x3⁽²⁾ = 2 in x̄3',
        'in place of x3⁽³⁾ = 1 in x̄3',
        '3 (x2⁽¹⁾ and x1⁽³⁾) is used in place of x3⁽¹⁾ + x3⁽²⁾ + x3⁽³⁾ = 4',
        '1 (x3⁽¹⁾, x1⁽²⁾ and 2 more) is used in place of x̄3 = 1.33333',
      ]) {
        expect(explanation).toContain(says);
      }
      expect(explanation).toContain(`${candidates.length} slips would each explain this row and another one`);
      expect(candidates.every(({ status, text }) => status === 'slip' && /x̄3|x3/.test(text))).toBe(true);
      const used = candidates.filter(({ of }) => of?.[0] === 'layers.0.input[mean][2]').map((each) => each.used);
      expect(used).toContain(1);
    }
  });

  test.each(['averagedFactors', 'exact'] as const)('%s gives the values of the table to its digits', (rule) => {
    const printed = table.map(([quantity, after, averaged, exact]) => ({
      quantity,
      after,
      value: rule === 'exact' ? exact : averaged,
    }));
    const found = audit(under(rule), printed);
    found.rows.forEach(({ computed, printed: value, status }) => {
      expect(computed.toFixed(decimals(value))).toBe(value);
      expect(status).toBe('agrees');
    });
    expect(found.ok).toBe(true);
  });

  test('under the exact gradient, its gradients and weights follow from the other rule', () => {
    const exact = audit(under('exact'), page.printed);
    for (const quantity of ['gradient(layers.1.weight[0][0])', 'gradient(layers.0.weight[0][0])']) {
      expect(rowOf(exact.rows, quantity)).toMatchObject({
        status: 'convention',
        explanation: expect.stringContaining('each factor of the chain rule is averaged over the samples'),
      });
    }
    for (const place of ['1.weight[0][0]', '1.weight[1][0]', '0.weight[0][0]', '0.weight[1][1]']) {
      expect(rowOf(exact.rows, `layers.${place}`, 1)).toMatchObject({
        status: 'convention',
        candidates: expect.arrayContaining([expect.objectContaining({ which: 'averagedFactors' })]),
      });
    }
    expect(rowOf(exact.rows, 'loss').explanation).toContain("1/(2m) divides only the first sample's term");
  });
});

describe("Mazur's step", () => {
  const { rows, ok } = auditOf('mazur-2-2-2');

  test('the error and all eight weights agree, as simultaneous updates', () => {
    expect(rows.slice(0, 9).map(({ status }) => status)).toEqual(Array(9).fill('agrees'));
  });

  test('0.291027924 and the two outputs follow from sequential updates', () => {
    for (const [quantity, after, value] of [
      ['loss', 1, 0.291027924],
      ['layers.1.output[0][0]', 10000, 0.015912196],
      ['layers.1.output[0][1]', 10000, 0.984065734],
    ] as const) {
      const row = rowOf(rows, quantity, after);
      expect(row).toMatchObject({ status: 'convention', explanation: expect.stringContaining('update is sequential') });
      expect(row.candidates[0]).toMatchObject({ kind: 'update', which: 'sequential' });
      expect(row.candidates[0].value).toBeCloseTo(value, 9);
    }
    expect(rowOf(rows, 'loss', 1).computed).toBeCloseTo(0.291027773694, 12);
  });

  test('0.0000351085 is the simultaneous value after 9,999 updates', () => {
    const row = rowOf(rows, 'loss', 10000);
    expect(row).toMatchObject({
      status: 'convention',
      explanation: expect.stringContaining('one update earlier, after 9999'),
    });
    expect(row.candidates).toMatchObject([{ kind: 'count', which: 'before' }]);
    expect(row.candidates[0].value).toBeCloseTo(0.0000351085, 10);
  });

  test('all printed numbers are correct', () => expect(ok).toBe(true));
});

describe("scikit-learn's step", () => {
  const { rows, ok } = auditOf('sklearn-3-2-1');

  test('W1[0][0], b1[1] and b2 agree; the last row of W1 is a slip; the others were rounded in intermediate steps', () => {
    expect(statuses(rows)).toEqual({
      'layers.0.weight[0][0] after 1': 'agrees',
      'layers.0.weight[0][1] after 1': 'rounded',
      'layers.0.weight[1][0] after 1': 'rounded',
      'layers.0.weight[1][1] after 1': 'rounded',
      'layers.0.weight[2][0] after 1': 'slip',
      'layers.0.weight[2][1] after 1': 'slip',
      'layers.1.weight[0][0] after 1': 'rounded',
      'layers.1.weight[1][0] after 1': 'rounded',
      'layers.0.bias[0] after 1': 'rounded',
      'layers.0.bias[1] after 1': 'agrees',
      'layers.1.bias[0] after 1': 'agrees',
    });
    expect(ok).toBe(false);
  });

  test.each([
    ['layers.0.weight[0][1]', '0.1957545'],
    ['layers.0.weight[1][0]', '0.2956657'],
    ['layers.0.weight[1][1]', '0.0960061'],
    ['layers.0.weight[2][0]', '0.4938325'],
    ['layers.0.weight[2][1]', '-0.0026197'],
    ['layers.1.weight[0][0]', '0.0470121'],
    ['layers.1.weight[1][0]', '0.1540292'],
    ['layers.0.bias[0]', '0.0983321'],
  ])('%s is right as %s', (quantity, right) => {
    expect(rowOf(rows, quantity, 1).computed.toFixed(7)).toBe(right);
  });

  test('the last row of W1 follows if 0.6 is used where the third input is 0.7, and rounded', () => {
    for (const quantity of ['layers.0.weight[2][0]', 'layers.0.weight[2][1]']) {
      expect(rowOf(rows, quantity, 1).explanation).toContain(
        '0.6 (x1) is used in place of x3 = 0.7 in ∂E/∂W1_31 and ∂E/∂W1_32, with intermediate numbers rounded',
      );
    }
  });

  test('the rounded rows name the rounded numbers', () => {
    for (const row of rows.filter(({ status }) => status === 'rounded')) {
      expect(row.explanation).toMatch(/^The printed value follows if .* rounded to \d (digits|decimals).*\.$/);
    }
    expect(rowOf(rows, 'layers.1.weight[0][0]', 1).explanation).toContain(
      'every output of a layer is rounded to 3 digits',
    );
  });
});

test('the audit of each example takes at most a second of processor time', () => {
  for (const name of ['textbook-3-2-1', 'mazur-2-2-2', 'sklearn-3-2-1']) {
    // Processor time, because other programs may use the machine.
    const start = process.cpuUsage();
    auditOf(name);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(1);
  }
});

// The whole study, of 1,000 examples each, is test/long/audit-slips.test.ts and audit-right.test.ts.
test('at least 85 % of planted slips of seven kinds are named, and none in correct examples', () => {
  const seed = 5;
  const planted = studyPlanted(seed, runs(4, 35));
  expect(planted.named / planted.examples, figuresText(seed, planted)).toBeGreaterThanOrEqual(0.85);
  const right = studyRight(seed, runs(2, 40));
  expect(right, `seed ${seed}: ${right.wrong.join(', ')}`).toMatchObject({ accused: 0, doubted: 0 });
});
