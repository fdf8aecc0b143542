/** The audit's explanations in words for a learner, without numbers that a sheet still asks for. */

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

/** The slip in the learner's words; a sentence also where the audit found no cause. */
export function slipText(explanation: string): string {
  let text = explanation;
  for (const [pattern, replacement] of replacements) text = text.replace(pattern, replacement);
  return text.trim() === '' ? 'No single slip explains this value. A hint shows the formula.' : text.trim();
}
