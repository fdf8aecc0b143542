/**
 * Training as a hand calculation, in plain float64: forward pass, loss, backward pass, gradient descent, one number
 * after the other, as on paper. It shares only addresses with the product, so that its results can be audited. Every
 * read of a number goes through a `Hand`, which may make a slip.
 */

export type Rule = 'exact' | 'averagedFactors';

export interface HandLayer {
  readonly weight: readonly (readonly number[])[];
  readonly bias?: readonly number[];
  /** Whether its bias is trained. */
  readonly trained: boolean;
  readonly activation: ActivationName | 'softmax';
}

export interface HandExample {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly layers: readonly HandLayer[];
  readonly loss: LossName;
  readonly rule: Rule;
  readonly rate: number;
  readonly updates: number;
}

/** One read of a number: in the computation of `where`, after `time` updates. */
export interface Reading {
  readonly what: string;
  readonly where: string;
  readonly time: number;
  readonly value: number;
}

/** Another number that is on the paper at that time; `updated`: with its value from the current update. */
export type Look = (address: string, updated?: boolean) => number | undefined;

/** The slips of a hand; a correct hand reads and writes every number unchanged. */
export interface Hand {
  readonly read?: (reading: Reading, readNumber: Look) => number;
  /** The number that is written down for a result, and used in later calculations. */
  readonly write?: (what: string, time: number, value: number) => number;
  /** The multiplier of a sample's term of a sum; `divisor` divides all terms. */
  readonly term?: (where: string, time: number, sample: number, divisor: number) => number;
  /** The result for two numbers that are to be multiplied. */
  readonly product?: (where: string, time: number, a: number, b: number) => number;
  /** Whether the backward pass uses the updated weights of a layer. */
  readonly early?: (layer: number, time: number) => boolean;
  /** Whether one bias is trained. */
  readonly trains?: (layer: number, unit: number, trained: boolean) => boolean;
}

interface Activation {
  readonly f: (z: number) => number;
  /** The derivative, and the number that a hand computes it from. */
  readonly slope: { readonly from: 'sum' | 'output'; readonly of: (number: number) => number };
}

export const handActivations = {
  sigmoid: { f: (z) => 1 / (1 + Math.exp(-z)), slope: { from: 'output', of: (a) => a * (1 - a) } },
  tanh: { f: (z) => Math.tanh(z), slope: { from: 'output', of: (a) => 1 - a * a } },
  relu: { f: (z) => (z > 0 ? z : 0), slope: { from: 'sum', of: (z) => (z > 0 ? 1 : 0) } },
  leakyRelu: { f: (z) => (z > 0 ? z : 0.01 * z), slope: { from: 'sum', of: (z) => (z > 0 ? 1 : 0.01) } },
  softplus: { f: (z) => Math.log1p(Math.exp(z)), slope: { from: 'sum', of: (z) => 1 / (1 + Math.exp(-z)) } },
  elu: { f: (z) => (z > 0 ? z : Math.expm1(z)), slope: { from: 'sum', of: (z) => (z > 0 ? 1 : Math.exp(z)) } },
  softsign: { f: (z) => z / (1 + Math.abs(z)), slope: { from: 'sum', of: (z) => (1 + Math.abs(z)) ** -2 } },
  linear: { f: (z) => z, slope: { from: 'sum', of: () => 1 } },
} as const satisfies Record<string, Activation>;
export type ActivationName = keyof typeof handActivations;

interface LossFunction {
  /** The contribution of one output of one sample, before division. */
  readonly f: (y: number, t: number) => number;
  /** Its derivative with respect to y; for a joint loss, with respect to the sum before the activation. */
  readonly d: (y: number, t: number) => number;
  readonly joint?: true;
  /** For m samples of n outputs. */
  readonly divisor: (m: number, n: number) => number;
  /** For the derivative, after the 2 of a square has cancelled. */
  readonly slopeDivisor?: (m: number, n: number) => number;
}

const elements = (m: number, n: number) => m * n;

