/** Notation as text: `x1·v11 + x2·v21`, `e^(−s)`, `(t − y)²/(2·m)`. */
import { type Expression, leavesOf } from './expression.ts';
import { type Notation, notationOf } from './notation.ts';
import { numberText, superscript } from './numbers.ts';
import { samplesOf, variableText } from './variable.ts';

/** How to write a variable: as its name (with sample marks for several samples), or as its number. */
export interface Writing {
  readonly as: 'names' | 'numbers';
  /** Whether to write the samples' marks. */
  readonly marked?: boolean;
  /** Significant digits of numbers. */
  readonly digits?: number;
}

/** The precedence of a text: its surroundings determine whether it needs parentheses. */
const level = { sum: 1, product: 2, derivative: 3, power: 4, atom: 5 } as const;

interface Piece {
  readonly text: string;
  readonly level: number;
}

const piece = (text: string, at: number): Piece => ({ text, level: at });

function wrap({ text, level: own }: Piece, minLevel: number): string {
  return own < minLevel ? `(${text})` : text;
}

/** A number: negative ones and powers of ten have the precedence of their operations. */
function numberPiece(value: number, digits?: number): Piece {
  const text = numberText(value, digits);
  if (text.startsWith('−')) return piece(text, level.sum);
  if (text.includes('·')) return piece(text, level.product);
  return piece(text, /^10[⁻¹-⁹]/.test(text) ? level.power : level.atom);
}

function write(n: Notation, how: Writing): Piece {
  const at = (inner: Notation, minLevel: number) => wrap(write(inner, how), minLevel);
  const all = (inner: Notation) => write(inner, how).text;
  switch (n.kind) {
    case 'number':
      return n.name === undefined || how.as === 'numbers'
        ? numberPiece(n.value, how.digits)
        : piece(
            n.name,
            n.name.includes('/') ? level.product : /^(ln |\d)/.test(n.name) ? level.derivative : level.atom,
          );
    case 'variable':
      if (how.as === 'numbers') return numberPiece(n.value, how.digits);
      return piece(
        variableText(n.variable, how.marked ?? false),
        n.variable.kind === 'derivative' ? level.derivative : level.atom,
      );
    case 'sum':
      return sumPiece(n, how);
    case 'product':
      return piece(
        n.factors
          .map((factor, i) => {
            const written = write(factor, how);
            // a fraction that is not last would read as if its denominator included all that follows
            const isOpen =
              i < n.factors.length - 1 &&
              (factor.kind === 'fraction' || (factor.kind === 'number' && factor.name?.includes('/')));
            return wrap(written, isOpen ? level.derivative : level.product);
          })
          .join('·'),
        level.product,
      );
    case 'fraction':
      return piece(
        `${at(n.top, n.top.kind === 'fraction' ? level.derivative : numerator(n.top))}/${at(n.bottom, level.power)}`,
        level.product,
      );
    case 'power': {
      const base = at(n.base, level.atom);
      const { exponent } = n;
      if (exponent.kind === 'number' && exponent.name === undefined && [2, 3].includes(exponent.value)) {
        return piece(`${base}${superscript(String(exponent.value))}`, level.power);
      }
      return piece(`${base}^${at(exponent, level.atom)}`, level.power);
    }
    case 'exponential':
      return piece(`e^${at(n.exponent, level.atom)}`, level.power);
    case 'call':
      return piece(`${n.name}(${n.of.map(all).join(', ')})`, level.atom);
    case 'root':
      return piece(`√${at(n.of, level.atom)}`, level.power);
    case 'absolute':
      return piece(`|${all(n.of)}|`, level.atom);
    case 'floor':
      return piece(`⌊${all(n.of)}⌋`, level.atom);
    case 'holds':
      return piece(`[${all(n.left)} > ${all(n.right)}]`, level.atom);
    case 'cases':
      return piece(`(${all(n.yes)} if ${all(n.left)} > ${all(n.right)}, else ${all(n.no)})`, level.atom);
    case 'derivative': {
      const of = all(n.of);
      return piece(n.of.kind === 'variable' || n.of.kind === 'cases' ? `${of}′` : `(${of})′`, level.atom);
    }
    case 'more':
      return piece(`… ${n.count} more`, level.product);
    case 'overSamples':
      // the term is the same for every sample, so no sample is marked
      return piece(`Σ_samples ${wrap(write(n.of, { ...how, marked: false }), level.product)}`, level.sum);
  }
}

/** A numerator may be a signed number without parentheses; a derivative is a fraction itself. */
function numerator(top: Notation): number {
  return top.kind === 'variable' && top.variable.kind === 'derivative' ? level.power : level.product;
}

function sumPiece({ items }: Notation & { kind: 'sum' }, how: Writing): Piece {
  const text = items
    .map(({ negative, item }, i) => {
      if (item.kind === 'more') return i === 0 ? `… ${item.count} more` : ` + … + ${item.count} more`;
      const written = write(item, how);
      const first = i === 0 && !negative;
      const shown = wrap(written, first && !startsSum(item) ? level.sum : level.product);
      if (i === 0) return negative ? `−${shown}` : shown;
      return `${negative ? ' − ' : ' + '}${shown}`;
    })
    .join('');
  return piece(text, level.sum);
}

/** A sum within a sum keeps its parentheses, even at the start. */
function startsSum(item: Notation): boolean {
  return item.kind === 'sum' && item.items.length > 1;
}

/** Text of a notation. */
export function notationText(n: Notation, how: Writing): string {
  return write(n, how).text;
}

/** Text of an expression, with sample marks if it reads more than one sample. */
export function expressionText(e: Expression, how: Writing = { as: 'names' }): string {
  return notationText(notationOf(e), { marked: mixesSamples(e), ...how });
}

/** Whether an expression reads numbers of more than one sample. */
export function mixesSamples(e: Expression): boolean {
  const samples = new Set<number>();
  for (const { variable } of leavesOf(e)) samplesOf(variable, samples);
  return samples.size > 1;
}
