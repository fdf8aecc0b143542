/**
 * Logistic regressions of several classes against the rest, over the same rows, trained together: one product of matrices computes
 * the scores of all classes. Each class has its own L-BFGS search.
 *
 * The objective of a class is liblinear's: ½‖w‖² + C Σᵢ ln(1 + exp(-yᵢ w·xᵢ)), yᵢ = ±1, where x ends in a 1, so that the intercept
 * is penalized as well. Source: Fan and others, "LIBLINEAR" (JMLR 9, 2008). Search: Nocedal and Wright, "Numerical
 * Optimization" (2006), algorithms 7.4 and 3.1.
 */
import { abs, add, div, exp, log1p, max, mul, neg, sub } from '../../core/formula.ts';
import { gradient } from '../../core/gradient.ts';
import { Graph } from '../../core/graph.ts';
import { map } from '../../core/op.ts';
import type { Numbers } from '../../engines/engine.ts';
import { compile } from '../../plan/plan.ts';
import { programsOf } from '../linear-algebra/products.ts';
import { Search } from './search.ts';

/** ln(1 + e^z) - t z for a target t of 0 or 1: the loss of a score. The derivative in z is sigmoid(z) - t. */
const logisticLoss = map('logisticLoss', {
  f: (z, t) => sub(add(max(z, 0), log1p(exp(neg(abs(z))))), mul(t, z)),
  d: (z, t) => [sub(div(1, add(1, exp(neg(z)))), t), neg(z)],
});

/** A training set whose features have `columns` columns, the last of them 1. */
export interface ClassificationRows {
  /** `[rows, columns]` */
  readonly features: Float64Array;
  /** 0 or 1, `[rows, classes]` */
  readonly targets: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
}

export interface LogisticOptions {
  /** The weight of the loss against the penalty. */
  readonly C: number;
  /** Where the search starts, `[columns, classes]`; default: 0. */
  readonly start?: ArrayLike<number>;
  /** The search of a class ends when its gradient's norm is at most this part of the first one's. Default: 1e-4. */
  readonly tolerance?: number;
}

const maxRounds = 1000;

/** The losses and gradients of all classes at some weights, without the penalty. */
function losses({ rows, columns, classes }: ClassificationRows): {
  readonly features: Numbers;
  readonly targets: Numbers;
  readonly weights: Numbers;
  readonly evaluate: () => { readonly loss: Numbers; readonly slope: Numbers };
} {
  const graph = new Graph();
  const features = graph.source('input', 'features', [rows, columns]);
  const targets = graph.source('input', 'targets', [rows, classes]);
  const weights = graph.source('parameter', 'weights', [columns, classes]);
  const scores = graph.contract('nd,dk->nk', [features, weights]);
  const each = graph.map(logisticLoss, [scores, targets]);
  const loss = graph.name('loss', graph.contract('nk->k', [each]));
  const [slope] = gradient(graph, graph.contract('nk->', [each]), [weights]);
  graph.name('slope', slope);
  const [program] = programsOf([compile(graph, [loss, slope])], 'float64');
  return {
    features: program.view('features'),
    targets: program.view('targets'),
    weights: program.view('weights'),
    evaluate() {
      program.run();
      return { loss: program.view('loss'), slope: program.view('slope') };
    },
  };
}

/** A trainer for some rows: it gives the weights `[columns, classes]` for each set of options. */
export function logisticRegression(data: ClassificationRows): (options: LogisticOptions) => Float64Array {
  const { columns, classes } = data;
  const program = losses(data);
  program.features.set(data.features);
  program.targets.set(data.targets);
  return ({ C, start, tolerance = 1e-4 }) => {
    const searches = Array.from({ length: classes }, (_, k) => {
      const at = new Float64Array(columns);
      if (start !== undefined) for (let d = 0; d < columns; d++) at[d] = start[d * classes + k];
      return new Search(at, tolerance);
    });
    const slope = new Float64Array(columns);
    for (let round = 0; round < maxRounds && searches.some(({ isDone }) => !isDone); round++) {
      searches.forEach(({ trial }, k) => {
        for (let d = 0; d < columns; d++) program.weights[d * classes + k] = trial[d];
      });
      const found = program.evaluate();
      searches.forEach((search, k) => {
        if (search.isDone) return;
        let penalty = 0;
        for (let d = 0; d < columns; d++) {
          penalty += search.trial[d] * search.trial[d];
          slope[d] = search.trial[d] + C * found.slope[d * classes + k];
        }
        search.take(penalty / 2 + C * found.loss[k], slope);
      });
    }
    const weights = new Float64Array(columns * classes);
    searches.forEach(({ best }, k) => {
      for (let d = 0; d < columns; d++) weights[d * classes + k] = best[d];
    });
    return weights;
  };
}
