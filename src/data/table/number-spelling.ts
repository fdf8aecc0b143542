/**
 * Spellings of numbers other than 1234.5: "12.5 %", "$1,234.50", "1.234,56", "12.5 kg", "(3)". They are read if every cell of a
 * column has the same spelling, because one cell alone can be ambiguous: "1,234" is above a thousand or about one.
 */
import { parseNumber, withHyphen } from './number.ts';

/** How the numbers of a column are written. Plain JSON: a model stores it. */
export interface NumberSpelling {
  /** The decimal separator. */
  readonly decimal: '.' | ',';
  /** The separator of thousands; " " stands for any space. */
  readonly group?: ',' | '.' | ' ' | "'";
  /** A currency in front of the number. */
  readonly prefix?: string;
  /** A percent sign, a currency or a unit after the number. */
  readonly suffix?: string;
}

/** Codes of currencies that are written in letters. A symbol is recognized by its Unicode category. */
const currencies =
  'USD|EUR|GBP|JPY|CNY|CHF|INR|AUD|CAD|NZD|BRL|MXN|KRW|SEK|NOK|DKK|PLN|CZK|HUF|RUB|TRY|ZAR|US\\$|R\\$|C\\$|A\\$|kr\\.?|zł|Rs\\.?|Fr\\.?';
const prefixForm = `\\p{Sc}|(?:${currencies})(?=[\\s\\d-])`;
const space = '[ \\u00A0\\u2007\\u2009\\u202F]';
/** A unit begins with a letter or a sign, and has no digits after a space. */
const suffixForm = `[%‰°µ′″\\p{Sc}\\p{L}][\\p{L}\\p{M}\\p{Sc}%°µ·*/^²³₂.-]{0,15}[23]?`;
const form = new RegExp(
  `^(\\()?([+-])?${space}*(${prefixForm})?${space}*([+-])?(\\d[\\d.,'’\\u00A0\\u2007\\u2009\\u202F ]*|[.,]\\d+)(e[+-]?\\d+(?![\\p{L}\\d]))?(?<! )${space}*(${suffixForm})?(\\))?$`,
  'iu',
);

