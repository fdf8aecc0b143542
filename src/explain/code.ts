/** One line of an explanation as a statement of TypeScript: `const y = 1 / (1 + Math.exp(-s));`. */
import { aRow } from './arguments.ts';
import type { Row } from './lines/line.ts';
import type { Notation } from './notation.ts';
import { type Variable, variableText } from './variable.ts';

const level = { conditional: 0, comparison: 1, sum: 2, product: 3, unary: 4, power: 5, atom: 6 } as const;

interface Piece {
  readonly code: string;
  readonly level: number;
}

const piece = (code: string, at: number): Piece => ({ code, level: at });

/**
 * The statement that computes a row's number, with names made from those of the formula; undefined for an input, for a
 * formula with omitted terms, and for one with a function that JavaScript does not have.
 *
 * @example
 * codeOfRow(explanation(experiment(json)).rows[0]); // const h1 = x1 * v11 + x2 * v21 + x3 * v31;
 */
export function codeOfRow(row: Row): string | undefined {
  aRow(row, 'codeOfRow: row');
  const { variable, formula, marked } = row;
  if (formula === undefined) return undefined;
  const written = write(formula, marked);
  return written === undefined ? undefined : `const ${identifier(variable, marked)} = ${written.code};`;
}

/** The functions of JavaScript, by their name in formulas. `erf` has none. */
const functions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ ln: 'log', sin: 'sin', cos: 'cos', tanh: 'tanh', max: 'max', min: 'min', sign: 'sign' }).map(
    ([name, method]) => [name, `Math.${method}`],
  ),
);

/** Undefined if a part cannot be written. */
function write(n: Notation, marked: boolean): Piece | undefined {
  const at = (inner: Notation, minLevel: number): string | undefined => {
    const written = write(inner, marked);
    if (written === undefined) return undefined;
    return written.level < minLevel ? `(${written.code})` : written.code;
  };
  /** A piece made of parts, each with the level that it needs there. */
  const made = (own: number, parts: readonly (readonly [Notation, number])[], join: (...codes: string[]) => string) => {
    const codes = parts.map(([inner, minLevel]) => at(inner, minLevel));
    return codes.every((code) => code !== undefined) ? piece(join(...codes), own) : undefined;
  };
  switch (n.kind) {
    case 'number':
      return n.name === undefined || !/^\p{L}+$/u.test(n.name) ? numberPiece(n.value) : piece(n.name, level.atom);
    case 'variable':
      return piece(identifier(n.variable, marked), level.atom);
    case 'sum':
      return made(
        n.items.length === 1 && n.items[0].negative ? level.unary : level.sum,
        n.items.map(({ item }, i) => [item, i === 0 && !n.items[0].negative ? level.sum : level.product] as const),
        (...codes) =>
          codes
            .map((code, i) => (n.items[i].negative ? (i === 0 ? '-' : ' - ') : i === 0 ? '' : ' + ') + code)
            .join(''),
      );
    case 'product':
      return made(
        level.product,
        n.factors.map((factor, i) => [factor, i === 0 ? level.product : level.unary] as const),
        (...codes) => codes.join(' * '),
      );
    case 'fraction':
      return made(
        level.product,
        [[n.top, level.product] as const, [n.bottom, level.unary] as const],
        (a, b) => `${a} / ${b}`,
      );
    case 'power':
      // a sign in front of a base is a syntax error, so a base needs parentheses unless it is a name
      return made(
        level.power,
        [[n.base, level.atom] as const, [n.exponent, level.atom] as const],
        (a, b) => `${a} ** ${b}`,
      );
    case 'exponential':
      return made(level.atom, [[n.exponent, 0] as const], (a) => `Math.exp(${a})`);
    case 'root':
      return made(level.atom, [[n.of, 0] as const], (a) => `Math.sqrt(${a})`);
    case 'absolute':
      return made(level.atom, [[n.of, 0] as const], (a) => `Math.abs(${a})`);
    case 'floor':
      return made(level.atom, [[n.of, 0] as const], (a) => `Math.floor(${a})`);
    case 'call':
      return Object.hasOwn(functions, n.name)
        ? made(
            level.atom,
            n.of.map((each) => [each, 0] as const),
            (...codes) => `${functions[n.name]}(${codes.join(', ')})`,
          )
        : undefined;
    case 'holds':
      return made(
        level.atom,
        [[n.left, level.sum] as const, [n.right, level.sum] as const],
        (a, b) => `Number(${a} > ${b})`,
      );
    case 'cases':
      return made(
        level.conditional,
        [
          [n.left, level.sum],
          [n.right, level.sum],
          [n.yes, level.comparison],
          [n.no, level.conditional],
        ],
        (a, b, yes, no) => `${a} > ${b} ? ${yes} : ${no}`,
      );
    default:
      return undefined;
  }
}

function numberPiece(value: number): Piece {
  return piece(String(value), value < 0 || Object.is(value, -0) ? level.unary : level.atom);
}

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The name of a variable in code: `∂E/∂w1` is `dE_dw1`, `h1⁽²⁾` is `h1_2`, `w1′` is `w1New`, `h̄1` is `h1Mean`. */
function identifier(variable: Variable, marked: boolean): string {
  const text = variableText(variable, marked)
    .normalize('NFD')
    .replace(/\u0304(\d*(?:,\d+)*)/g, '$1Mean')
    .replace(/mean (\S+)/g, '$1Mean')
    .replaceAll('′', 'New')
    .replaceAll('/∂', '_d')
    .replaceAll('∂', 'd')
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String(raised.indexOf(digit)))
    .replaceAll('⁽', '_')
    .replaceAll('⁾', '')
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  return /^\p{L}/u.test(text) ? text : `n_${text}`;
}