export const handLosses = {
  halfMse: { f: (y, t) => (t - y) ** 2, d: (y, t) => y - t, divisor: (m) => 2 * m, slopeDivisor: (m) => m },
  mse: { f: (y, t) => (t - y) ** 2, d: (y, t) => 2 * (y - t), divisor: elements },
  mae: { f: (y, t) => Math.abs(t - y), d: (y, t) => Math.sign(y - t), divisor: elements },
  huber: {
    f: (y, t) => (Math.abs(y - t) <= 1 ? (y - t) ** 2 / 2 : Math.abs(y - t) - 0.5),
    d: (y, t) => Math.max(-1, Math.min(1, y - t)),
    divisor: elements,
  },
  logCosh: { f: (y, t) => Math.log(Math.cosh(y - t)), d: (y, t) => Math.tanh(y - t), divisor: elements },
  hinge: { f: (y, t) => Math.max(0, 1 - t * y), d: (y, t) => (t * y < 1 ? -t : 0), divisor: elements },
  binaryCrossEntropy: {
    f: (y, t) => -(t * Math.log(y) + (1 - t) * Math.log(1 - y)),
    d: (y, t) => y - t,
    joint: true,
    divisor: elements,
  },
  crossEntropy: { f: (y, t) => (t === 0 ? 0 : -t * Math.log(y)), d: (y, t) => y - t, joint: true, divisor: (m) => m },
} as const satisfies Record<string, LossFunction>;
export type LossName = keyof typeof handLosses;

/** All numbers with an address, by the number of updates before them; and every read. */
export interface Calculation {
  readonly numbers: readonly ReadonlyMap<string, number>[];
  readonly readings: readonly Reading[];
}

/** Calculates an example up to the loss after its last update. */
export function calculate(example: HandExample, hand: Hand = {}): Calculation {
  return new Calculator(example, hand).run();
}

class Calculator {
  private readonly example: HandExample;
  private readonly hand: Hand;
  private readonly numbers: Map<string, number>[] = [];
  private readonly readings: Reading[] = [];
  private readonly updated = new Map<string, number>();
  private time = 0;

  constructor(example: HandExample, hand: Hand) {
    this.example = example;
    this.hand = hand;
  }

  run(): Calculation {
    const { layers, updates } = this.example;
    let parameters: Parameters[] = layers.map(({ weight, bias }) => ({ weight, bias }));
    for (this.time = 0; this.time <= updates; this.time++) {
      const now = new Map<string, number>();
      this.numbers.push(now);
      parameters.forEach(({ weight, bias }, l) => {
        weight.forEach((row, i) => {
          row.forEach((w, j) => {
            now.set(weightAt(l, i, j), w);
          });
        });
        bias?.forEach((b, j) => {
          now.set(biasAt(l, j), b);
        });
      });
      this.forward(parameters);
      this.loss();
      if (this.time < updates) parameters = this.backward(parameters);
    }
    return { numbers: this.numbers, readings: this.readings };
  }

  /** The value of a number that the hand reads. */
  private read(what: string, where: string, given?: number): number {
    const value = given ?? this.numbers[this.time].get(what)!;
    const reading = { what, where, time: this.time, value };
    this.readings.push(reading);
    return this.hand.read?.(reading, this.readNumber) ?? value;
  }

  private readonly readNumber: Look = (address, updated = false) =>
    updated ? this.updated.get(address) : this.numbers[this.time].get(address);

  private write(what: string, value: number): void {
    this.numbers[this.time].set(what, this.hand.write?.(what, this.time, value) ?? value);
  }

  private product(where: string, a: number, b: number): number {
    return this.hand.product?.(where, this.time, a, b) ?? a * b;
  }

  private term(where: string, sample: number, divisor: number): number {
    return this.hand.term?.(where, this.time, sample, divisor) ?? 1;
  }

  private forward(parameters: readonly Parameters[]): void {
    const { inputs, layers, targets } = this.example;
    inputs.forEach((row, s) => {
      const now = this.numbers[this.time];
      row.forEach((x, i) => {
        now.set(inputAt(s, i), x);
      });
      targets[s].forEach((t, k) => {
        now.set(targetAt(s, k), t);
      });
      parameters.forEach(({ weight, bias }, l) => {
        const units = weight[0].length;
        for (let j = 0; j < units; j++) {
          const where = sumAt(l, s, j);
          let sum = 0;
          weight.forEach((_, i) => {
            sum += this.product(where, this.read(sourceAt(l, s, i), where), this.read(weightAt(l, i, j), where));
          });
          if (bias !== undefined) sum += this.read(biasAt(l, j), where);
          this.write(where, sum);
        }
        const { activation } = layers[l];
        if (activation === 'softmax') {
          const powers = Array.from({ length: units }, (_, j) =>
            Math.exp(this.read(sumAt(l, s, j), `layers.${l}.output[${s}]`)),
          );
          const total = powers.reduce((a, b) => a + b);
          powers.forEach((power, j) => {
            this.write(outputAt(l, s, j), power / total);
          });
        } else {
          const { f } = handActivations[activation];
          for (let j = 0; j < units; j++) {
            this.write(outputAt(l, s, j), f(this.read(sumAt(l, s, j), outputAt(l, s, j))));
          }
        }
      });
    });
  }

