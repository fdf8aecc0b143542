/** Mistakes in one operation: a term, a factor or a divisor left out, a sign, an operation for another. */
import { isUpdate } from '../words.ts';
import { type Mistake, type MistakeKind, mistakeAt, type Rank, type SheetWorkings } from './mistake.ts';
import { sumMistakes, termKind } from './sum-mistakes.ts';

/** The mistakes that can be made in computing one cell. */
export function operationMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  const { workings } = sheet;
  if (workings.isSum(cell)) return sumMistakes(sheet, cell);
  const [a, b] = workings.cells[cell].from;
  const at = (kind: MistakeKind, rank: Rank, text: string, value: (x: number, y: number) => number): Mistake =>
    mistakeAt(cell, kind, rank, text, (now) => value(now[a], now[b]));
  const name = (operand: number) => sheet.label(operand);
  const leftOut = (operand: number) => `${name(operand)} is left out`;
  switch (workings.primitive(cell)) {
    case 'add':
      return [
        at(termKind(sheet, b), 0, leftOut(b), (x) => x),
        at(termKind(sheet, a), 0, leftOut(a), (_, y) => y),
        at('sign', 0, `${name(b)} has the opposite sign`, (x, y) => x - y),
        at('sign', 0, `${name(a)} has the opposite sign`, (x, y) => y - x),
        at('operation', 1, `${name(a)} and ${name(b)} are multiplied, not added`, (x, y) => x * y),
      ];
    case 'sub':
      return isUpdate(workings.cells[cell]) ? updateMistakes(sheet, cell) : subMistakes(sheet, cell);
    case 'mul':
      if (a === b) {
        return [
          at('square', 0, `${name(a)} is not squared`, (x) => x),
          at('square', 1, `${name(a)} is doubled, not squared`, (x) => 2 * x),
          at('square', 1, `${name(a)} is cubed, not squared`, (x) => x ** 3),
        ];
      }
      return [
        at(factorKind(sheet, b), 0, leftOut(b), (x) => x),
        at(factorKind(sheet, a), 0, leftOut(a), (_, y) => y),
        at(factorKind(sheet, a), 1, `${name(a)} is used twice`, (x, y) => x * x * y),
        at(factorKind(sheet, b), 1, `${name(b)} is used twice`, (x, y) => x * y * y),
        at('operation', 1, `${name(a)} is divided by ${name(b)}, not multiplied`, (x, y) => x / y),
        at('operation', 1, `${name(b)} is divided by ${name(a)}, not multiplied`, (x, y) => y / x),
        at('operation', 1, `${name(a)} and ${name(b)} are added, not multiplied`, (x, y) => x + y),
      ];
    case 'div':
      return divMistakes(sheet, cell);
    case 'neg': {
      const isExponent = workings.reads[cell].some(({ by }) => workings.primitive(by) === 'exp');
      const text = isExponent ? `the exponent is ${name(a)}, not ${name(cell)}` : `${name(a)} has the opposite sign`;
      return [at(isExponent ? 'exponent' : 'sign', 0, text, (x) => x)];
    }
    case 'log':
      return [
        at('operation', 0, 'the logarithm has the base 10', (x) => Math.log10(x)),
        at('operation', 1, `the logarithm of ${name(a)} is not taken`, (x) => x),
      ];
    case 'exp':
      return [at('operation', 1, `${name(a)} is used in place of ${name(cell)}`, (x) => x)];
    default:
      return [];
  }
}

/** Whether a number is one setting of the update, as the learning rate: it has no index. */
export const isSetting = (sheet: SheetWorkings, cell: number): boolean =>
  sheet.workings.isGiven(cell) && sheet.workings.cells[cell].scalar?.node.shape.length === 0;

const factorKind = (sheet: SheetWorkings, cell: number): MistakeKind => (isSetting(sheet, cell) ? 'rate' : 'factor');

function subMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  const [a, b] = sheet.workings.cells[cell].from;
  const [first, second] = [sheet.label(a), sheet.label(b)];
  return [
    mistakeAt(cell, 'sign', 0, `${second} is added, not subtracted`, (now) => now[a] + now[b]),
    mistakeAt(
      cell,
      'sign',
      0,
      `the difference is ${second} − ${first}, not ${first} − ${second}`,
      (now) => now[b] - now[a],
    ),
    mistakeAt(cell, 'term', 0, `${second} is left out`, (now) => now[a]),
    mistakeAt(cell, 'term', 0, `${first} is left out`, (now) => now[b]),
    mistakeAt(cell, 'operation', 1, `${first} and ${second} are multiplied, not subtracted`, (now) => now[a] * now[b]),
  ];
}

/** Of `w − η·g`. */
function updateMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  const [a, b] = sheet.workings.cells[cell].from;
  const [weight, change] = [sheet.label(a), sheet.label(b)];
  return [
    mistakeAt(cell, 'update', 0, `${change} is added to ${weight}, not subtracted`, (now) => now[a] + now[b]),
    mistakeAt(cell, 'term', 0, `it is only ${change}, without ${weight}`, (now) => now[b]),
    mistakeAt(cell, 'term', 0, `it is only −${change}, without ${weight}`, (now) => -now[b]),
    mistakeAt(cell, 'time', 0, `${weight} is not updated`, (now) => now[a]),
  ];
}

function divMistakes(sheet: SheetWorkings, cell: number): Mistake[] {
  const { workings } = sheet;
  const [a, b] = workings.cells[cell].from;
  const [above, below] = [sheet.label(a), sheet.label(b)];
  const out = [mistakeAt(cell, 'divisor', 0, `it is not divided by ${below}`, (now) => now[a])];
  // 1·b and b/1 are left to the brackets
  if (!workings.isConstant(a)) {
    const times = `${above} is multiplied by ${below}, not divided`;
    const turned = `${below} is divided by ${above}, not the other way round`;
    out.push(
      mistakeAt(cell, 'operation', 1, times, (now) => now[a] * now[b]),
      mistakeAt(cell, 'operation', 1, turned, (now) => now[b] / now[a]),
    );
  }
  if (workings.isConstant(b)) {
    for (const other of divisorsNear(sheet, b)) {
      const text = `it is divided by ${other}, not by ${below === String(workings.values[b]) ? below : `${below} = ${workings.values[b]}`}`;
      out.push(mistakeAt(cell, 'divisor', 0, text, (now) => now[a] / other));
    }
  }
  if (workings.primitive(b) === 'add') {
    // 1/1 + e^(−z): the brackets around the divisor are forgotten
    const [p, q] = workings.cells[b].from;
    const wrong = (x: number, y: number) => {
      const text = `only ${sheet.label(x)} is below the line, and ${sheet.label(y)} is added`;
      return mistakeAt(cell, 'brackets', 0, text, (now) => now[a] / now[x] + now[y]);
    };
    out.push(wrong(p, q), wrong(q, p));
  }
  return out;
}

/** The divisors that a divisor is confused with: without its 2, or with one, without the number of samples, or with it. */
function divisorsNear({ workings }: SheetWorkings, cell: number): number[] {
  const own = workings.values[cell];
  const counts = [2, ...workings.values.filter((_, each) => workings.isConstant(each))];
  const near = counts.flatMap((count) => [own * count, own / count, count]);
  return [...new Set(near)].filter((each) => Number.isInteger(each) && each > 1 && each !== own);
}
