/** JavaScript text: literals, names, and formulas as expressions. */
import type { Formula, Primitive } from '../../core/formula.ts';
import { scriptNumber } from '../literals.ts';

/** Removes parentheses around the whole expression. */
export function bare(text: string): string {
  if (!text.startsWith('(')) return text;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth += 1;
    if (text[i] === ')') depth -= 1;
    if (depth === 0) return i === text.length - 1 ? text.slice(1, -1) : text;
  }
  return text;
}

/** Gives constants names that are unique and that the code does not use for anything else. */
export class Identifiers {
  private readonly taken = new Set<string>();

  of(name: string): string {
    const letters = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
    // The code itself declares no name with an underscore, apart from steps such as v1_3.
    const plain = /^[A-Za-z]+_/.test(letters) ? letters : `constant_${letters}`;
    let unique = plain;
    for (let n = 2; this.taken.has(unique); n++) unique = `${plain}_${n}`;
    this.taken.add(unique);
    return unique;
  }
}

/** The primitives in JavaScript; the code of `erf` follows in `erfSource`. */
const written: Readonly<Record<Primitive, (...operands: string[]) => string>> = {
  add: (a, b) => `(${a} + ${b})`,
  sub: (a, b) => `(${a} - ${b})`,
  mul: (a, b) => `(${a} * ${b})`,
  div: (a, b) => `(${a} / ${b})`,
  neg: (a) => `(-${a})`,
  exp: (a) => `Math.exp(${bare(a)})`,
  expm1: (a) => `Math.expm1(${bare(a)})`,
  log: (a) => `Math.log(${bare(a)})`,
  log1p: (a) => `Math.log1p(${bare(a)})`,
  sqrt: (a) => `Math.sqrt(${bare(a)})`,
  sin: (a) => `Math.sin(${bare(a)})`,
  cos: (a) => `Math.cos(${bare(a)})`,
  tanh: (a) => `Math.tanh(${bare(a)})`,
  max: (a, b) => `Math.max(${bare(a)}, ${bare(b)})`,
  min: (a, b) => `Math.min(${bare(a)}, ${bare(b)})`,
  abs: (a) => `Math.abs(${bare(a)})`,
  floor: (a) => `Math.floor(${bare(a)})`,
  erf: (a) => `erf(${bare(a)})`,
  pow: (a, b) => `Math.pow(${bare(a)}, ${bare(b)})`,
  step: (a) => `(${a} > 0 ? 1 : 0)`,
  where: (a, b, c) => `(${a} > 0 ? ${b} : ${c})`,
};

/** The series of erf to 3, then the continued fraction of erfc: to 1e-15. Source: Abramowitz and Stegun, 7.1.6 and 7.1.14. */
export const erfSource = `
function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 3) {
    let term = (2 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x);
    let sum = term;
    for (let n = 1; n < 100; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return sum;
  }
  let fraction = 0;
  for (let n = 100; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction));
}
`;

/** A formula as an expression. Subexpressions that it uses more than once become constants before it. */
export function formulaText(formula: Formula, read: (index: number) => string): { before: string[]; value: string } {
  const uses = new Map<Formula, number>();
  const count = (f: Formula) => {
    uses.set(f, (uses.get(f) ?? 0) + 1);
    if (f.kind === 'apply' && uses.get(f) === 1) f.operands.forEach(count);
  };
  count(formula);
  const before: string[] = [];
  const known = new Map<Formula, string>();
  const text = (f: Formula): string => {
    if (f.kind === 'constant') return f.value < 0 ? `(${scriptNumber(f.value)})` : scriptNumber(f.value);
    if (f.kind === 'argument') return read(f.index);
    const constant = known.get(f);
    if (constant !== undefined) return constant;
    const value = written[f.primitive](...f.operands.map(text));
    if (uses.get(f) === 1) return value;
    const name = `t${before.length + 1}`;
    before.push(`const ${name} = ${bare(value)};`);
    known.set(f, name);
    return name;
  };
  const value = bare(text(formula));
  return { before, value };
}
