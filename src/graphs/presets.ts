/**
 * Presets: the options of published protocols, for results that can be compared with published ones. A preset is one entry here. Single
 * options override it. What an entry leaves out keeps chainrule's default.
 */
import { didYouMean, fail } from '../base/errors.ts';
import { show } from '../base/show.ts';

export interface Preset {
  readonly name: string;
  /** One line for the help: what it reproduces, and how it differs. */
  readonly summary: string;
  /** Where the numbers are published. */
  readonly source: string;
  /** The name of the method, which another method with the same options may replace. */
  readonly method: string;
  readonly options: Readonly<Record<string, number | string | boolean | readonly number[]>>;
}

/** The rate of word2vec and gensim, which DeepWalk's and node2vec's own programs use. */
const rate = { learningRate: 0.025, minLearningRate: 0.0001 } as const;

/** "In line with typical values used for DeepWalk and LINE", for all graphs. */
const node2vecPaper = {
  dimensions: 128,
  walksPerNode: 10,
  walkLength: 80,
  windowSize: 10,
  epochs: 1,
  ...rate,
} as const;
const node2vecSource = 'Grover, Leskovec, "node2vec" (KDD 2016), section 4.2';

export const presets: readonly Preset[] = [
  {
    name: 'deepwalk-blogcatalog',
    summary: '80 walks of 40 nodes, window 10, 128 dimensions; negative samples in place of hierarchical softmax',
    source: 'README of phanein/deepwalk, "the same as in the paper"; rate: Perozzi and others (KDD 2014), section 4.2',
    method: 'deepwalk',
    options: { dimensions: 128, walksPerNode: 80, walkLength: 40, windowSize: 10, epochs: 1, ...rate },
  },
  {
    name: 'node2vec-paper',
    summary: '10 walks of 80 nodes, window 10, 128 dimensions; the paper chose p and q for each graph',
    source: node2vecSource,
    method: 'node2vec',
    options: node2vecPaper,
  },
  {
    name: 'node2vec-blogcatalog',
    summary: 'node2vec-paper with p = 0.25, q = 0.25',
    source: `${node2vecSource} and table 2`,
    method: 'node2vec',
    options: { ...node2vecPaper, p: 0.25, q: 0.25 },
  },
  {
    name: 'node2vec-ppi',
    summary: 'node2vec-paper with p = 4, q = 1',
    source: `${node2vecSource} and table 2`,
    method: 'node2vec',
    options: { ...node2vecPaper, p: 4, q: 1 },
  },
  {
    name: 'node2vec-wikipedia',
    summary: 'node2vec-paper with p = 4, q = 0.5',
    source: `${node2vecSource} and table 2`,
    method: 'node2vec',
    options: { ...node2vecPaper, p: 4, q: 0.5 },
  },
  {
    name: 'line-paper',
    summary:
      '128 dimensions of each order, 5 negatives, rate 0.025; of the 10 billion samples, samplesPerNode says how many to draw',
    source: 'Tang and others, "LINE" (WWW 2015), section 5.1, and train_youtube.sh of tangjianpku/LINE',
    method: 'line',
    options: { dimensions: 256, order: 'both', negativeSamples: 5, learningRate: 0.025 },
  },
  {
    name: 'word2vec',
    summary: "word2vec's defaults for skip-gram: 100 dimensions, window 5, 5 epochs, subsampling 0.001, rate 0.025",
    source: 'word2vec.c of tmikolov/word2vec, version 0.1c; its lowest rate is a ten-thousandth of the first',
    method: 'deepwalk',
    options: {
      ...{ dimensions: 100, windowSize: 5, negativeSamples: 5, epochs: 5, subsampling: 0.001, minCount: 5 },
      ...{ learningRate: 0.025, minLearningRate: 0.025 * 0.0001 },
    },
  },
  {
    name: 'fastrp-neo4j',
    summary: "the defaults of Neo4j's FastRP: means of neighbors, iteration weights 0, 1, 1",
    source: 'the FastRP page of the Neo4j Graph Data Science manual',
    method: 'fastrp',
    options: {
      ...{ iterationWeights: [0, 1, 1], neighborWeights: 'mean' },
      ...{ selfInfluence: 0, normalizationStrength: 0, propertyRatio: 0 },
    },
  },
];

/** Throws an InputError that lists the names. */
export function presetNamed(name: unknown): Preset {
  const preset = presets.find((each) => each.name === name);
  if (preset !== undefined) return preset;
  const names = presets.map((each) => each.name);
  const fix = typeof name === 'string' ? didYouMean(name, names) : `Choose one of: ${names.join(', ')}.`;
  return fail({ what: `unknown preset ${show(name)}`, where: 'preset', fix });
}

/** A preset that a run uses. */
export interface UsedPreset {
  readonly name: string;
  readonly source: string;
  /** The options that it sets in this run. */
  readonly options: Preset['options'];
  /** Its options that were given another value. */
  readonly overridden: readonly string[];
}

/**
 * The options of a run: those that were given, and the preset's for the rest. Throws an InputError for a preset that sets an option
 * which the method lacks.
 */
export function withPreset(
  { name, source, method: own, options }: Preset,
  given: Readonly<Record<string, unknown>>,
  { method, known }: { readonly method: string; readonly known: readonly string[] },
): { readonly values: Readonly<Record<string, unknown>>; readonly used: UsedPreset } {
  const missing = Object.keys(options).find((option) => !known.includes(option));
  if (missing !== undefined) {
    fail({
      what: `the preset ${name} is for the method ${own}, and ${method} has no option ${missing}`,
      where: 'preset',
      fix: `Use ${own}, or leave the preset out.`,
    });
  }
  const entries = Object.entries(options);
  const set = Object.fromEntries(entries.filter(([option]) => given[option] === undefined));
  const overridden = entries.filter(([option]) => given[option] !== undefined).map(([option]) => option);
  return { values: { ...given, ...set }, used: { name, source, options: set, overridden } };
}
