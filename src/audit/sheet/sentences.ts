/** The sentences of a sheet's marks, without numbers that the sheet still asks for. */
import type { Cause } from './search.ts';

export const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
export const roundedText = 'Right, if numbers were rounded on the way.';
export const cutOffText =
  'Right but for its last digit, which is cut off, not rounded, or numbers were rounded on the way.';
export const shortText = (digits: number) => `Write ${count(digits, 'digit')}, so that a slip can be found.`;

/** `h1·w1 is left out; or if …` */
export const alternatives = (causes: readonly Cause[]) => causes.map(({ text }) => text).join('; or if ');

/** `Your value follows if h1·w1 is left out; or if …` */
export function sentence(causes: readonly Cause[]): string {
  return `${causes[0].ofOwn ? 'From your numbers, it follows' : 'Your value follows'} if ${alternatives(causes)}.`;
}

/** `h1, h2 and y`; more than three are cut. */
export function listedNames(names: readonly string[]): string {
  if (names.length > 3) return `${names.slice(0, 3).join(', ')} and others`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const replacements: readonly (readonly [RegExp, string])[] = [
  [/No other convention gives this value[^.]*\. ?/g, ''],
  [/One row cannot prove a slip, but this row would follow if/g, 'It would follow if'],
  [/The printed value follows if/g, 'Your value follows if'],
  [/its sign is printed wrong/g, 'its sign is wrong'],
  [
    /Only one slip explains both this row and another one\. They follow if/g,
    'This value and another of yours follow if',
  ],
  [
    /\d+ slips would each explain this row and another one, so any of them can be the cause\. The row follows if/g,
    'It would follow if',
  ],
  // `∂E/∂w1 = 0.0671828`: the number may be one to be filled in
  [/ = −?\d[\d.,]*(·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?/g, ''],
];

/** The audit's explanation of a print in the learner's words; a sentence also where the audit found no cause. */
export function slipText(explanation: string): string {
  let text = explanation;
  for (const [pattern, replacement] of replacements) text = text.replace(pattern, replacement);
  return text.trim() === '' ? 'No single slip explains this value. A hint shows the formula.' : text.trim();
}
