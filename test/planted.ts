/**
 * Worked examples with one planted slip: a random small network, calculated by hand with one error, and printed to a
 * few digits. Slips are drawn as people make them, whether or not the audit can find them. A slip that changes no
 * printed digit is drawn again.
 */

import type { AuditRow } from '../src/audit/index.ts';
import { fillUniform } from '../src/base/random.ts';
import {
  biasAt,
  type Calculation,
  calculate,
  gradientOf,
  type Hand,
  type HandExample,
  handActivations,
  handLosses,
  inputAt,
  type LossName,
  meanOf,
  outputAt,
  type Reading,
  slopeAt,
  sumAt,
  weightAt,
} from './hand-calculation.ts';

export const slipKinds = ['number', 'sample', 'divisor', 'sign', 'early', 'bias', 'rounded'] as const;
/** Slips that occur in print: an operation for another, a decimal point shifted, a wrong number that others inherit. */
export const printSlipKinds = ['swapped', 'decimal', 'inherited'] as const;
export type SlipKind = (typeof slipKinds)[number] | (typeof printSlipKinds)[number];

export interface PrintedRow {
  readonly quantity: string;
  readonly value: string;
  readonly after?: number;
}

export interface Planted {
  readonly example: HandExample;
  readonly json: object;
  readonly printed: readonly PrintedRow[];
  /** The number of printed significant digits. */
  readonly digits: number;
  /** A description, for a failure's message. */
  readonly description: string;
  /** Rows that are off by more than half a unit. */
  readonly shown: number;
  /** Whether an audit's rows name the planted slip. */
  readonly isNamed: (rows: readonly AuditRow[]) => boolean;
}

/** A sequence of random numbers from one seed. */
export class Draws {
  private readonly numbers = new Float64Array(2048);
  private at = 0;

  constructor(seed: number, sequence: number) {
    fillUniform(this.numbers, seed, 'check', sequence);
  }

  uniform(): number {
    if (this.at === this.numbers.length) throw new Error('more numbers were drawn than there are');
    return this.numbers[this.at++];
  }

  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(p: number): boolean {
    return this.uniform() < p;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)];
  }

  /** A typical decimal of a worked example. */
  decimal(low: number, high: number, decimals: number): number {
    return Number((low + this.uniform() * (high - low)).toFixed(decimals));
  }
}

function drawExample(draws: Draws): HandExample {
  const loss = draws.pick(Object.keys(handLosses) as LossName[]);
  const elementwise = Object.keys(handActivations) as (keyof typeof handActivations)[];
  const outputs = loss === 'crossEntropy' ? draws.integer(2, 3) : draws.integer(1, 2);
  const samples = draws.pick([1, 2, 2, 3, 3, 4]);
  const inputs = draws.integer(1, 3);
  const depth = draws.pick([1, 2, 2, 2, 3]);
  const hasBias = draws.chance(0.7);
  const units = [inputs, ...Array.from({ length: depth - 1 }, () => draws.integer(1, 3)), outputs];
  const layers = Array.from({ length: depth }, (_, l) => {
    const activation =
      l < depth - 1
        ? draws.pick(elementwise)
        : loss === 'crossEntropy'
          ? ('softmax' as const)
          : loss === 'binaryCrossEntropy'
            ? ('sigmoid' as const)
            : loss === 'hinge'
              ? ('linear' as const)
              : draws.pick(elementwise);
    return {
      weight: Array.from({ length: units[l] }, () =>
        Array.from({ length: units[l + 1] }, () => draws.decimal(-0.9, 0.9, 2)),
      ),
      bias: hasBias ? Array.from({ length: units[l + 1] }, () => draws.decimal(-0.5, 0.5, 2)) : undefined,
      trained: draws.chance(0.7),
      activation,
    };
  });
  const decimals = draws.pick([0, 1, 2]);
  return {
    inputs: Array.from({ length: samples }, () =>
      Array.from({ length: inputs }, () => draws.decimal(decimals === 0 ? -3 : -2, decimals === 0 ? 3 : 2, decimals)),
    ),
    targets: Array.from({ length: samples }, () => {
      const chosen = draws.integer(0, outputs - 1);
      return Array.from({ length: outputs }, (_, k) => {
        if (loss === 'crossEntropy') return Number(k === chosen);
        if (loss === 'binaryCrossEntropy') return draws.integer(0, 1);
        return loss === 'hinge' ? draws.pick([-1, 1]) : draws.decimal(0, 1, 2);
      });
    }),
    layers,
    loss,
    rule: samples > 1 && loss !== 'crossEntropy' && draws.chance(0.2) ? 'averagedFactors' : 'exact',
    rate: draws.pick([0.05, 0.1, 0.2, 0.5, 1]),
    updates: draws.integer(1, 3),
  };
}

