/** Notation as TeX, part by part like the text (text.ts); long sums can be broken into lines. */
import type { Notation } from './notation.ts';
import { numberTex } from './numbers.ts';
import type { Writing } from './text.ts';
import { symbolTex, type Variable, variableTex } from './variable.ts';

/** How to write a notation as TeX. */
export interface TexWriting extends Writing {
  /** Wraps each variable, or the number in its place, such as in a command that makes it a link. */
  readonly wrap?: (tex: string, variable: Variable) => string;
}

const level = { sum: 1, product: 2, power: 4, atom: 5 } as const;

interface Piece {
  readonly tex: string;
  readonly level: number;
}

const piece = (tex: string, at: number): Piece => ({ tex, level: at });

function wrap({ tex, level: own }: Piece, minLevel: number): string {
  return own < minLevel ? parenthesized(tex) : tex;
}

/** Parentheses that grow, only around tall formulas. */
function parenthesized(tex: string): string {
  return /\\(d?frac|sum|begin|sqrt)/.test(tex) ? `\\left(${tex}\\right)` : `(${tex})`;
}

function numberPiece(value: number, digits?: number): Piece {
  const tex = numberTex(value, digits);
  if (tex.startsWith('-')) return piece(tex, level.sum);
  if (tex.includes('cdot')) return piece(tex, level.product);
  return piece(tex, tex.includes('^') ? level.power : level.atom);
}

function variablePiece({ variable, value }: Notation & { kind: 'variable' }, how: TexWriting): Piece {
  const { tex, level: own } =
    how.as === 'numbers'
      ? numberPiece(value, how.digits)
      : piece(variableTex(variable, how.marked ?? false), variable.kind === 'derivative' ? level.product : level.atom);
  return piece(how.wrap?.(tex, variable) ?? tex, own);
}

function write(n: Notation, how: TexWriting): Piece {
  const at = (inner: Notation, minLevel: number) => wrap(write(inner, how), minLevel);
  const all = (inner: Notation) => write(inner, how).tex;
  switch (n.kind) {
    case 'number':
      return n.name === undefined || how.as === 'numbers'
        ? numberPiece(n.value, how.digits)
        : piece(symbolTex(n.name), /[/ ]|^\d/.test(n.name) ? level.product : level.atom);
    case 'variable':
      return variablePiece(n, how);
    case 'sum':
      return piece(items(n, how).join(' '), level.sum);
    case 'product':
      return piece(n.factors.map((factor) => at(factor, level.product)).join(' \\cdot '), level.product);
    case 'fraction':
      return piece(`\\frac{${all(n.top)}}{${all(n.bottom)}}`, level.product);
    case 'power':
      return piece(`${base(n.base, how)}^{${all(n.exponent)}}`, level.power);
    case 'exponential':
      return piece(`e^{${all(n.exponent)}}`, level.power);
    case 'call':
      return piece(
        `${functions[n.name] ?? `\\operatorname{${n.name}}`}${parenthesized(n.of.map(all).join(', '))}`,
        level.atom,
      );
    case 'root':
      return piece(`\\sqrt{${all(n.of)}}`, level.atom);
    case 'absolute':
      return piece(`\\left|${all(n.of)}\\right|`, level.atom);
    case 'floor':
      return piece(`\\left\\lfloor ${all(n.of)}\\right\\rfloor`, level.atom);
    case 'holds':
      return piece(`\\left[${all(n.left)} > ${all(n.right)}\\right]`, level.atom);
    case 'cases':
      return piece(
        `\\begin{cases} ${all(n.yes)} & \\text{if } ${all(n.left)} > ${all(n.right)} \\\\ ${all(n.no)} & \\text{else} \\end{cases}`,
        level.product,
      );
    case 'derivative':
      return piece(n.of.kind === 'variable' ? `${all(n.of)}'` : `${parenthesized(all(n.of))}'`, level.atom);
    case 'more':
      return piece(`\\dots \\text{ ${n.count} more}`, level.product);
    case 'overSamples':
      // the term is the same for every sample, so no sample is marked
      return piece(`\\sum_{\\text{samples}} ${wrap(write(n.of, { ...how, marked: false }), level.product)}`, level.sum);
  }
}

/** A base with a superscript gets parentheses: two superscripts in a row are an error in TeX. */
function base(n: Notation, how: TexWriting): string {
  const written = write(n, how);
  return n.kind === 'variable' && written.tex.includes('^')
    ? `\\left(${written.tex}\\right)`
    : wrap(written, level.atom);
}

const functions: Readonly<Record<string, string>> = {
  ln: '\\ln',
  sin: '\\sin',
  cos: '\\cos',
  tanh: '\\tanh',
  max: '\\max',
  min: '\\min',
};

/** The terms of a sum with their signs in front. */
function items({ items }: Notation & { kind: 'sum' }, how: TexWriting): string[] {
  return items.map(({ negative, item }, i) => {
    if (item.kind === 'more') return `${i === 0 ? '' : '+ '}\\dots + \\text{${item.count} more}`;
    const written = write(item, how);
    const leads = i === 0 && !negative && item.kind !== 'sum';
    const shown = wrap(written, leads ? level.sum : level.product);
    return i === 0 ? `${negative ? '-' : ''}${shown}` : `${negative ? '-' : '+'} ${shown}`;
  });
}

/** TeX of a notation. */
export function notationTex(n: Notation, how: TexWriting): string {
  return write(n, how).tex;
}

/** TeX of the terms of a notation's outermost sum, each with its sign in front, for lines that can be broken there. */
export function notationTexTerms(n: Notation, how: TexWriting): string[] {
  return n.kind === 'sum' ? items(n, how) : [notationTex(n, how)];
}
