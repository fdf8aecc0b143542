/**
 * Slips that a learner makes, planted in the lines of a step. A slip is an edit of the line's text: the printed formula with its
 * numbers, changed as a person would change it and calculated again. Nothing here uses the code that looks for slips.
 */
import type { OpenExample } from '../src/graphs/explain/open-example.ts';

export interface Planted {
  /** The line, by its position. */
  readonly index: number;
  /** What was done. */
  readonly what: string;
  /** The names of the mistake that are right. */
  readonly kinds: readonly string[];
  /** The result of the line with the slip. */
  readonly value: number;
  /** Of a slip in writing the result down: the text itself. */
  readonly text?: string;
}

type SheetLine = ReturnType<OpenExample['explain']>['lines'][number];

const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const plainPower = (text: string) => [...text].map((c) => (c === '⁻' ? '-' : digits.indexOf(c))).join('');

/** The value of a formula as the explanation prints it in numbers. */
export function calculate(text: string): number {
  const js = text
    .replaceAll(/·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, power) => `e${plainPower(power)}`)
    .replaceAll('−', '-')
    .replaceAll('·', '*')
    .replaceAll('²', '**2')
    .replaceAll('e^(', 'Math.exp(')
    .replaceAll('ln(', 'Math.log(')
    .replaceAll(/\b(tanh|max)\(/g, 'Math.$1(')
    .replaceAll(/\|([^|]*)\|/g, 'Math.abs($1)')
    // -(…)**2 and -1**2 need brackets in JavaScript
    .replaceAll(/(?<![\w)])-(\d[\d.]*)\*\*2/g, '(-$1)**2');
  return Number(new Function(`return ${js};`)());
}

/** The parts between an operator outside of brackets. */
function split(text: string, operator: string): string[] {
  const parts = [''];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    if (text[i] === ')') depth--;
    if (depth === 0 && text.startsWith(operator, i)) {
      parts.push('');
      i += operator.length - 1;
    } else parts[parts.length - 1] += text[i];
  }
  return parts;
}

