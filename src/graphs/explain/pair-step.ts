/**
 * One update over pairs of vectors: skip-gram with negative sampling, and LINE of first and second order. Every centre is
 * paired with every context (label 1) and with every negative (label 0). This file says what such a step is, as an object
 * and as JSON.
 */
import * as z from 'zod/mini';
import { fail } from '../../base/errors.ts';
import { describe, positiveInteger } from '../../net/form.ts';

/** A vector, perhaps with the name of its node or word. Two vectors of one name are one row of the table. */
export interface NamedVector {
  readonly name?: string;
  /** The row of the table, where names do not tell rows apart. */
  readonly row?: number;
  readonly vector: readonly number[];
}

/** The order in which a kernel adds the products of a dot product. */
export interface LaneOrder {
  /** Sums side by side: 2, 4, 8 …; lane l takes the dimensions l, l + lanes, l + 2·lanes …. */
  readonly lanes: number;
  /** The maximum number of dimensions in a slice, each of which is summed by itself. */
  readonly maxWidth: number;
}

/** Skip-gram's kernel divides dimensions between threads; that of LINE runs on one. */
const skipGramOrder: LaneOrder = { lanes: 4, maxWidth: 32 };
const lineOrder: LaneOrder = { lanes: 16, maxWidth: Number.MAX_SAFE_INTEGER };

/** What a method calls the three kinds of vectors. */
export interface PairMethod {
  /** The key of the form. */
  readonly name: 'skipGram' | 'line';
  readonly title: string;
  readonly centre: string;
  readonly context: string;
  readonly negative: string;
  /** Whether a step has exactly one context, whose address then needs no index: `target[0]`, not `target[0][0]`. */
  readonly hasOneContext: boolean;
  readonly order: LaneOrder;
}

const skipGramMethod: PairMethod = {
  name: 'skipGram',
  title: 'skip-gram with negative sampling',
  centre: 'centre',
  context: 'context',
  negative: 'negative',
  hasOneContext: false,
  order: skipGramOrder,
};

/**
 * LINE trains on one edge at a time. Of first order, both ends have vectors of one table; of second order, the target and the
 * negatives have context vectors, in a table of their own. The update is the same.
 * Source: Tang et al., LINE: Large-scale Information Network Embedding (2015), equations 3, 6 and 7.
 */
export const lineMethod = (order: 1 | 2): PairMethod => ({
  name: 'line',
  title: `LINE, ${order === 1 ? 'first' : 'second'} order`,
  centre: 'source',
  context: 'target',
  negative: 'negative',
  hasOneContext: true,
  order: lineOrder,
});

/**
 * A window of a walk as it is trained on: every node of the window has its input vector, and predicts the centre, whose output
 * vector is contrasted with those of the negatives.
 */
export const windowMethod: PairMethod = {
  name: 'skipGram',
  title: 'skip-gram with negative sampling',
  centre: 'input',
  context: 'centre',
  negative: 'negative',
  hasOneContext: true,
  order: skipGramOrder,
};

/** A step: the vectors before it, `[dimensions]` each, and the learning rate. */
export interface PairStep {
  readonly method: PairMethod;
  readonly centres: readonly NamedVector[];
  readonly contexts: readonly NamedVector[];
  readonly negatives: readonly NamedVector[];
  readonly learningRate: number;
}

const numbers = () => z.array(z.number()).check(z.minLength(1));
const vector = () => z.union([numbers(), z.strictObject({ name: z.string(), vector: numbers() })]);
const vectors = () => z.array(vector());
const rate = () => describe(z.number().check(z.gte(0)), 'learning rate of the update');

/** `{ "centre": [0.65, 0.87], "contexts": [...], "negatives": [...], "learningRate": 0.1 }` */
export const skipGramForm = z.strictObject({
  centre: z.optional(describe(vector(), 'the vector of the centre')),
  centres: z.optional(describe(vectors(), 'in place of centre: several, each paired with every context and negative')),
  contexts: describe(vectors().check(z.minLength(1)), 'context vectors of label 1'),
  negatives: describe(vectors(), 'context vectors of label 0'),
  learningRate: rate(),
});

/** `{ "order": 2, "source": [...], "target": [...], "negatives": [...], "learningRate": 0.025 }` */
export const lineForm = z.strictObject({
  order: describe(
    positiveInteger().check(z.lte(2)),
    '1: both ends have vectors of one table; 2: the target has a context vector',
  ),
  source: describe(vector(), 'the vector of the edge’s source'),
  target: describe(vector(), 'the vector of the edge’s target, of label 1'),
  negatives: describe(vectors(), 'vectors of other nodes, of label 0'),
  learningRate: rate(),
});

type VectorJson = z.infer<ReturnType<typeof vector>>;

const named = (json: VectorJson): NamedVector => ('vector' in json ? json : { vector: json });

/** The step that a `skipGram` form describes. Throws an InputError for vectors that do not fit together. */
export function skipGramStep(json: z.infer<typeof skipGramForm>, where = 'experiment.skipGram'): PairStep {
  const { centre, centres, contexts, negatives, learningRate } = json;
  if ((centre === undefined) === (centres === undefined)) {
    fail({
      what: centre === undefined ? 'there is no centre' : 'there are both centre and centres',
      where,
      fix: 'Give "centre": [0.65, 0.87], or "centres": a list of such vectors.',
    });
  }
  return checked(
    {
      method: skipGramMethod,
      centres: (centres ?? [centre!]).map(named),
      contexts: contexts.map(named),
      negatives: negatives.map(named),
      learningRate,
    },
    where,
  );
}

/** The step that a `line` form describes. Throws an InputError for vectors that do not fit together. */
export function lineStep(json: z.infer<typeof lineForm>, where = 'experiment.line'): PairStep {
  const { order, source, target, negatives, learningRate } = json;
  return checked(
    {
      method: lineMethod(order as 1 | 2),
      centres: [named(source)],
      contexts: [named(target)],
      negatives: negatives.map(named),
      learningRate,
    },
    where,
  );
}

/** Checks that all vectors have the same length and that those of one name are equal. */
export function checked(step: PairStep, where: string): PairStep {
  const { centres, contexts, negatives } = step;
  if (centres.length === 0) fail({ what: 'there is no centre', where, fix: 'Give at least one vector.' });
  const [{ vector: first }] = centres;
  for (const { vector: each, name } of [...centres, ...contexts, ...negatives]) {
    if (each.length === first.length) continue;
    fail({
      what: `${name === undefined ? 'a vector' : `"${name}"`} has ${each.length} dimensions, but the first centre has ${first.length}`,
      where,
      fix: 'Give all vectors the same number of dimensions.',
    });
  }
  const known = new Map<string, readonly number[]>();
  for (const { name, row, vector: each } of [...contexts, ...negatives]) {
    if (name === undefined || row !== undefined) continue;
    const before = known.get(name) ?? each;
    known.set(name, before);
    if (before.every((value, j) => value === each[j])) continue;
    fail({
      what: `"${name}" has two different vectors`,
      where,
      fix: 'Vectors of one name are one row of the table: give both the same numbers, or other names.',
    });
  }
  return step;
}
