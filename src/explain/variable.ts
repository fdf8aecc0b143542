/**
 * Variables: a letter with indices (`w12`), a derivative (`∂E/∂w12`), a word. Each has a text form and a TeX form.
 * naming.ts assigns them to the numbers of a graph.
 */
import { clip, printableLine } from '../base/printable.ts';
import { superscript } from './numbers.ts';

export type Variable =
  | Letter
  /** ∂of/∂by */
  | { readonly kind: 'derivative'; readonly of: Variable; readonly by: Variable }
  /** name(of), with a prime after its update. */
  | { readonly kind: 'call'; readonly name: string; readonly of: Variable; readonly primed?: boolean }
  /** Anything else, in both forms. */
  | { readonly kind: 'word'; readonly text: string; readonly tex: string };

export interface Letter {
  readonly kind: 'letter';
  /** `w`, `net`, `δ`. */
  readonly base: string;
  /** The layer's number from 1, if layers share the letter: `w1`; `w4.1` is in the first layer of a layer of layers. */
  readonly layer?: number | string;
  /** From 1. */
  readonly indices: readonly number[];
  /** Whether an index can have two digits, so that indices need commas. */
  readonly wide?: boolean;
  /** A mean over the samples: h̄. */
  readonly bar?: boolean;
  /** After the update: w′. */
  readonly primed?: boolean;
  /** The sample's number from 1, written in lines with several samples: h⁽²⁾. */
  readonly sample?: number;
  /** Whether the mark is always written: E⁽²⁾ is not E. */
  readonly distinct?: boolean;
}

export function letter(
  base: string,
  rest: Omit<Letter, 'kind' | 'base' | 'indices'> & { indices?: readonly number[] } = {},
): Letter {
  return { kind: 'letter', base, indices: [], ...rest };
}

/** The samples of a variable. */
export function samplesOf(variable: Variable, into = new Set<number>()): Set<number> {
  if (variable.kind === 'letter' && variable.sample !== undefined) into.add(variable.sample);
  if (variable.kind === 'derivative') {
    samplesOf(variable.of, into);
    samplesOf(variable.by, into);
  }
  if (variable.kind === 'call') samplesOf(variable.of, into);
  return into;
}

const macron = '̄';

/** As text; `marked` writes the samples' marks. */
export function variableText(variable: Variable, marked: boolean): string {
  switch (variable.kind) {
    case 'letter':
      return letterText(variable, marked);
    case 'derivative':
      return `∂${variableText(variable.of, marked)}/∂${variableText(variable.by, marked)}`;
    case 'call':
      return `${variable.name}${variable.primed ? '′' : ''}(${variableText(variable.of, marked)})`;
    case 'word':
      return variable.text;
  }
}

function letterText({ base, layer, indices, wide, bar, primed, sample, distinct }: Letter, marked: boolean): string {
  const barred = bar ? ([...base].length === 1 ? base + macron : `mean ${base}`) : base;
  const stem = `${barred}${layer ?? ''}`;
  const separator = indices.length > 0 && /\d$/.test(stem) ? '_' : '';
  const mark = (marked || distinct) && sample !== undefined ? `⁽${superscript(String(sample))}⁾` : '';
  return `${stem}${separator}${indices.join(wide ? ',' : '')}${primed ? '′' : ''}${mark}`;
}

/** As TeX, to be set in mathematics. */
export function variableTex(variable: Variable, marked: boolean): string {
  switch (variable.kind) {
    case 'letter':
      return letterTex(variable, marked);
    case 'derivative':
      return `\\dfrac{\\partial ${variableTex(variable.of, marked)}}{\\partial ${variableTex(variable.by, marked)}}`;
    case 'call':
      return `\\operatorname{${wordTex(variable.name)}}${variable.primed ? "'" : ''}${variable.of.kind === 'derivative' ? '\\left(' : '('}${variableTex(variable.of, marked)}${variable.of.kind === 'derivative' ? '\\right)' : ')'}`;
    case 'word':
      return variable.tex;
  }
}

function letterTex({ base, layer, indices, wide, bar, primed, sample, distinct }: Letter, marked: boolean): string {
  const { bare, below: own } = symbolParts(clip(base, longestSymbol));
  const upper = [
    layer === undefined ? '' : `[${layer}]`,
    primed ? '\\prime' : '',
    (marked || distinct) && sample !== undefined ? `(${sample})` : '',
  ].join('');
  // a letter with its own index keeps it, before the others
  const lower = [...(own === undefined ? [] : [own]), ...(indices.length > 0 ? [indices.join(wide ? ',' : '')] : [])];
  const shown = bar ? `\\bar{${bare}}` : bare;
  return `${shown}${lower.length > 0 ? `_{${lower.join(',')}}` : ''}${upper === '' ? '' : `^{${upper}}`}`;
}

