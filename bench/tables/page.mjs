/** docs/tables.md and the README's sentences, from the results. */
import { writeFileSync } from 'node:fs';
import { writeBetween } from '../table.mjs';
import { mean, median, paired, within } from './compare.mjs';

const score = (value) => value.toFixed(4);
const signed = (value, digits = 4) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
const withError = (difference, error) => `${signed(difference)} ± ${error.toFixed(4)}`;
const milliseconds = (seconds) => {
  const value = 1000 * median(seconds);
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
};
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const isOurs = ({ name }) => name.startsWith('chainrule');
/** Median of the quotients of two sides' times, seed by seed: what else the machine did met both alike. */
const quotient = (a, b) => median(a.map((value, i) => value / b[i]));

/** One row of the equal comparison, and what it says. */
function equalRow({ name, fair }, { equal, task }) {
  const ours = equal.filter(isOurs);
  const theirs = equal.filter((side) => !isOurs(side));
  const best = theirs.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
  const { difference, error } = paired(ours[0].scores, best.scores);
  const speed = ours.map((side) => quotient(best.seconds, side.seconds));
  const work = quotient(best.cpu, ours[0].cpu);
  const { hidden, activation, epochs, batch, rate } = fair;
  return {
    name,
    higher: difference >= 0,
    within: within({ difference, error }),
    quicker: speed.every((each) => each >= 1),
    speed,
    cells: [
      name,
      `${hidden.join(', ')} ${activation}; ${epochs} epochs, batches of ${batch}, ${rate}`,
      task === 'classification' ? 'accuracy' : 'R²',
      score(mean(best.scores)),
      score(mean(ours[0].scores)),
      `${difference < 0 ? '' : '**'}${withError(difference, error)}${difference < 0 ? '' : '**'}`,
      `${milliseconds(best.seconds)}${best.name.includes('1 thread') ? ' (1 thread)' : ''}`,
      ...ours.map((side, i) => `${milliseconds(side.seconds)} (${speed[i].toFixed(1)}×)`),
      `${work.toFixed(1)}×`,
    ],
  };
}

/** One row of the comparison without options. */
function defaultRow({ name }, { default: runs, usual, task }) {
  const scores = runs.map((run) => run.score);
  const [model, best] = Object.entries(usual).reduce((a, b) => (mean(b[1]) > mean(a[1]) ? b : a));
  const { difference, error } = paired(scores, best);
  const isWithin = within({ difference, error });
  const advised = runs.filter(({ verdict }) => verdict && verdict.outcome !== 'better');
  const which = [...new Set(advised.map(({ verdict }) => verdict.baseline))];
  const advice = runs.every(({ verdict }) => verdict === undefined)
    ? ''
    : advised.length === 0
      ? 'the network'
      : `${which.join(' or ')} in ${advised.length} of ${runs.length}`;
  const shown = (each) => (each === model ? `**${score(mean(usual[each]))}**` : score(mean(usual[each])));
  return {
    name,
    within: isWithin,
    advised: advised.length > runs.length / 2,
    cells: [
      name,
      task === 'classification' ? 'accuracy' : 'R²',
      ...['MLP', 'linear', 'forest'].map(shown),
      score(mean(scores)),
      withError(difference, error),
      isWithin ? 'yes' : 'no',
      advice,
    ],
  };
}

const list = (names) => (names.length === 0 ? 'none' : names.join(', '));

