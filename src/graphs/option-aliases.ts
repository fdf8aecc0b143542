/**
 * Other names of options, as common graph databases and libraries call them, so that a known call can be copied. A name that differs
 * only in its letters' case, `_` and `-` needs no entry: `walk_length` is `walkLength`.
 *
 * Sources: the reference pages of node2vec, LINE and FastRP in Neo4j's Graph Data Science (`embeddingDimension`, `returnFactor`,
 * `inOutFactor`, `iterations`, `negativeSamplingRate`), Ultipa (`walk_num`, `loop_num`, `neg_num`, `dimension`,
 * `sub_sample_alpha`, `min_frequency`, `train_order`), Memgraph and gensim (`num_walks`, `vector_size`, `window`, `negative`,
 * `workers`, `alpha`, `min_alpha`), struc2vec's own program (`until_layer`).
 */
const aliases: Readonly<Record<string, readonly string[]>> = {
  dimensions: ['dimension', 'embeddingDimension', 'embeddingSize', 'vectorSize', 'dim', 'size'],
  walksPerNode: ['walkNum', 'numWalks', 'numberOfWalks', 'walkCount'],
  windowSize: ['window', 'contextSize'],
  p: ['returnFactor', 'returnParameter'],
  q: ['inOutFactor', 'inOutParameter'],
  negativeSamples: ['negNum', 'negative', 'negativeSamplingRate', 'numNegativeSamples'],
  epochs: ['loopNum', 'iterations', 'iter'],
  learningRate: ['initialLearningRate', 'alpha', 'lr'],
  minLearningRate: ['minAlpha'],
  minCount: ['minFrequency'],
  subsampling: ['subSampleAlpha', 'sample', 'downsampling'],
  layers: ['untilLayer', 'maxLayers'],
  order: ['trainOrder'],
  samples: ['trainTotalNum'],
  selfInfluence: ['nodeSelfInfluence'],
  noiseExponent: ['negativeSamplingExponent', 'nsExponent'],
  seed: ['randomSeed', 'randomState'],
  threads: ['workers', 'concurrency'],
};

const simplified = (name: string) => name.toLowerCase().replace(/[_-]/g, '');

/** The option of `known` that a name stands for; undefined where it is none of them and no alias of one. */
export function optionNamed(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return name;
  const simple = simplified(name);
  return known.find(
    (option) => simplified(option) === simple || aliases[option]?.some((alias) => simplified(alias) === simple),
  );
}

/** The other names of an option, in camelCase. */
export const otherNamesOf = (option: string): readonly string[] => aliases[option] ?? [];
