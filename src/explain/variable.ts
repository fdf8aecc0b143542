/**
 * Variables as they are written: a letter with indices (`w12`), a derivative of one letter in another (`∂E/∂w12`), a word.
 * Each has a text form and a TeX form. Which number of a graph has which name is not decided here (naming.ts does).
 */
import { superscript } from './numbers.ts';

export type Variable =
  | Letter
  /** ∂of/∂by */
  | { readonly kind: 'derivative'; readonly of: Variable; readonly by: Variable }
  /** name(of), with a prime once it was updated. */
  | { readonly kind: 'call'; readonly name: string; readonly of: Variable; readonly primed?: boolean }
  /** Anything else, in both its forms. */
  | { readonly kind: 'word'; readonly text: string; readonly tex: string };

export interface Letter {
  readonly kind: 'letter';
  /** `w`, `net`, `δ`. */
  readonly base: string;
  /** The layer's number from 1, where the letter alone does not tell layers apart: `w1`. */
  readonly layer?: number;
  /** From 1. */
  readonly indices: readonly number[];
  /** Whether an index may have two digits, so that indices need commas. */
  readonly wide?: boolean;
  /** A mean over the samples: h̄. */
  readonly bar?: boolean;
  /** After the update: w′. */
  readonly primed?: boolean;
  /** The sample's number from 1, written where a line mixes samples: h⁽²⁾. */
  readonly sample?: number;
  /** The mark is always written: E⁽²⁾ is not E. */
  readonly distinct?: boolean;
}

export function letter(
  base: string,
  rest: Omit<Letter, 'kind' | 'base' | 'indices'> & { indices?: readonly number[] } = {},
): Letter {
  return { kind: 'letter', base, indices: [], ...rest };
}

/** The samples that a variable is of. */
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
  const stem = symbolTex(base);
  const upper = [
    layer === undefined ? '' : `[${layer}]`,
    primed ? '\\prime' : '',
    (marked || distinct) && sample !== undefined ? `(${sample})` : '',
  ].join('');
  // a letter that brings an index of its own keeps it, before ours
  const [, bare, own] = /^(.*?)_\{(.*)\}$/.exec(stem) ?? [undefined, stem, undefined];
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

/** Marks over a letter, as Unicode writes them behind it. */
const accents: Readonly<Record<string, string>> = {
  '\u0302': 'hat',
  '\u0303': 'tilde',
  '\u0304': 'bar',
  '\u0307': 'dot',
  '\u0308': 'ddot',
  '\u20d7': 'vec',
};

/** Characters that TeX reads as commands, written so that it prints them. */
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

/** A word inside `\text` or `\operatorname`. */
export function wordTex(word: string): string {
  return [...word].map((c) => escaped[c] ?? c).join('');
}

/**
 * A symbol that a reader chose, or the name of a constant, as TeX: one letter as it is, a Greek one by its name, digits at
 * the end as an index, `√(…)` as a root, a word upright.
 */
export function symbolTex(base: string): string {
  const root = /^√\(?(.*?)\)?$/.exec(base);
  if (root !== null) return `\\sqrt{${symbolTex(root[1])}}`;
  const quotient = /^([^/]+)\/([^/]+)$/.exec(base);
  if (quotient !== null) return `\\frac{${symbolTex(quotient[1])}}{${symbolTex(quotient[2])}}`;
  const logarithm = /^ln (.+)$/.exec(base);
  if (logarithm !== null) return `\\ln ${symbolTex(logarithm[1])}`;
  const [, plain, accent, tail] =
    /^(.)([\u0302\u0303\u0304\u0307\u0308\u20d7])(.*)$/u.exec(base.normalize('NFD')) ?? [];
  if (accent !== undefined)
    return `\\${accents[accent]}{${symbolTex(plain)}}${tail === '' ? '' : `_{${symbolTex(tail)}}`}`;
  const [, head, index] = /^([^_]+)_(.+)$/u.exec(base) ?? [];
  if (head !== undefined) return `${symbolTex(head)}_{${/^\d+$/.test(index) ? index : `\\text{${wordTex(index)}}`}}`;
  const [, stem, digits] = /^(.*?)(\d*)$/u.exec(base)!;
  if (stem === '') return digits;
  const letters = [...stem];
  const known = letters.map((c) => (greek[c] === undefined ? (/[A-Za-z]/.test(c) ? c : undefined) : `\\${greek[c]}`));
  const below = digits === '' ? '' : `_{${digits}}`;
  if (letters.length === 1 && known[0] !== undefined) return `${known[0]}${below}`;
  // ρ∞: an index written behind; 2π: a product
  if (letters.length === 2 && letters[1] === '∞') return `${known[0]}_{\\infty}`;
  if (/^\d/.test(stem)) return letters.map((c, i) => known[i] ?? c).join('');
  if (known.every((c) => c !== undefined && c.length === 1)) return `\\mathit{${stem}}${below}`;
  return `${letters.map((c, i) => known[i] ?? `\\text{${wordTex(c)}}`).join(' ')}${below}`;
}
