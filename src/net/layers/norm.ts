/** Normalization of each unit over the batch, or of each row over its units. Formulas and defaults are PyTorch 2's. */
import { aBoolean, anyValue, optional, record } from '../../base/arguments.ts';
import { fail } from '../../base/errors.ts';
import { lastOf, size } from '../../base/shape.ts';
import { show } from '../../base/show.ts';
import { add, constant, div, type Formula, mul, sqrt, sub } from '../../core/formula.ts';
import { leadingLetters, type Node } from '../../core/graph.ts';
import { map } from '../../core/op.ts';
import { builtInLayer, type Layer, type LayerContext, type LayerQuantity, type ParameterSpec } from '../layer.ts';

export interface LayerNormOptions {
  /** Added to the denominator for numerical stability; default 1e-5. */
  readonly epsilon?: number | undefined;
  /** Whether trained parameters, `weight` and `bias`, scale and shift the result; default true. */
  readonly affine?: boolean | undefined;
  readonly trainable?: boolean | undefined;
}

export interface BatchNormOptions extends LayerNormOptions {
  /** The weight of each batch in the running mean and variance; default 0.1. */
  readonly momentum?: number | undefined;
}

function check({ epsilon, momentum }: { epsilon: number; momentum?: number }, where: string): void {
  if (!(typeof epsilon === 'number' && epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
    fail({
      what: `${show(epsilon)} is not above 0`,
      where: `${where}.epsilon`,
      fix: 'Give a number above 0; 1e-5 is usual.',
    });
  }
  if (momentum !== undefined && !(typeof momentum === 'number' && momentum > 0 && momentum <= 1)) {
    fail({
      what: `${show(momentum)} is not above 0 and at most 1`,
      where: `${where}.momentum`,
      fix: 'Give a number above 0 and at most 1; 0.1 is usual.',
    });
  }
}

const scaled = map('scale', { f: (x, w, b) => add(mul(w, x), b) });
/** The intermediate quantities of a normalization, per sample or over the batch, and its parameters. */
const shown = (mean: string, variance: string, perSample: boolean): readonly LayerQuantity[] => [
  { name: mean, letter: 'μ', perSample },
  { name: variance, letter: 'V', perSample },
  { name: 'normalized', letter: 'x̂', perSample: true },
  { name: 'weight', letter: 'w', perSample: false },
  { name: 'bias', letter: 'b', perSample: false },
];

const affineSpecs = (units: number): ParameterSpec[] => [
  { name: 'weight', shape: [units], start: 1, penalized: false },
  { name: 'bias', shape: [units], start: 0, penalized: false },
];

/** w·x + b, by unit; without weights the normalized numbers are the output. */
function rescale({ graph, address }: LayerContext, x: Node, { weight, bias }: Readonly<Record<string, Node>>): Node {
  if (weight === undefined) return x;
  const rows = leadingLetters(x);
  return graph.map(scaled, [graph.name(`${address}.normalized`, x), weight, bias], `${rows}o,o,o->${rows}o`);
}

/** (x - mean)/√(variance + ε). */
const standardize = (epsilon: number) =>
  map('standardize', {
    f: (x: Formula, mean: Formula, variance: Formula) => div(sub(x, mean), sqrt(add(variance, constant(epsilon, 'ε')))),
  });
const deviation = map('deviation', { f: (x, mean) => sub(x, mean) });

/** Divides a sum by a count, which explanations show by its name. */
const meanOf = (count: number, name: string) => map('mean', { f: (sum) => div(sum, constant(count, name)) });

/**
 * [batch, …, units], unchanged. Subtracts from each row its mean, divides by its standard deviation (over n, not n - 1), then
 * scales and shifts by unit. Source: Ba, Kiros and Hinton (2016). Throws an InputError if an option is out of range.
 */
export function layerNorm(options: LayerNormOptions = {}, where = 'layerNorm'): Layer {
  record({ epsilon: anyValue, affine: optional(aBoolean), trainable: optional(aBoolean) })(options, where);
  const { epsilon = 1e-5, affine = true, trainable = true } = options;
  check({ epsilon }, where);
  const step = standardize(epsilon);
  return builtInLayer({
    kind: 'layerNorm',
    shape: (input) => input,
    parameterNames: affine ? ['weight', 'bias'] : [],
    parameters: (input) => (affine ? affineSpecs(lastOf(input)) : []),
    trainable: trainable ? true : [],
    quantities: shown('rowMean', 'rowVariance', true),
    config: {
      layerNorm: true,
      ...(epsilon !== 1e-5 && { epsilon }),
      ...(!affine && { affine }),
      ...(!trainable && { trainable }),
    },
    torch: (input) => [
      {
        module: `LayerNorm(${lastOf(input)}, eps=${epsilon}${affine ? '' : ', elementwise_affine=False'})`,
        ...(affine && { parameters: { weight: 'weight', bias: 'bias' } }),
      },
    ],
    forward(context, input, parameters) {
      const { graph, address } = context;
      const units = meanOf(lastOf(input.shape), 'n');
      const rows = leadingLetters(input);
      const mean = graph.name(`${address}.rowMean`, graph.map(units, [graph.contract(`${rows}o->${rows}`, [input])]));
      const centered = graph.map(deviation, [input, mean], `${rows}o,${rows}->${rows}o`);
      const variance = graph.name(
        `${address}.rowVariance`,
        graph.map(units, [graph.contract(`${rows}o,${rows}o->${rows}`, [centered, centered])]),
      );
      const x = graph.map(step, [input, mean, variance], `${rows}o,${rows},${rows}->${rows}o`);
      return { input, output: graph.name(`${address}.output`, rescale(context, x, parameters)) };
    },
  });
}

/**
 * [batch, …, units], unchanged. Subtracts from each unit its mean over all axes before the last, divides by the standard
 * deviation there, then scales and shifts by unit: for rows with more axes, as PyTorch's BatchNorm1d of the rows one after the
 * other. When the network is only evaluated, the running mean and variance replace those of the batch. The running variance
 * divides by m - 1, where m counts the rows; one row gives 0. Source: Ioffe and Szegedy (2015).
 * Throws an InputError if an option is out of range.
 */
export function batchNorm(options: BatchNormOptions = {}, where = 'batchNorm'): Layer {
  record({ epsilon: anyValue, momentum: anyValue, affine: optional(aBoolean), trainable: optional(aBoolean) })(
    options,
    where,
  );
  const { epsilon = 1e-5, momentum = 0.1, affine = true, trainable = true } = options;
  check({ epsilon, momentum }, where);
  const step = standardize(epsilon);
  const running = (scale: number) =>
    map('running', {
      f: (held, now) => {
        const kept = constant(momentum, 'μ');
        const value = scale === 1 ? now : mul(constant(scale, 'm/(m−1)'), now);
        return add(mul(sub(1, kept), held), mul(kept, value));
      },
    });
  return builtInLayer({
    kind: 'batchNorm',
    shape: (input) => input,
    parameterNames: [...(affine ? ['weight', 'bias'] : []), 'runningMean', 'runningVariance'],
    parameters: (input) => [
      ...(affine ? affineSpecs(lastOf(input)) : []),
      { name: 'runningMean', shape: [lastOf(input)], start: 0, penalized: false, buffer: true },
      { name: 'runningVariance', shape: [lastOf(input)], start: 1, penalized: false, buffer: true },
    ],
    trainable: trainable ? true : [],
    quantities: shown('mean', 'variance', false),
    remembers: true,
    config: {
      batchNorm: true,
      ...(epsilon !== 1e-5 && { epsilon }),
      ...(momentum !== 0.1 && { momentum }),
      ...(!affine && { affine }),
      ...(!trainable && { trainable }),
    },
    torch: (input) => [
      {
        // BatchNorm1d would take the second axis for the units.
        ...(input.length > 1 && { source: lastAxisSource }),
        module: `${input.length > 1 ? 'LastAxisBatchNorm' : 'BatchNorm1d'}(${lastOf(input)}, eps=${epsilon}, momentum=${momentum}${affine ? '' : ', affine=False'})`,
        parameters: {
          ...(affine && { weight: 'weight', bias: 'bias' }),
          runningMean: 'running_mean',
          runningVariance: 'running_var',
        },
      },
    ],
    forward(context, input, parameters) {
      const { graph, address, training } = context;
      const { runningMean, runningVariance } = parameters;
      let [mean, variance] = [runningMean, runningVariance];
      const rows = leadingLetters(input);
      if (training) {
        const m = size(input.shape.slice(0, -1));
        const average = meanOf(m, 'm');
        mean = graph.name(`${address}.mean`, graph.map(average, [graph.contract(`${rows}o->o`, [input])]));
        const centered = graph.map(deviation, [input, mean], `${rows}o,o->${rows}o`);
        variance = graph.name(
          `${address}.variance`,
          graph.map(average, [graph.contract(`${rows}o,${rows}o->o`, [centered, centered])]),
        );
        graph.update(runningMean, graph.map(running(1), [runningMean, mean]));
        graph.update(runningVariance, graph.map(running(m > 1 ? m / (m - 1) : 1), [runningVariance, variance]));
      }
      const x = graph.map(step, [input, mean, variance], `${rows}o,o,o->${rows}o`);
      return { input, output: graph.name(`${address}.output`, rescale(context, x, parameters)) };
    },
  });
}

const lastAxisSource = `class LastAxisBatchNorm(nn.BatchNorm1d):
    """Normalizes the units of the last axis over all other axes."""

    def forward(self, x):
        return super().forward(x.flatten(0, -2)).view_as(x)
`;