interface Parts {
  readonly isNegative: boolean;
  /** The digits with their separators. */
  readonly core: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** The parts of a cell that looks like a number; undefined for any other text. */
function partsOf(cell: string): Parts | undefined {
  if (cell.length > 48) return undefined;
  const text = withHyphen(cell.trim());
  const found = form.exec(text);
  if (found === null) return undefined;
  const [, open, first, prefix = '', second, digits, exponent = '', suffix = '', close] = found;
  if ((open === undefined) !== (close === undefined) || (first !== undefined && second !== undefined)) return undefined;
  if (open !== undefined && (first ?? second) !== undefined) return undefined;
  const core =
    digits
      .trim()
      .replace(/[\u00A0\u2007\u2009\u202F]/g, ' ')
      .replaceAll('’', "'") + exponent;
  // 1.2.3 is a version
  if (!separators.some((each) => each.form.test(core))) return undefined;
  return { isNegative: open !== undefined || (first ?? second) === '-', core, prefix, suffix };
}

type Separators = Pick<NumberSpelling, 'decimal' | 'group'>;

/** Forms of digits, by separators. Groups have three digits, or two before the last group as in India. */
const separators: readonly (Separators & { readonly form: RegExp })[] = [
  { decimal: '.', form: /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i },
  { decimal: '.', group: ',', form: /^([1-9]\d{0,2}(,\d{2,3})*,\d{3}|\d+)(\.\d*)?$/ },
  { decimal: ',', form: /^(\d+,?\d*|,\d+)$/ },
  { decimal: ',', group: '.', form: /^([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d*)?$/ },
  { decimal: '.', group: ' ', form: /^([1-9]\d{0,2}( \d{3})+|\d+)(\.\d*)?$/ },
  { decimal: ',', group: ' ', form: /^([1-9]\d{0,2}( \d{3})+|\d+)(,\d*)?$/ },
  { decimal: '.', group: "'", form: /^([1-9]\d{0,2}('\d{3})+|\d+)(\.\d*)?$/ },
  { decimal: ',', group: "'", form: /^([1-9]\d{0,2}('\d{3})+|\d+)(,\d*)?$/ },
];

const numberOf = (core: string, { decimal, group }: Separators): number | undefined => {
  const bare = group === undefined ? core : core.replaceAll(group, '');
  return parseNumber(decimal === ',' ? bare.replace(',', '.') : bare);
};

/**
 * The separators that fit every number. Undefined if none does, and if two do that give different values, as for "1,234" alone.
 */
function separatorsOf(cores: readonly string[]): Separators | undefined {
  const fitting = separators.filter(({ form }) => cores.every((core) => form.test(core)));
  if (fitting.length === 0) return undefined;
  // a decimal point without groups is how every program writes numbers
  const [first] = fitting;
  if (first.decimal === '.' && first.group === undefined) return first;
  const isSame = fitting.every((other) => cores.every((core) => numberOf(core, other) === numberOf(core, first)));
  return isSame ? first : undefined;
}

/** "1.234 €" can be above a thousand: in amounts of money, a point before three digits is ambiguous if every cell has it. */
const isAmbiguousMoney = (cores: readonly string[], affix: string) =>
  /\p{Sc}/u.test(affix) &&
  cores.some((core) => core.includes('.')) &&
  cores.every((core) => /^\d{1,3}(\.\d{3})?$/.test(core));

export interface SpellingFound {
  /** The spelling that all cells share; undefined if they do not share one. */
  readonly spelling?: NumberSpelling;
  /** The share of the cells that look like numbers in some spelling. */
  readonly share: number;
  /** Without a spelling: the reason, as the end of "its numbers …". */
  readonly why?: string;
  /** A number as the column writes it. */
  readonly example?: string;
}

/** More units in a column are not units. */
const maxAffixes = 8;

/** So many distinct cells decide first whether a column looks like numbers at all. */
const sampled = 64;

/** The spelling of distinct cells that are not all plain numbers. */
export function spellingOf(cells: readonly string[]): SpellingFound {
  const first = cells.slice(0, sampled);
  const likely = first.filter((cell) => partsOf(cell) !== undefined).length;
  if (2 * likely < first.length) return { share: likely / first.length };
  const parts = cells.map(partsOf);
  const known = parts.filter((each) => each !== undefined);
  const share = known.length / cells.length;
  const at = parts.findIndex((each, i) => each !== undefined && parseNumber(cells[i]) === undefined);
  const example = cells[at];
  if (at === -1) return { share };
  const { prefix, suffix } = parts[at]!;
  const affixes = new Set(known.map((each) => `${each.prefix} ${each.suffix}`));
  // codes such as "5f" and "7ab" are not numbers
  if (affixes.size > maxAffixes) return { share: 0 };
  if (affixes.size > 1) {
    return { share, example, why: 'have different units or signs' };
  }
  const cores = known.map(({ core }) => core);
  const found = separatorsOf(cores);
  if (found === undefined || isAmbiguousMoney(cores, prefix + suffix)) {
    return { share, example, why: 'can be read with a decimal point or a decimal comma' };
  }
  if (share < 1) return { share, example, why: 'are among other texts' };
  // 1e999 is beyond the range of numbers
  if (cores.some((core) => numberOf(core, found) === undefined)) return { share };
  const { decimal, group } = found;
  const spelling: NumberSpelling = {
    decimal,
    ...(group !== undefined && cores.some((core) => core.includes(group)) && { group }),
    ...(prefix !== '' && { prefix }),
    ...(suffix !== '' && { suffix }),
  };
  return { share, example, spelling };
}

const formOf = ({ decimal, group }: NumberSpelling) =>
  separators.find((each) => each.decimal === decimal && each.group === group)!.form;

/**
 * The number in a cell of a column with this spelling; undefined for other texts. A plain decimal is a number in any column, except
 * where its point separates thousands. A group need not occur: "999,50" is a number beside "1.234,50".
 */
export function parseSpelled(cell: string, spelling: NumberSpelling): number | undefined {
  const parts = partsOf(cell);
  const { prefix = '', suffix = '' } = spelling;
  if (parts !== undefined && parts.prefix === prefix && parts.suffix === suffix && formOf(spelling).test(parts.core)) {
    const value = numberOf(parts.core, spelling);
    return value !== undefined && parts.isNegative ? -value : value;
  }
  return parseNumber(cell);
}

/** A number in a spelling, for people: `$1234.5`. */
export const showSpelling = ({ decimal, prefix = '', suffix = '' }: NumberSpelling): string =>
  `${prefix}1234${decimal}5${/^\p{L}/u.test(suffix) ? ' ' : ''}${suffix}`;
