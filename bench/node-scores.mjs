/**
 * The scores of vectors of nodes that the benches share: half of the labeled nodes train one-vs-rest logistic regressions, the number
 * of labels of a node known; micro and macro F1 in percent. Raw: vectors as they are and C = 1. Standardized: columns with mean 0
 * and variance 1, C chosen inside the training half.
 */
const from = (file) => import(new URL(`../dist/graphs/${file}`, import.meta.url));
const { classifyNodes } = await from('evaluation/classification.js');
const { meanScore } = await from('evaluation/index.js');

/** Runs have one score for each shuffle: their means over the runs are independent of each other. */
const percent = (runs, which) =>
  meanScore(runs[0].map((_, shuffle) => meanScore(runs.map((run) => 100 * run[shuffle][which])).mean));
const summary = (runs) => ({ micro: percent(runs, 'micro'), macro: percent(runs, 'macro') });

/**
 * The scores of vectors that `vectorsOf(seed)` gives, over seeds and shuffles. All seeds share the shuffles, so that the standard
 * error is that of the shuffles' means. Standardized columns take long, so that they are scored for the first seed alone.
 */
export async function scoresOf({ vectorsOf, seeds, dimensions, labels, shuffles, standardized }) {
  const runs = { raw: [], standardized: [] };
  for (const seed of seeds) {
    const vectors = await vectorsOf(seed);
    const score = (count, standardize) =>
      classifyNodes(vectors, dimensions, labels, { ratios: [0.5], shuffles: count, seed: 1, standardize });
    runs.raw.push((await score(shuffles, false))[0].raw);
    if (seed === seeds[0] && standardized > 0)
      runs.standardized.push((await score(standardized, true))[0].standardized);
  }
  return { raw: summary(runs.raw), ...(runs.standardized.length > 0 && { standardized: summary(runs.standardized) }) };
}

/** A score with its standard error. */
export const shown = ({ mean, standardError }) => `${mean.toFixed(1)} ± ${standardError.toFixed(1)}`;