function experimentOf({ layers, inputs, targets, loss, rule, rate, updates }: HandExample): object {
  return {
    network: {
      inputs: inputs[0].length,
      layers: layers.map(({ weight, bias, trained, activation }) => ({
        dense: weight[0].length,
        activation,
        weight,
        bias: bias ?? false,
        ...(bias !== undefined && !trained && { trainable: ['weight'] }),
      })),
    },
    data: { inputs, targets },
    training: {
      loss,
      optimizer: { name: 'sgd', learningRate: rate },
      gradient: rule,
      stop: { epochs: updates },
    },
  };
}

/** The printed quantities of an example: always outputs, losses and weights; others by chance. */
function drawSheet(draws: Draws, { layers, inputs, targets, updates, rule }: HandExample): [string, number][] {
  const [withSums, withGradients, withLater, withTerms] = [0.5, 0.7, 0.3, 0.3].map((p) => draws.chance(p));
  const withSlopes = rule === 'exact' && draws.chance(0.2);
  const sheet: [string, number][] = [];
  for (let after = 0; after <= updates; after++) {
    const add = (address: string) => {
      sheet.push([address, after]);
    };
    layers.forEach(({ weight, bias, trained }, l) => {
      if (after > 0) {
        weight.forEach((row, i) => {
          for (const j of row.keys()) add(weightAt(l, i, j));
        });
        if (trained && bias !== undefined) for (const j of bias.keys()) add(biasAt(l, j));
      }
    });
    if (after === 0 || withLater) {
      inputs.forEach((_, s) => {
        layers.forEach(({ weight, activation }, l) => {
          weight[0].forEach((_, j) => {
            if (withSums && activation !== 'linear') add(sumAt(l, s, j));
            add(outputAt(l, s, j));
          });
        });
      });
    }
    if (withTerms && after === 0) {
      targets.forEach((row, s) => {
        for (const k of row.keys()) add(`loss[${s}][${k}]`);
      });
    }
    add('loss');
    if (withSlopes && after === 0) {
      inputs.forEach((_, s) => {
        layers.forEach(({ weight, activation }, l) => {
          if (activation === 'linear' || activation === 'softmax') return;
          for (const j of weight[0].keys()) add(slopeAt(l, s, j));
        });
      });
    }
    if (withGradients && after < updates) {
      layers.forEach(({ weight, bias, trained }, l) => {
        weight.forEach((row, i) => {
          for (const j of row.keys()) add(gradientOf(weightAt(l, i, j)));
        });
        if (trained && bias !== undefined) for (const j of bias.keys()) add(gradientOf(biasAt(l, j)));
      });
    }
  }
  return sheet;
}

const numberAt = ({ numbers }: Calculation, address: string, after: number) => numbers[after].get(address);

const alike = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-3);

/** Whether a printed value is off by more than half a unit of its last digit. */
function isOff(text: string, right: number): boolean {
  const [mantissa, power = '0'] = text.split('e');
  const half = 0.5 * 10 ** (Number(power) - (mantissa.split('.')[1]?.length ?? 0));
  return Math.abs(Number(text) - right) > half * (1 + 1e-6);
}