/** All slips of the list that make sense in these lines. */
export function plantedSlips(lines: readonly SheetLine[]): Planted[] {
  const out: Planted[] = [];
  const resultOf = new Map(lines.map(({ quantity, after, value }) => [`${quantity}@${after}`, value]));
  const numberOf = names(lines);
  for (const [index, line] of lines.entries()) {
    const { formula, numbers, value, quantity, after, phase } = line;
    if (formula === '' || formula.includes('…')) continue;
    const add = (what: string, kinds: readonly string[], text: string | number) => {
      const slipped = typeof text === 'number' ? text : calculate(text);
      if (Number.isFinite(slipped)) out.push({ index, what, kinds, value: slipped });
    };
    const terms = split(numbers, ' + ');
    const symbols = split(formula, ' + ');
    const isFunction = /^1\/\(1 \+ e\^\(−(.*)\)\)$/.exec(numbers);
    if (terms.length > 1 && isFunction === null) {
      for (const [t] of terms.entries()) {
        const rest = terms.filter((_, other) => other !== t).join(' + ');
        const isBias = /^b[\d_]*′?$/.test(symbols[t]);
        add(`${symbols[t]} forgotten`, ['term', 'bias', 'sample'], rest);
        if (isBias) add(`the sign of ${symbols[t]}`, ['sign'], `${rest} − ${terms[t]}`);
      }
      if (symbols.every((each) => each.includes('·'))) {
        for (const [t, term] of terms.entries()) {
          const [a] = split(term, '·');
          const others = terms.filter((_, other) => other !== t).join(' + ');
          add(`a factor forgotten in ${symbols[t]}`, ['factor'], `${others} + ${a}`);
        }
      }
    }
    // v12 for v21; the weights after the update for those before it, and the other way round
    for (const [t, symbol] of symbols.entries()) {
      const factors = split(symbol, '·');
      if (factors.length !== 2 || terms.length < 2 || isFunction !== null) continue;
      const values = split(terms[t], '·');
      for (const [f, factor] of factors.entries()) {
        const [, stem, i, j, prime] = /^(\D+\d?_?)(\d)(\d)(′?)$/.exec(factor) ?? [];
        const others: [string, string, string[]][] = [];
        if (stem !== undefined && i !== j) others.push([`${stem}${j}${i}${prime}`, 'transposed', ['index']]);
        others.push([factor.endsWith('′') ? factor.slice(0, -1) : `${factor}′`, 'time', ['time']]);
        for (const [other, what, kinds] of others) {
          const number = numberOf.get(other);
          if (number === undefined) continue;
          const changed = values.map((each, v) => (v === f ? `(${number})` : each)).join('·');
          add(
            `${other} for ${factor} (${what})`,
            kinds,
            terms.map((each, k) => (k === t ? changed : each)).join(' + '),
          );
        }
      }
    }
    if (isFunction !== null) {
      const [, z] = isFunction;
      const f = (x: number) => 1 / (1 + Math.exp(-x));
      add('the sign in the exponent', ['exponent'], `1/(1 + e^(${z}))`);
      add('the activation forgotten', ['activation'], z);
      add('the activation twice', ['activation'], f(f(calculate(z))));
      add('brackets forgotten', ['brackets'], `1/1 + e^(−${z})`);
    }
    if (/^tanh\(/.test(numbers)) {
      const z = calculate(numbers.slice(4));
      add('the activation forgotten', ['activation'], z);
      add('the activation twice', ['activation'], Math.tanh(Math.tanh(z)));
      add('the sigmoid for tanh', ['activation'], 1 / (1 + Math.exp(-z)));
    }
    const slope = /^([^·(]*)·\(1 − (.*)\)$/.exec(numbers);
    if (slope !== null) {
      add('without (1 − y)', ['factor', 'term', 'derivative'], slope[1]);
      add('only 1 − y', ['factor', 'derivative'], `1 − ${slope[2]}`);
      const [, sum] = /^factor\(.*, (.*)\)$/.exec(quantity) ?? [];
      const z = sum === undefined ? undefined : resultOf.get(`${sum}@${after}`);
      if (z !== undefined) add('the derivative of the input', ['derivative'], z * (1 - z));
    }
    const loss = /^(\(.*\))²\/(\(?.*\)?)$/.exec(numbers);
    if (phase === 'loss' && loss !== null) {
      add('not squared', ['square'], `${loss[1]}/${loss[2]}`);
      add('without the divisor', ['divisor'], `${loss[1]}²`);
      add('without the 2', ['divisor'], value * 2);
    }
    const error = /^\((.*) − (.*)\)(\/.*)$/.exec(numbers);
    if (phase === 'backward' && error !== null) {
      add('1/m forgotten', ['divisor'], `${error[1]} − ${error[2]}`);
      add('t − y for y − t', ['sign'], `(${error[2]} − ${error[1]})${error[3]}`);
      add('the factor 2 of the square', ['divisor', 'factor'], value * 2);
    }
    const product = split(numbers, '·');
    if (phase === 'backward' && product.length === 2 && terms.length === 1 && slope === null) {
      // 2·(y − t): no number of its own
      if (!/^\d$/.test(product[0])) add('only the first factor', ['factor', 'rate', 'number', 'index'], product[0]);
      add('only the second factor', ['factor', 'rate', 'number', 'index'], product[1]);
    }
    const mean = /^\((.* \+ .*)\)\/(\d+)$/.exec(numbers);
    if (mean !== null) add('added, not averaged', ['divisor', 'average'], mean[1]);
    const update = /^(.*) − ([\d.]+)·(.*)$/.exec(numbers);
    if (phase === 'update' && update !== null) {
      const [, weight, rate, gradient] = update;
      add('the gradient added', ['update', 'sign'], `${weight} + ${rate}·${gradient}`);
      add('the learning rate forgotten', ['rate', 'factor'], `${weight} − ${gradient}`);
      add('only the change', ['term'], `${rate}·${gradient}`);
      add('not updated', ['time', 'term'], weight);
    }
    // the same number of another sample
    const [, sample, rest] = /^layers\.\d+\.\w+\[(\d+)\](.*)$/.exec(quantity) ?? [];
    if (sample !== undefined && phase !== 'update') {
      const other = resultOf.get(
        `${quantity.replace(`[${sample}]${rest}`, `[${Number(sample) + 1}]${rest}`)}@${after}`,
      );
      if (other !== undefined) add('the next sample', ['sample'], other);
    }
    // numbers used with one decimal; a line that copies a number has none that is used
    if (/\d\.\d\d/.test(numbers) && !/^[\d.]+$/.test(numbers)) {
      const early = numbers.replaceAll(/\d+\.\d+(?!\d*·10)/g, (each) => Number(each).toFixed(1));
      add('rounded to one decimal before', ['early'], early);
    }
    if (value !== 0) {
      add('the sign of the result', ['sign', 'update', 'exponent'], -value);
      add('the decimal point', ['decimal'], value * 10);
      add('the decimal point, to the left', ['decimal'], value / 10);
    }
  }
  return out;
}

/** The numbers that the formulas name: those that stand for one number. */
function names(lines: readonly SheetLine[]): Map<string, string> {
  const out = new Map<string, string>();
  const twice = new Set<string>();
  const add = (name: string, number: string) => {
    if (out.has(name) && calculate(out.get(name)!) !== calculate(number)) twice.add(name);
    out.set(name, number);
  };
  for (const { phase, formula, numbers, name, value } of lines) {
    if (phase !== 'update') continue;
    const [, weight] = /^(\S+) − /.exec(formula) ?? [];
    const [, number] = /^(\S+) − /.exec(numbers) ?? [];
    if (weight !== undefined && number !== undefined) add(weight, number);
    add(name, String(value));
  }
  for (const name of twice) out.delete(name);
  return out;
}

/** Two neighboring digits exchanged, and the rest cut off: as texts, since they are slips of the pen. */
export function writtenSlips(lines: readonly SheetLine[], places: number): Planted[] {
  return lines.flatMap(({ value }, index): Planted[] => {
    if (value === 0) return [];
    const text = writtenWith(value, places);
    const out: Planted[] = [];
    const at = text.search(/[1-9]/);
    for (let i = Math.max(at, 0); i < text.length - 1; i++) {
      const [a, b] = [text[i], text[i + 1]];
      if (!/\d\d/.test(a + b) || a === b) continue;
      const exchanged = text.slice(0, i) + b + a + text.slice(i + 2);
      out.push({ index, what: `${a}${b} exchanged`, kinds: ['digits'], value: Number(exchanged), text: exchanged });
      break;
    }
    const exponent = Math.floor(Math.log10(Math.abs(value))) - places + 1;
    const cut = Math.trunc(value / 10 ** exponent + Math.sign(value) * 1e-9) * 10 ** exponent;
    const shown = writtenWith(cut, places);
    // a last digit 0 would be left out
    if (shown !== text && shown.length === text.length)
      out.push({ index, what: 'cut off', kinds: ['cutOff'], value: cut, text: shown });
    return out;
  });
}

/** A number with so many significant digits, without a power of ten; an exact one without trailing zeros. */
export function writtenWith(value: number, places: number): string {
  if (value === 0) return '0';
  const decimals = Math.max(0, places - 1 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(decimals, 20));
  const isExact = Math.abs(Number(text) - value) <= 1e-12 * Math.abs(value);
  return isExact && text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