  private get lossFunction(): LossFunction {
    return handLosses[this.example.loss];
  }

  private loss(): void {
    const { targets, layers } = this.example;
    const [m, n] = [targets.length, targets[0].length];
    const { f, divisor } = this.lossFunction;
    const by = divisor(m, n);
    let total = 0;
    for (let s = 0; s < m; s++) {
      for (let k = 0; k < n; k++) {
        const where = `loss[${s}][${k}]`;
        const y = this.read(outputAt(layers.length - 1, s, k), where);
        const t = this.read(targetAt(s, k), where);
        this.write(where, f(y, t) / by);
        total += this.term('loss', s, by) * this.read(where, 'loss');
      }
    }
    this.write('loss', total);
  }

  private backward(parameters: readonly Parameters[]): Parameters[] {
    return this.example.rule === 'exact' ? this.exact(parameters) : this.averaged(parameters);
  }

  /** ∂E/∂y, or of a joint loss ∂E/∂s, for each sample and output. */
  private start(): void {
    const { targets, layers } = this.example;
    const [m, n] = [targets.length, targets[0].length];
    const { d, divisor, slopeDivisor = divisor, joint } = this.lossFunction;
    const last = layers.length - 1;
    for (let s = 0; s < m; s++) {
      for (let k = 0; k < n; k++) {
        const where = gradientOf(joint ? sumAt(last, s, k) : outputAt(last, s, k));
        const y = this.read(outputAt(last, s, k), where);
        const t = this.read(targetAt(s, k), where);
        this.write(where, d(y, t) / slopeDivisor(m, n));
      }
    }
  }

  private slope(l: number, s: number, j: number): void {
    const { activation } = this.example.layers[l];
    if (activation === 'softmax' || activation === 'linear') return;
    const { from, of } = handActivations[activation].slope;
    const where = slopeAt(l, s, j);
    this.write(where, of(this.read(from === 'sum' ? sumAt(l, s, j) : outputAt(l, s, j), where)));
  }

  private exact(parameters: readonly Parameters[]): Parameters[] {
    const { layers, inputs, targets } = this.example;
    const m = inputs.length;
    const { divisor, slopeDivisor = divisor, joint } = this.lossFunction;
    const by = slopeDivisor(m, targets[0].length);
    const updated: Parameters[] = [...parameters];
    this.start();
    for (let l = layers.length - 1; l >= 0; l--) {
      const { weight, bias } = parameters[l];
      const units = weight[0].length;
      const isJoint = joint === true && l === layers.length - 1;
      for (let s = 0; s < m; s++) {
        for (let j = 0; j < units && !isJoint; j++) {
          const where = gradientOf(sumAt(l, s, j));
          const upstream = this.read(gradientOf(outputAt(l, s, j)), where);
          this.slope(l, s, j);
          const isLinear = layers[l].activation === 'linear';
          this.write(where, isLinear ? upstream : this.product(where, upstream, this.read(slopeAt(l, s, j), where)));
        }
      }
      weight.forEach((row, i) => {
        row.forEach((_, j) => {
          const where = gradientOf(weightAt(l, i, j));
          let sum = 0;
          for (let s = 0; s < m; s++) {
            const source = this.read(sourceAt(l, s, i), where);
            sum += this.term(where, s, by) * this.product(where, source, this.read(gradientOf(sumAt(l, s, j)), where));
          }
          this.write(where, sum);
        });
      });
      for (let j = 0; j < units && bias !== undefined; j++) {
        const where = gradientOf(biasAt(l, j));
        let sum = 0;
        for (let s = 0; s < m; s++) sum += this.term(where, s, by) * this.read(gradientOf(sumAt(l, s, j)), where);
        this.write(where, sum);
      }
      updated[l] = this.update(l, parameters[l]);
      if (l === 0) break;
      const early = this.hand.early?.(l, this.time) ?? false;
      for (let s = 0; s < m; s++) {
        weight.forEach((row, i) => {
          const where = gradientOf(outputAt(l - 1, s, i));
          let sum = 0;
          row.forEach((_, j) => {
            const w = early ? updated[l].weight[i][j] : this.read(weightAt(l, i, j), where);
            sum += w * this.read(gradientOf(sumAt(l, s, j)), where);
          });
          this.write(where, sum);
        });
      }
    }
    return updated;
  }