/** Addresses that name one number: a layer's input is the output before it, the output of a linear layer its sum. */
export function naming({ layers, inputs, targets, rule }: HandExample): (address: string) => string {
  return (address) => {
    let plain = address.replace(/layers\.([1-9]\d*)\.input/g, (_, l) => `layers.${Number(l) - 1}.output`);
    plain = plain.replace(/layers\.(\d+)\.output/g, (whole, l) =>
      layers[Number(l)].activation === 'linear' ? `layers.${l}.sum` : whole,
    );
    // a slope belongs to the gradient that it is a factor of
    plain = plain.replace(
      /^factor\(layers\.\d+\.output\[\w+\]\[\d+\], (layers\.\d+\.sum\[\w+\]\[\d+\])\)$/,
      'gradient($1)',
    );
    plain = plain.replace(/^factor\(loss, (.*)\)$/, 'gradient($1)');
    if (inputs.length === 1) {
      plain = plain.replace(/^gradient\(layers\.(\d+)\.bias\[(\d+)\]\)$/, 'gradient(layers.$1.sum[0][$2])');
      if (targets[0].length === 1 && plain === 'loss[0][0]') plain = 'loss';
    }
    if (rule === 'exact') return plain;
    // with averaged factors a bias has the gradient of its sum, and a sample's slope is part of the mean slope
    return plain.replace(/^gradient\(layers\.(\d+)\.sum\[\w+\]\[(\d+)\]\)$/, 'gradient(layers.$1.bias[$2])');
  };
}

/** A planned slip: the hand that makes it, and the test whether an audit names it. */
export interface Plan {
  readonly hand: Hand;
  readonly description: string;
  /** Numbers that were rounded when written down are printed with at most as many digits. */
  readonly written?: ReadonlyMap<string, number>;
  /** What is printed of a number, where that is not what was calculated. */
  readonly misprint?: (quantity: string, after: number, value: number) => number;
  readonly isNamed: (rows: readonly AuditRow[]) => boolean;
}

export type Context = { readonly draws: Draws; readonly example: HandExample; readonly right: Calculation };
type Candidate = AuditRow['candidates'][number];

export const some = (rows: readonly AuditRow[], test: (candidate: Candidate) => boolean) =>
  rows.some(({ candidates }) => candidates.some(test));

/** Whether a candidate concerns a number, in one computation or, without `where`, in all that read it. */
function concerns(candidate: Candidate, { example, right }: Context, { what, time }: Reading, where?: string): boolean {
  const name = naming(example);
  const { of, in: places = [] } = candidate;
  if (!of?.some((address) => name(address) === name(what))) return false;
  if (where === undefined) {
    const readers = new Set(
      right.readings.filter((each) => each.what === what && each.time === time).map((each) => name(each.where)),
    );
    return candidate.everywhere === true || readers.size === 1 || places.length > 1;
  }
  // the output of a linear unit is its sum
  if (name(where) === name(what)) return true;
  // a softmax uses a sum in all outputs of its sample
  return places.some((address) => name(address).startsWith(name(where)));
}

/** A slip occurs at one update or at each. */
export function drawTimes(
  { draws, example }: Context,
  time: number,
): { readonly isAt: (time: number) => boolean; readonly text: string } {
  if (example.updates > 1 && draws.chance(0.3)) return { isAt: () => true, text: 'each time' };
  return { isAt: (t) => t === time, text: `at update ${time + 1}` };
}

/** Numbers that never change: inputs, targets, the rate, untrained biases. */
export function isGiven(what: string, { layers }: HandExample): boolean {
  const bias = /^layers\.(\d+)\.bias/.exec(what);
  return /^(layers\.0\.input|target|learningRate)/.test(what) || (bias !== null && !layers[Number(bias[1])].trained);
}

