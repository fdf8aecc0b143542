/** The section on real tables in docs/benchmarks.md, from the results. */
import { writeBetween } from '../table.mjs';
import { within as isWithinError, mean, median, paired } from './compare.mjs';

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
/** Median of the ratios of two sides' times, seed by seed: other load on the machine affects both alike. */
const ratio = (a, b) => median(a.map((value, i) => value / b[i]));

/** One row of the comparison with the same network, and its conclusions. */
function equalRow({ name, fair }, { equal, task }) {
  const ours = equal.filter(isOurs);
  const theirs = equal.filter((side) => !isOurs(side));
  const best = theirs.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
  const { difference, error } = paired(ours[0].scores, best.scores);
  const speed = ours.map((side) => ratio(best.seconds, side.seconds));
  const work = ratio(best.cpu, ours[0].cpu);
  const { hidden, activation, epochs, batch, rate } = fair;
  return {
    name,
    higher: difference >= 0,
    within: isWithinError({ difference, error }),
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
  const isWithin = isWithinError({ difference, error });
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
    'report recommends',
  ];
  const names = (rows, test) => list(rows.filter(test).map(({ name }) => name));
  const { seeds } = results[measured[0].name];
  const nodeVersion = versions.Node.split('.')[0];
  const speeds = equal.flatMap(({ speed }) => speed);
  const within = (rows) => rows.filter((row) => row.within).length;
  const advised = chosen.filter((row) => !row.within && row.advised).length;
  const page = `With the same network and budget as scikit-learn on six real tables, the mean test score of ${seeds} splits is as high or within
one standard error on ${within(equal)} of ${equal.length}, and training is ${Math.min(...speeds).toFixed(1)} to ${Math.max(...speeds).toFixed(1)} times as fast. Without any option, \`train\` is within one standard
error of the best of an MLP, a linear model and a random forest on ${within(chosen)} of ${chosen.length}; on ${advised} of the others, its report recommends a simpler
model.

Measured by \`npm run bench:tables\` on ${date}: ${machine}; load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} during the measurement.
${Object.entries(versions)
  .map(([what, version]) => `${what} ${version}`)
  .join(', ')}.

**Method.** Each table is split ${seeds} times into 80 % training and 20 % test rows (scikit-learn's \`train_test_split\`, stratified,
\`random_state\` 1 to ${seeds}). Both libraries read the same splits and take the split's number as their seed. A difference is
chainrule's score minus scikit-learn's, averaged over the splits. After ± follows its standard error, √(Σ(dᵢ − d̄)²/(n − 1)/n) of
the n = ${seeds} paired differences dᵢ.

### The same network and budget

Both train one hidden layer with Adam (scikit-learn's epsilon), alpha 0.0001 (chainrule's \`l2\` is alpha divided by the rows of a
batch), uniform Glorot initialization of weights and biases, shuffled batches, and a fixed number of epochs without a validation
split. The loss is half the squared error for numbers, otherwise cross-entropy with one sigmoid output for two classes or softmax
for more. The seeds give different random numbers in each library. scikit-learn encodes and scales the features, and a numeric
target, for both. Both compute in float64; for MNIST in float32.

Times are medians of ${seeds} trainings (\`fit\` and \`await train\`), measured in turns, each library in a process that has trained twice
before. For scikit-learn, the faster of its own number of threads and one thread is shown. The factor in brackets says how many
times as fast chainrule is: the median of the ratios of each split. The last column is the same ratio for processor time, on Node
${nodeVersion}. Each training of chainrule includes generating and compiling its module, some tens of milliseconds: with a few hundred
steps, most of the time.

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

Below scikit-learn's mean: ${names(equal, ({ higher }) => !higher)}; of these by more than one standard error: ${names(equal, (row) => !row.within)}. Slower: ${names(equal, ({ quicker }) => !quicker)}.

### Without any option

\`chainrule train train.csv --target …\` and \`chainrule evaluate\`, compared with three models of scikit-learn with their defaults:
an MLP, a linear model (logistic regression or least squares) and a random forest. For these, missing values become the median
or the most frequent category, categories are one-hot encoded, and numbers are standardized, except for the forest; the MLP's
numeric target is standardized too. chainrule holds out a fifth of its training rows for validation; scikit-learn trains on all of
them. The best of the three is bold. The last column says in how many runs the report found the network no better than a
baseline on its validation rows and recommended that baseline.

${table(
  head,
  chosen.map(({ cells }) => cells),
)}

Not within one standard error of the best: ${names(chosen, (row) => !row.within)}.
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

Not within one standard error of the best: ${names(others, (row) => !row.within)}.
`
}
A random forest is strongest on tables with thresholds and categories; chainrule has none.
[Decision 7](decisions/0007-defaults-for-tables.md) says what other settings of the network reach on these tables, and why the
defaults stay.`;
  writeBetween('tables', page);
}