export function writePage({ tables: results, machine, date, versions }, tables) {
  const measured = tables.filter(({ name }) => results[name]);
  const equal = measured.filter(({ name }) => results[name].equal).map((each) => equalRow(each, results[each.name]));
  const rowsOf = (other) =>
    measured
      .filter((each) => Boolean(each.other) === other && results[each.name].default)
      .map((each) => defaultRow(each, results[each.name]));
  const [chosen, others] = [rowsOf(false), rowsOf(true)];
  const nodes = results[measured[0].name].equal.filter(isOurs).map(({ name }) => name.replace('chainrule, ', ''));
  const loads = measured.map(({ name }) => results[name].load).filter((load) => load !== undefined);
  const head = [
    'table',
    'measure',
    'MLP',
    'linear',
    'forest',
    'chainrule',
    'difference from the best',
    'within one standard error',
    'report advises',
  ];
  const names = (rows, test) => list(rows.filter(test).map(({ name }) => name));
  const { seeds } = results[measured[0].name];
  const page = `# Beside scikit-learn on real tables

Made by \`npm run bench:tables\` on ${date}: ${machine}; load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} while it ran.
${Object.entries(versions)
  .map(([what, version]) => `${what} ${version}`)
  .join(', ')}.

Every table is split ${seeds} times, 80 rows of 100 for training and 20 for the test (by scikit-learn's
\`train_test_split\`, classes in their shares, \`random_state\` 1 to ${seeds}). Both sides read the same parts, and the split's
number is the seed of both. A difference is chainrule less scikit-learn, the mean over the splits; behind ± stands its standard
error, √(Σ(dᵢ − d̄)²/(n − 1)/n) of the n = ${seeds} paired differences dᵢ.

## The same network and budget

One hidden layer, Adam with scikit-learn's epsilon, alpha 0.0001 on both sides (chainrule's \`l2\` is alpha over the rows of a
batch), weights and biases drawn uniformly within Glorot's bound, shuffled batches, a fixed number of epochs, nothing held out; half
the squared error for numbers, one sigmoid output for two classes, else softmax. The seeds draw other numbers on each side.
scikit-learn encodes and scales the features, and a number to predict, for both. float64, MNIST in float32.

Milliseconds are the median of ${seeds} trainings, \`fit\` and \`await train\`, each side in a process that has trained twice
before, in turns. Of scikit-learn with its own number of threads and with one, the quicker is shown. How often chainrule is as quick, in
brackets, is the median of the quotients, split by split; the last column is the same of the processor's time, of Node ${versions.Node.split('.')[0]}.
Each training of chainrule first makes and compiles a module for its network, some tens of milliseconds: with a few hundred
steps that is most of it.

${table(
  [
    'table',
    'network and training',
    'measure',
    'scikit-learn',
    'chainrule',
    'difference',
    'scikit-learn, ms',
    ...nodes.map((each) => `${each}, ms`),
    'processor time',
  ],
  equal.map(({ cells }) => cells),
)}

Below scikit-learn's mean: ${names(equal, ({ higher }) => !higher)}; of these by more than one standard error: ${names(equal, ({ within }) => !within)}. Slower: ${names(equal, ({ quicker }) => !quicker)}.

## Without any option

\`chainrule train train.csv --target …\` and \`chainrule evaluate\`, beside three models of scikit-learn with their defaults: an MLP,
a linear model (logistic or least squares), a random forest. Before them gaps get the median or the most frequent category, categories become
one column each, and numbers are standardized but for the forest; the MLP's number to predict is standardized as well. chainrule
holds out a fifth of its part for validation; scikit-learn trains on all of it. The best of the three is bold. "Report
advises" says in how many runs the report itself found the network no better than a baseline, on its validation rows, and named
that baseline to be used instead.

${table(
  head,
  chosen.map(({ cells }) => cells),
)}

Not within one standard error of the best: ${names(chosen, ({ within }) => !within)}.
${
  others.length === 0
    ? ''
    : `
More targets and tables: cars and weather from vega-datasets, and generated ones (Friedman's function of ten numbers with
noise; two half circles with columns of noise).

${table(
  head,
  others.map(({ cells }) => cells),
)}

Not within one standard error of the best: ${names(others, ({ within }) => !within)}.
`
}
A random forest is at its best on tables with steps and categories; chainrule has none. What other settings of the network
reach on these tables, and why the defaults stay: [decision 7](decisions/0007-defaults-for-tables.md).
`;
  writeFileSync(new URL('../../docs/tables.md', import.meta.url), page);
  const speeds = equal.flatMap(({ speed }) => speed);
  writeBetween(
    'tables',
    `Beside scikit-learn on six real tables, the same network and budget: the mean test score of ${seeds} splits is as high or within one standard error on ${equal.filter(({ within }) => within).length} of ${equal.length}, ${Math.min(...speeds).toFixed(1)} to ${Math.max(...speeds).toFixed(1)} times as quick. Without any option \`train\` is within one standard error of the best of MLP, linear model and random forest on ${chosen.filter(({ within }) => within).length} of ${chosen.length}, and the report names a baseline to use instead on ${chosen.filter(({ within, advised }) => !within && advised).length} of the others. [The tables, losses included](docs/tables.md).`,
  );
}