/** The misread uses of a number: one, or all. */
function drawReading(context: Context): {
  reading: Reading;
  isHere: (reading: Reading) => boolean;
  text: string;
  where?: string;
  always?: boolean;
} {
  const { draws, example, right } = context;
  const { what, where, time } = draws.pick(right.readings);
  const first = (isHere: (other: Reading) => boolean) => ({ isHere, reading: right.readings.find(isHere)! });
  if (draws.chance(0.2)) {
    const always = isGiven(what, example);
    return {
      ...first((other) => other.what === what && (always || other.time === time)),
      always,
      text: `${what} wherever it is used${always ? '' : `, after ${time} updates`}`,
    };
  }
  const { isAt, text } = drawTimes(context, time);
  return {
    ...first((other) => other.what === what && other.where === where && isAt(other.time)),
    text: `${what} in ${where}, ${text}`,
    where,
  };
}

/** A wrong number: usually one that resembles the correct one, otherwise any existing one, or 0, 1 or −1. */
function planNumber(context: Context): Plan | undefined {
  const { draws, right } = context;
  const { reading, isHere, text, where, always } = drawReading(context);
  const now = right.numbers[reading.time];
  const kin = (address: string) => address.replace(/\[\w+\]/g, '[]');
  const others = [...now.keys()].filter((address) => address !== reading.what);
  const near = others.filter((address) => kin(address) === kin(reading.what));
  const how = draws.uniform();
  let address: string | undefined;
  let used: number;
  if (how < 0.1) used = draws.pick([0, 1, -1]);
  else {
    // the entries are in the order of calculation: numbers after the result did not exist yet
    const order = [...now.keys()];
    const end = /^layers\.\d+\.(weight|bias)/.test(reading.where) ? -1 : order.indexOf(reading.where);
    const known = others.filter((other) => end === -1 || order.indexOf(other) < end);
    const pool = how < 0.6 && near.length > 0 ? near.filter((other) => known.includes(other)) : known;
    if (pool.length === 0) return undefined;
    address = draws.pick(pool);
    used = now.get(address)!;
  }
  if (alike(used, reading.value)) return undefined;
  return {
    hand: {
      read: (other, readNumber) =>
        isHere(other) ? ((address === undefined || always ? undefined : readNumber(address)) ?? used) : other.value,
    },
    description: `${address ?? used} is used in place of ${text}`,
    isNamed: (rows) =>
      some(
        rows,
        (each) =>
          each.status === 'slip' &&
          each.used !== undefined &&
          alike(each.used, used) &&
          concerns(each, context, reading, where),
      ),
  };
}

/** A wrong sign: of a number that is read, or of the change that an update makes. */
function planSign(context: Context): Plan | undefined {
  const { draws, example } = context;
  const { layers } = example;
  if (draws.chance(0.2)) {
    const every = draws.chance(0.5);
    const layer = draws.integer(0, layers.length - 1);
    const isHere = ({ what, where }: Reading) =>
      what === gradientOf(where) && (every || where.startsWith(`layers.${layer}.weight`));
    return {
      hand: { read: (reading) => (isHere(reading) ? -reading.value : reading.value) },
      description: `the gradient is added, ${every ? 'in all updates' : `in those of layers.${layer}.weight`}`,
      isNamed: (rows) =>
        some(rows, ({ status, kind, which, of }) =>
          every
            ? status === 'slip' && kind === 'sign' && which === 'update'
            : status === 'slip' &&
              kind === 'sign' &&
              [gradientOf(`layers.${layer}.weight`).slice(0, -1), `layers.${layer}.weight`].some((start) =>
                of![0].startsWith(start),
              ),
        ),
    };
  }
  const { reading, isHere, text, where } = drawReading(context);
  if (reading.value === 0) return undefined;
  // a rate of the opposite sign adds every gradient
  const isRate = where === undefined && reading.what === 'learningRate';
  return {
    hand: { read: (other) => (isHere(other) ? -other.value : other.value) },
    description: `${text} has the opposite sign`,
    isNamed: (rows) =>
      some(
        rows,
        (each) =>
          (isRate && each.kind === 'sign' && each.which === 'update') ||
          (each.status === 'slip' &&
            (each.kind === 'sign' || (each.used !== undefined && alike(each.used, -reading.value))) &&
            concerns(each, context, reading, where)),
      ),
  };
}

