/** The likelihoods of audited walks as people read them. */
import { numberText } from '../../explain/numbers.ts';
import type { AuditedWalk } from '../../graphs/explain/audit-walks.ts';
import type { Terminal } from '../output/terminal.ts';

/** Steps of a walk that a table has room for. */
const shownSteps = 100;

/** A table of steps for each walk, its likelihood, and why it is impossible. */
export function walksText(walks: readonly AuditedWalk[], terminal: Terminal): string {
  return walks.map((walk, w) => walkText(walk, w, terminal)).join('\n\n');
}

function walkText(
  { steps, likelihood, logLikelihood, impossible }: AuditedWalk,
  w: number,
  terminal: Terminal,
): string {
  const { colors } = terminal;
  const table = terminal.table(
    ['step', 'from', 'to', 'kind', 'probability'],
    steps
      .slice(0, shownSteps)
      .map(({ from, to, kind, probability }, i) => [
        String(i + 1),
        String(from),
        String(to),
        kind ?? 'no edge',
        numberText(probability),
      ]),
    [0, 4],
  );
  const more = steps.length > shownSteps ? [`${steps.length - shownSteps} more steps are in --json.`] : [];
  const verdict =
    impossible === undefined
      ? `Its likelihood is ${numberText(likelihood)}, ln L = ${numberText(logLikelihood)}.`
      : colors.red(terminal.wrap(`Impossible: at step ${impossible.position}, ${impossible.reason}.`));
  return [colors.bold(`Walk ${w + 1}`), table, ...more, verdict].join('\n');
}
