/** Divergence: no false alarm on ordinary trainings, and advice that works where a rate is too high. */
import { expect, test } from 'vitest';
import { fillUniform } from '../src/base/random.ts';
import { experiment, type Setup } from '../src/net/setup.ts';
import { train } from '../src/train/train.ts';
import { startFrom } from '../src/train/warm-start.ts';
import { runs } from './runs.ts';

const seed = 7;

/** Optimizers with rates that people use. */
const optimizers = [
  { name: 'sgd', learningRate: 0.01 },
  { name: 'sgd', learningRate: 0.05, momentum: 0.9 },
  { name: 'sgd', learningRate: { name: 'warmup', epochs: 3, schedule: { name: 'cosine' }, learningRate: 0.1 } },
  { name: 'adam', learningRate: 0.01 },
  { name: 'adam', learningRate: 0.1 },
  { name: 'adamW', learningRate: { name: 'oneCycle', learningRate: 0.05 } },
  { name: 'rmsprop', learningRate: 0.01 },
  { name: 'adagrad', learningRate: 0.1 },
  { name: 'nadam', learningRate: 0.01 },
  { name: 'lion', learningRate: 0.001 },
  { name: 'rprop', learningRate: 0.01 },
] as const;

/** An ordinary training on made-up rows: `scale` multiplies the inputs. */
function ordinary(index: number, change: Readonly<Record<string, unknown>> = {}): Setup {
  const numbers = new Float64Array(600);
  fillUniform(numbers, seed, 'check', index);
  const at = (i: number) => numbers[i % numbers.length] * 2 - 1;
  const pick = <T>(list: readonly T[], turn: number): T => list[Math.floor(index / turn) % list.length];
  const optimizer = pick(optimizers, 1);
  const isClasses = pick([false, false, true], 3);
  // plain descent needs scaled inputs: its divergence without them is real
  const scale = optimizer.name === 'sgd' ? 1 : pick([1, 1, 1, 100], 5);
  const rows = pick([12, 40, 100], 2);
  const inputs = Array.from({ length: rows }, (_, r) => [scale * at(2 * r), at(2 * r + 1)]);
  const noise = (r: number) => 0.3 * at(r + 301);
  const targets = isClasses
    ? inputs.map(([a, b], r) => Number(a / scale + b + noise(r) > 0))
    : inputs.map(([a, b], r) => [Math.sin(a / scale) + b * b + noise(r)]);
  return experiment({
    network: {
      layers: [
        { dense: pick([4, 16], 7), activation: pick(['tanh', 'relu', 'sigmoid', 'gelu'], 1) },
        isClasses ? { dense: 2, activation: 'softmax' } : { dense: 1 },
      ],
    },
    data: { inputs, targets },
    training: {
      loss: isClasses ? 'crossEntropy' : pick(['mse', 'mae', 'huber', 'logCosh'], 4),
      optimizer,
      batchSize: pick(['full', 4, 32], 1),
      stop: { epochs: 40 },
      ...change,
    },
    seed: index + 1,
  });
}

test('of 330 ordinary trainings, and as many that continue from their end, none is called diverged or hopeless', async () => {
  const alarms: string[] = [];
  for (let index = 0; index < runs(11, 330); index++) {
    const setup = ordinary(index);
    const first = await train(setup);
    const again = await train(startFrom(setup, first.model.parameters, 'from'));
    for (const { stop, loss, warnings } of [first, again]) {
      const isHopeless = warnings.some((warning) => !setup.warnings.includes(warning));
      if (stop.reason === 'diverged' || isHopeless)
        alarms.push(`${index}: ${JSON.stringify({ stop, loss, warnings })}`);
    }
  }
  expect(alarms).toEqual([]);
}, 600_000);

test('where a rate is too high, the rate that is suggested trains', async () => {
  let suggested = 0;
  for (let turn = 0; turn < runs(4, 60); turn++) {
    // those with numbers as targets
    const index = 9 * Math.floor(turn / 6) + (turn % 6);
    const optimizer = (learningRate: number) => ({ name: 'sgd', learningRate });
    const hot = { loss: 'mse', optimizer: optimizer(20 + index) };
    const setup = ordinary(index, hot);
    const { stop, loss } = await train(setup);
    if (stop.reason !== 'diverged') continue;
    expect(loss.final).toBeLessThanOrEqual(loss.first);
    const rate = /Try a rate of ([\d.e+-]*\d)/.exec(stop.cause!)?.[1];
    if (rate === undefined) continue;
    suggested++;
    const calm = await train(ordinary(index, { ...hot, optimizer: optimizer(Number(rate)) }));
    expect(calm.stop.reason, `${index}: ${stop.cause}`).toBe('epochs');
    expect(calm.loss.final).toBeLessThan(calm.loss.first);
  }
  expect(suggested).toBeGreaterThan(1);
}, 600_000);