/** The sums over samples: the loss, and those of the gradients. */
function sumsOf({ layers, rule }: HandExample): string[] {
  return [
    'loss',
    ...layers.flatMap(({ weight, bias }, l) =>
      rule === 'exact'
        ? [
            ...weight.flatMap((row, i) => row.map((_, j) => gradientOf(weightAt(l, i, j)))),
            ...(bias?.map((_, j) => gradientOf(biasAt(l, j))) ?? []),
          ]
        : weight.map((_, i) => meanOf(l === 0 ? inputAt(0, i) : outputAt(l - 1, 0, i))),
    ),
  ];
}

/** One sum over samples, or all sums of the gradient. */
function drawSum({ draws, example }: Context): { isHere: (where: string) => boolean; where?: string } {
  if (draws.chance(0.25)) return { isHere: (where) => where !== 'loss' };
  const where = draws.chance(0.3) ? 'loss' : draws.pick(sumsOf(example));
  return { isHere: (other) => other === where, where };
}

function planSample(context: Context): Plan | undefined {
  const { draws, example } = context;
  const samples = example.inputs.length;
  if (samples === 1) return undefined;
  const { isHere, where } = drawSum(context);
  const sample = draws.integer(0, samples - 1);
  const scale = draws.chance(0.3) ? samples / (samples - 1) : 1;
  const { isAt, text } = drawTimes(context, draws.integer(0, example.updates - 1));
  const name = naming(example);
  return {
    hand: { term: (sum, time, s) => (isHere(sum) && isAt(time) ? (s === sample ? 0 : scale) : 1) },
    description: `sample ${sample} is left out of ${where ?? 'all sums of the gradients'}, ${text}${scale === 1 ? '' : ', recounted'}`,
    isNamed: (rows) =>
      some(rows, (each) => each.kind === 'sample' && each.sample === sample && isIn(each, name, where)),
  };
}

/** Whether a candidate concerns a sum over samples or, without `where`, several of them. */
function isIn({ in: places = [] }: Candidate, name: (address: string) => string, where?: string): boolean {
  return where === undefined ? places.length > 1 : places.some((address) => name(address) === name(where));
}

function planDivisor(context: Context): Plan | undefined {
  const { draws, example } = context;
  const samples = example.inputs.length;
  if (samples === 1) return undefined;
  const { isHere, where } = drawSum(context);
  const only = draws.integer(0, samples - 1);
  const { isAt, text } = drawTimes(context, draws.integer(0, example.updates - 1));
  const name = naming(example);
  return {
    hand: { term: (sum, time, s, divisor) => (isHere(sum) && isAt(time) && s !== only ? divisor : 1) },
    description: `the divisor reaches only sample ${only} in ${where ?? 'all sums of the gradients'}, ${text}`,
    isNamed: (rows) => some(rows, (each) => each.kind === 'divisor' && each.sample === only && isIn(each, name, where)),
  };
}