  /** The textbook shortcut: every factor is averaged over the samples, and the averages are multiplied. */
  private averaged(parameters: readonly Parameters[]): Parameters[] {
    const { layers, inputs, targets } = this.example;
    const m = inputs.length;
    const { joint } = this.lossFunction;
    const last = layers.length - 1;
    const updated: Parameters[] = [...parameters];
    const mean = (where: string, each: (s: number) => string) => {
      let sum = 0;
      for (let s = 0; s < m; s++) sum += this.term(where, s, m) * this.read(each(s), where);
      this.write(where, sum / m);
    };
    this.start();
    for (let k = 0; k < targets[0].length; k++) {
      const at = joint ? sumAt : outputAt;
      const where = joint ? gradientOf(meanOf(sumAt(last, 0, k))) : gradientOf(meanOf(outputAt(last, 0, k)));
      let sum = 0;
      for (let s = 0; s < m; s++) sum += this.term(where, s, m) * this.read(gradientOf(at(last, s, k)), where);
      this.write(where, sum);
    }
    for (let l = last; l >= 0; l--) {
      const { weight, bias } = parameters[l];
      const units = weight[0].length;
      const isLinear = layers[l].activation === 'linear';
      for (let j = 0; j < units && !(joint && l === last); j++) {
        const where = gradientOf(meanOf(sumAt(l, 0, j)));
        for (let s = 0; s < m; s++) this.slope(l, s, j);
        const slope = meanOf(slopeAt(l, 0, j));
        if (!isLinear) mean(slope, (s) => slopeAt(l, s, j));
        const upstream = this.read(gradientOf(meanOf(outputAt(l, 0, j))), where);
        this.write(where, isLinear ? upstream : upstream * this.read(slope, where));
      }
      weight.forEach((row, i) => {
        const average = meanOf(sourceAt(l, 0, i));
        mean(average, (s) => sourceAt(l, s, i));
        row.forEach((_, j) => {
          const where = gradientOf(weightAt(l, i, j));
          this.write(where, this.read(gradientOf(meanOf(sumAt(l, 0, j))), where) * this.read(average, where));
        });
      });
      for (let j = 0; j < units && bias !== undefined; j++) {
        const where = gradientOf(biasAt(l, j));
        this.write(where, this.read(gradientOf(meanOf(sumAt(l, 0, j))), where));
      }
      updated[l] = this.update(l, parameters[l]);
      if (l === 0) break;
      const early = this.hand.early?.(l, this.time) ?? false;
      weight.forEach((row, i) => {
        const where = gradientOf(meanOf(outputAt(l - 1, 0, i)));
        let sum = 0;
        row.forEach((_, j) => {
          const w = early ? updated[l].weight[i][j] : this.read(weightAt(l, i, j), where);
          sum += w * this.read(gradientOf(meanOf(sumAt(l, 0, j))), where);
        });
        this.write(where, sum);
      });
    }
    return updated;
  }

  private update(l: number, { weight, bias }: Parameters): Parameters {
    const { layers, rate } = this.example;
    const next = (where: string) => {
      const from = this.read(where, where);
      const step = this.read('learningRate', where, rate);
      const value = from - this.product(where, step, this.read(gradientOf(where), where));
      const written = this.hand.write?.(where, this.time + 1, value) ?? value;
      this.updated.set(where, written);
      return written;
    };
    return {
      weight: weight.map((row, i) => row.map((_, j) => next(weightAt(l, i, j)))),
      bias: bias?.map((b, j) => {
        const { trained } = layers[l];
        return (this.hand.trains?.(l, j, trained) ?? trained) ? next(biasAt(l, j)) : b;
      }),
    };
  }
}

interface Parameters {
  readonly weight: readonly (readonly number[])[];
  readonly bias?: readonly number[];
}

export const inputAt = (s: number, i: number) => `layers.0.input[${s}][${i}]`;
export const targetAt = (s: number, k: number) => `target[${s}][${k}]`;
export const weightAt = (l: number, i: number, j: number) => `layers.${l}.weight[${i}][${j}]`;
export const biasAt = (l: number, j: number) => `layers.${l}.bias[${j}]`;
export const sumAt = (l: number, s: number, j: number) => `layers.${l}.sum[${s}][${j}]`;
export const outputAt = (l: number, s: number, j: number) => `layers.${l}.output[${s}][${j}]`;
export const gradientOf = (address: string) => `gradient(${address})`;
export const slopeAt = (l: number, s: number, j: number) => `factor(${outputAt(l, s, j)}, ${sumAt(l, s, j)})`;
/** The input of a layer: the output of the layer before, or the inputs. */
export const sourceAt = (l: number, s: number, i: number) => (l === 0 ? inputAt(s, i) : outputAt(l - 1, s, i));
/** The address of a mean over the samples, from the address of the first sample. */
export const meanOf = (address: string) => address.replace(/\.(input|sum|output)\[0\]/g, '.$1[mean]');