const greek: Readonly<Record<string, string>> = {
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  ε: 'varepsilon',
  ζ: 'zeta',
  η: 'eta',
  θ: 'theta',
  ι: 'iota',
  κ: 'kappa',
  λ: 'lambda',
  μ: 'mu',
  ν: 'nu',
  ξ: 'xi',
  π: 'pi',
  ρ: 'rho',
  σ: 'sigma',
  τ: 'tau',
  υ: 'upsilon',
  φ: 'varphi',
  ϕ: 'phi',
  χ: 'chi',
  ψ: 'psi',
  ω: 'omega',
  Γ: 'Gamma',
  Δ: 'Delta',
  Θ: 'Theta',
  Λ: 'Lambda',
  Ξ: 'Xi',
  Π: 'Pi',
  Σ: 'Sigma',
  Φ: 'Phi',
  Ψ: 'Psi',
  Ω: 'Omega',
  '∞': 'infty',
};

/** Combining marks, which follow their letter in Unicode. */
const accents: Readonly<Record<string, string>> = {
  '\u0302': 'hat',
  '\u0303': 'tilde',
  '\u0304': 'bar',
  '\u0307': 'dot',
  '\u0308': 'ddot',
  '\u20d7': 'vec',
};

/** Characters that TeX reads as commands, escaped so that it prints them. */
export const escaped: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
};

/** Symbols of math mode only: sums, products, integrals. */
const largeOperators = /[∏-∑∫-∲⊕⋀-⋃⨀-⨚]/;

/** A word inside `\text` or `\operatorname`: it is printed in full, on one line. */
function wordTex(word: string): string {
  // a typesetter has no glyphs for private-use characters
  const known = printableLine(word).replace(/[\ue000-\uf8ff]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
  // an accent without a letter would be set on our brace
  const visible = known.replace(/(?<![\p{L}\p{N}\p{M}])(?=\p{M})/gu, '\u25cc');
  return [...visible].map((c) => escaped[c] ?? (largeOperators.test(c) ? `$${c}$` : c)).join('');
}

/** The maximum number of characters of a symbol: symbols appear in many lines. */
export const longestSymbol = 40;

/** A symbol as TeX, with its own index separate, so that more indices can follow it. */
interface SymbolTex {
  readonly bare: string;
  readonly below?: string;
}

/**
 * A user's symbol, or the name of a constant, as TeX: a single letter unchanged, a Greek one by its name, digits at the
 * end as an index, `√(…)` as a root, a word upright. It contains no commands: all characters except letters and digits
 * are escaped.
 */
export function symbolTex(base: string): string {
  const { bare, below } = symbolParts(clip(base, longestSymbol));
  return below === undefined ? bare : `${bare}_{${below}}`;
}

function symbolParts(base: string): SymbolTex {
  const root = /^√\(?(.*?)\)?$/su.exec(base);
  if (root !== null) return { bare: `\\sqrt{${symbolTex(root[1])}}` };
  const quotient = /^([^/]+)\/([^/]+)$/.exec(base);
  if (quotient !== null) return { bare: `\\frac{${symbolTex(quotient[1])}}{${symbolTex(quotient[2])}}` };
  const logarithm = /^ln (.+)$/s.exec(base);
  if (logarithm !== null) {
    const inner = symbolParts(logarithm[1]);
    return { ...inner, bare: `\\ln ${inner.bare}` };
  }
  const [, plain, accent, tail] =
    /^(.)([\u0302\u0303\u0304\u0307\u0308\u20d7])_?(.*)$/su.exec(base.normalize('NFD')) ?? [];
  if (accent !== undefined) {
    return { bare: `\\${accents[accent]}{${symbolTex(plain)}}`, below: tail === '' ? undefined : symbolTex(tail) };
  }
  const [, head, index] = /^([^_]+)_(.+)$/su.exec(base) ?? [];
  if (head !== undefined) {
    const inner = symbolParts(head);
    const own = /^\d+$/.test(index) ? index : `\\text{${wordTex(index)}}`;
    return { bare: inner.bare, below: inner.below === undefined ? own : `${inner.below},${own}` };
  }
  const [, stem, digits] = /^(.*?)(\d*)$/su.exec(base)!;
  if (stem === '') return { bare: digits };
  const below = digits === '' ? undefined : digits;
  // a letter with its accents
  const letters = stem.match(/\P{M}?\p{M}*/gsu)!.slice(0, -1);
  const isLetter = (c: string) => /^[A-Za-z]$/.test(c);
  const written = letters.map((c) => {
    if (greek[c] !== undefined) return `\\${greek[c]}`;
    return isLetter(c) ? c : `\\text{${wordTex(c)}}`;
  });
  if (letters.length === 1) return { bare: written[0], below };
  // ρ∞: a trailing index; 2π: a product
  if (letters.length === 2 && letters[1] === '∞') return { bare: written[0], below: '\\infty' };
  if (/^\d/.test(stem)) return { bare: letters.map((c, i) => (/[\d.,()+*=-]/.test(c) ? c : written[i])).join(' ') };
  if (letters.every(isLetter)) return { bare: `\\mathit{${stem}}`, below };
  return { bare: written.join(' '), below };
}
