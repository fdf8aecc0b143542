/** The time that the run took, and how to reproduce it. */
import { numberText } from '../../explain/numbers.ts';
import { type Content, html, join, type Markup, nothing } from '../../explain/render/markup.ts';
import { engineText } from '../../model/engine-choice.ts';
import { countText, longText, nameText, secondsHtml, section, sentenceText } from '../html.ts';
import { indented, type RunRecord } from '../record.ts';
import { listHtml } from './configuration.ts';
import { maxListed } from './limits.ts';

const phases: Readonly<Record<string, string>> = {
  reading: 'reading and encoding the data',
  compiling: 'compiling',
  training: 'training',
  evaluating: 'evaluating',
  baselines: 'baselines',
};

/** The engine, the number of updates and the time of each phase. */
export function performanceSection({ engine, steps, seconds = {}, stop }: RunRecord): Markup {
  const rows: [string, Content][] = [['Engine', sentenceText(engineText(engine))]];
  if (steps !== undefined && steps > 0) {
    const speed =
      stop.seconds > 0 ? secondsHtml(`, ${countText(Math.round(steps / stop.seconds))} per second`) : nothing;
    rows.push(['Updates', html`${countText(steps)}${speed}`]);
  }
  const known = Object.entries(phases).flatMap(([phase, name]) => {
    const value = seconds[phase as keyof typeof seconds];
    return typeof value === 'number' ? [html`${name} ${secondsHtml(numberText(value, 3))}`] : [];
  });
  if (known.length > 0) rows.push(['Seconds', join(known, ', ')]);
  return section('Performance', listHtml(rows));
}

/** Cuts long lists and long texts, and marks the cut. */
function shorten(value: unknown): unknown {
  if (typeof value === 'string') return sentenceText(value);
  if (Array.isArray(value)) {
    const short = value.slice(0, maxListed).map(shorten);
    return value.length > maxListed ? [...short, `… ${value.length - maxListed} more`] : short;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [sentenceText(key), shorten(inner)]));
}

/** What one needs to repeat the run: versions, command, experiment. */
export function reproduction({ experiment, versions, command, changes = [] }: RunRecord): Markup {
  const versionText = `chainrule ${versions.chainrule}${versions.node === undefined ? '' : `, Node ${versions.node}`}`;
  const commandHtml = command === undefined ? nothing : html`<pre>${longText(command)}</pre>`;
  const changed = changes.map(
    ({ epoch, option, from, to }) => html`<li>after epoch ${epoch}: ${sentenceText(`${option} ${from} → ${to}`)}</li>`,
  );
  const changesHtml =
    changes.length === 0
      ? nothing
      : html`<p>The run was resumed with other options. To repeat it, resume it after the same epochs:</p><ul class="notes">${changed}</ul>`;
  return section(
    'Reproduce this run',
    html`<p>Made with ${nameText(versionText)}, seed ${experiment.seed}. The same experiment and data give the same numbers.</p>${changesHtml}${commandHtml}<details><summary>The experiment with all defaults</summary><pre>${indented(shorten(experiment))}</pre></details>`,
  );
}