/** Updated weights in the backward pass: of all layers, or one weight in one place. */
function planEarly(context: Context): Plan | undefined {
  const { draws, example, right } = context;
  if (example.layers.length === 1) return undefined;
  if (draws.chance(0.6)) {
    return {
      hand: { early: () => true },
      description: 'the backward pass uses the updated weights',
      isNamed: (rows) => some(rows, ({ kind, which }) => kind === 'update' && which === 'sequential'),
    };
  }
  const places = right.readings.filter(
    ({ what, where, time }) => what.includes('weight[') && /^gradient\(.*output/.test(where) && time < example.updates,
  );
  if (places.length === 0) return undefined;
  const reading = draws.pick(places);
  const { what, where, time } = reading;
  const { isAt, text } = drawTimes(context, time);
  const used = right.numbers[time + 1].get(what)!;
  const first = text === 'each time' ? right.numbers[1].get(what)! : used;
  return {
    hand: {
      read: (other, readNumber) =>
        other.what === what && other.where === where && isAt(other.time) ? readNumber(what, true)! : other.value,
    },
    description: `the updated ${what} is used in ${where}, ${text}`,
    isNamed: (rows) =>
      some(
        rows,
        (each) =>
          each.status === 'slip' &&
          each.used !== undefined &&
          (alike(each.used, used) || alike(each.used, first)) &&
          concerns(each, context, reading, where),
      ),
  };
}

/** The bias of a layer, or of one unit, that is trained although it should not be, or the reverse. */
function planBias({ draws, example }: Context): Plan | undefined {
  const { layers } = example;
  if (layers[0].bias === undefined) return undefined;
  const layer = draws.integer(0, layers.length - 1);
  const unit = draws.chance(0.5) ? draws.integer(0, layers[layer].bias!.length - 1) : undefined;
  const tensor = `layers.${layer}.bias`;
  const addresses =
    unit === undefined || layers[layer].bias!.length === 1 ? [tensor, `${tensor}[0]`] : [`${tensor}[${unit}]`];
  const { trained } = layers[layer];
  return {
    hand: { trains: (l, j, should) => (l === layer && (unit === undefined || j === unit) ? !should : should) },
    description: `${unit === undefined ? tensor : `${tensor}[${unit}]`} is ${trained ? 'not trained' : 'trained too'}`,
    isNamed: (rows) => some(rows, ({ kind, which }) => kind === 'trained' && addresses.includes(which!)),
  };
}

/** An intermediate number, or all of a kind, rounded to three or four digits for later calculations. */
function planRounded(context: Context, digits: number): Plan | undefined {
  const { draws, right, example } = context;
  const kinds = [
    /^layers\.\d+\.sum\[\d/,
    /^layers\.\d+\.output\[\d/,
    /^gradient\(layers\.\d+\.(sum|output)/,
    /^gradient\(layers\.\d+\.(weight|bias)/,
    /^factor/,
    /^layers\.\d+\.\w+\[mean\]/,
  ];
  const isOne = draws.chance(0.6);
  const kind = draws.pick(kinds);
  const time = draws.integer(0, example.updates - 1);
  const computed = [...right.numbers[time]].filter(
    ([address, value]) => kind.test(address) && value !== 0 && !/^(target|layers\.0\.input\[\d)/.test(address),
  );
  if (computed.length === 0) return undefined;
  const count = draws.integer(3, Math.max(3, Math.min(4, digits)));
  const [chosen] = draws.pick(computed);
  const isHere = (what: string, t: number) => (isOne ? what === chosen && t === time : kind.test(what));
  const name = naming(example);
  const rounded = new Set(
    right.numbers.flatMap((numbers, t) => [...numbers.keys()].filter((what) => isHere(what, t)).map(name)),
  );
  return {
    hand: { write: (what, t, value) => (isHere(what, t) ? Number(value.toPrecision(count)) : value) },
    written: new Map(
      right.numbers.flatMap((numbers, t) =>
        [...numbers.keys()].filter((what) => isHere(what, t)).map((what) => [`${what} ${t}`, count] as const),
      ),
    ),
    description: `${isOne ? `${chosen} after ${time}` : `all like ${chosen}`} rounded to ${count} digits`,
    // of a kind, it is sufficient to name some of the numbers, because the others may change no printed digit
    isNamed: (rows) =>
      some(
        rows,
        (each) =>
          each.status === 'rounded' &&
          (isOne ? ['number'] : ['number', 'tensor', 'kind']).includes(each.kind) &&
          (each.text.includes(`${count} digits`) || each.text.includes('decimals')) &&
          (each.of?.some((address) => (isOne ? name(address) === name(chosen) : rounded.has(name(address)))) ?? false),
      ),
  };
}

/** Two numbers that are added where they are to be multiplied: at one place, in one number. */
function planSwapped({ draws, example, right }: Context): Plan | undefined {
  const places = right.readings.filter(
    ({ what, where, time }) =>
      time < example.updates &&
      (/^gradient\(layers\.\d+\.(weight|sum)/.test(where) || /^layers\.\d+\.(sum|weight)/.test(where)) &&
      !what.startsWith('target'),
  );
  if (places.length === 0) return undefined;
  const { where, time } = draws.pick(places);
  const { isAt, text } = drawTimes({ draws, example, right }, time);
  const name = naming(example);
  return {
    hand: { product: (place, t, a, b) => (place === where && isAt(t) ? a + b : a * b) },
    description: `products are taken for sums in ${where}, ${text}`,
    isNamed: (rows) =>
      some(
        rows,
        ({ kind, in: places = [] }) => kind === 'swapped' && places.some((each) => name(each) === name(where)),
      ),
  };
}

/** A decimal point: of a number as it is read, of one as it is written down, or only of one as it is printed. */
function planDecimal(context: Context, digits: number): Plan | undefined {
  const { draws, right, example } = context;
  const factor = draws.pick([10, 0.1, 0.01]);
  const name = naming(example);
  const how = draws.uniform();
  if (how < 0.4) {
    const { reading, isHere, text, where } = drawReading(context);
    if (reading.value === 0) return undefined;
    return {
      hand: { read: (other) => (isHere(other) ? other.value * factor : other.value) },
      description: `${text} is read as ${factor} times itself`,
      isNamed: (rows) =>
        some(
          rows,
          (each) =>
            each.used !== undefined &&
            alike(each.used, reading.value * factor) &&
            concerns(each, context, reading, where),
        ),
    };
  }
  const time = draws.integer(0, example.updates - 1);
  const computed = [...right.numbers[time]].filter(
    ([address, value]) => value !== 0 && !isGiven(address, example) && !/\[mean\]/.test(address),
  );
  const [chosen, value] = draws.pick(computed);
  const isOne = (what: string, t: number) => what === chosen && t === time;
  const isNamed = (rows: readonly AuditRow[]) =>
    some(
      rows,
      ({ kind, used, of }) =>
        (kind === 'decimal' && of?.some((each) => name(each) === name(chosen))) ||
        (kind === 'decimal' && used !== undefined && alike(used, value * factor)),
    );
  if (how < 0.7) {
    return {
      hand: { write: (what, t, each) => (isOne(what, t) ? each * factor : each) },
      description: `${chosen} after ${time} is written down as ${factor} times itself`,
      isNamed,
    };
  }
  if (digits < 3) return undefined;
  return {
    hand: {},
    misprint: (what, t, each) => (isOne(what, t) ? each * factor : each),
    description: `${chosen} after ${time} is printed as ${factor} times itself`,
    isNamed,
  };
}

/** A number written down wrongly, from no cause that can be found, and gone on from. */
function planInherited(context: Context): Plan | undefined {
  const { draws, right, example } = context;
  const time = draws.integer(0, example.updates - 1);
  const computed = [...right.numbers[time]].filter(
    ([address, value]) => value !== 0 && !isGiven(address, example) && !/\[mean\]/.test(address),
  );
  const [chosen, value] = draws.pick(computed);
  const wrong = Number((value * (1.15 + 0.6 * draws.uniform())).toPrecision(3));
  const name = naming(example);
  return {
    hand: { write: (what, t, each) => (what === chosen && t === time ? wrong : each) },
    written: new Map([[`${chosen} ${time}`, 3]]),
    description: `${chosen} after ${time} is written down as ${wrong}`,
    isNamed: (rows) =>
      some(rows, ({ kind, of }) => kind === 'inherited' && (of?.some((each) => name(each) === name(chosen)) ?? false)),
  };
}

function planOf(kind: SlipKind, context: Context, digits: number): Plan | undefined {
  switch (kind) {
    case 'number':
      return planNumber(context);
    case 'sample':
      return planSample(context);
    case 'divisor':
      return planDivisor(context);
    case 'sign':
      return planSign(context);
    case 'early':
      return planEarly(context);
    case 'bias':
      return planBias(context);
    case 'rounded':
      return planRounded(context, digits);
    case 'swapped':
      return planSwapped(context);
    case 'decimal':
      return planDecimal(context, digits);
    case 'inherited':
      return planInherited(context);
  }
}

/** Only numbers that a book would print: neither vanishing nor enormous. */
const isPrintable = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && Math.abs(value) < 1e4;

function print(
  sheet: readonly (readonly [string, number])[],
  calculation: Calculation,
  digits: number,
  { written, misprint }: Pick<Plan, 'written' | 'misprint'> = {},
) {
  const rows: PrintedRow[] = [];
  for (const [quantity, after] of sheet) {
    const calculated = numberAt(calculation, quantity, after);
    if (!isPrintable(calculated)) return undefined;
    const value = misprint?.(quantity, after, calculated) ?? calculated;
    const shown = Math.min(digits, written?.get(`${quantity} ${after}`) ?? digits);
    rows.push({ quantity, value: value.toPrecision(shown), ...(after > 0 && { after }) });
  }
  return rows;
}

/** The example number `index` of a seed, with correct numbers. */
export function drawRight(seed: number, index: number): Pick<Planted, 'json' | 'printed' | 'digits' | 'description'> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const draws = new Draws(seed, index * 1000 + attempt);
    const example = drawExample(draws);
    const digits = draws.integer(3, 6);
    const printed = print(drawSheet(draws, example), calculate(example), digits);
    if (printed !== undefined) {
      return { json: experimentOf(example), printed, digits, description: `example ${index} (draw ${attempt})` };
    }
  }
  throw new Error(`seed ${seed}: example ${index} could not be drawn`);
}

/** Whether the wrong number itself is among the rows that are off, and another with it. */
function isInherited(
  printed: readonly PrintedRow[],
  right: Calculation,
  written: NonNullable<Plan['written']>,
  shown: number,
) {
  const isOffHere = ({ quantity, after = 0, value }: PrintedRow) =>
    written.has(`${quantity} ${after}`) && isOff(value, numberAt(right, quantity, after)!);
  return shown > 1 && printed.some(isOffHere);
}

/** The example number `index` of a seed, with a slip of the given kind. */
export function drawPlanted(seed: number, index: number, kind: SlipKind): Planted {
  return drawWith(seed, index, kind, (context, digits) => planOf(kind, context, digits));
}

/** The example number `index` of a seed, with a slip of one's own; `name` is for the description. */
export function drawWith(
  seed: number,
  index: number,
  name: string,
  planSlip: (context: Context, digits: number) => Plan | undefined,
): Planted {
  for (let attempt = 0; attempt < 900; attempt++) {
    const draws = new Draws(seed, index * 1000 + attempt);
    const example = drawExample(draws);
    const digits = draws.integer(3, 6);
    const sheet = drawSheet(draws, example);
    const right = calculate(example);
    const plan = planSlip({ draws, example, right }, digits);
    if (plan === undefined) continue;
    const wrong = calculate(example, plan.hand);
    const printed = print(sheet, wrong, digits, plan);
    if (printed === undefined) continue;
    const shown = printed.filter(({ quantity, after = 0, value }) =>
      isOff(value, numberAt(right, quantity, after)!),
    ).length;
    if (shown === 0 || (name === 'inherited' && !isInherited(printed, right, plan.written!, shown))) continue;
    return {
      example,
      json: experimentOf(example),
      printed,
      digits,
      shown,
      description: `${name} ${index} (draw ${attempt}), ${digits} digits, ${example.loss}, ${example.rule}, ${example.layers.map(({ weight, activation }) => `${weight[0].length} ${activation}`).join(', ')}: ${plan.description}; shown in ${shown} rows`,
      isNamed: plan.isNamed,
    };
  }
  throw new Error(`seed ${seed}: ${name} ${index} could not be drawn`);
}
