/** Every activation is recognized by its values, and a function that differs from it by 0.1 % is not. */
import { describe, expect, test } from 'vitest';
import { argument, evaluate, type Formula, mul } from '../../core/formula.ts';
import { activations, celu, linear, resolveActivation } from '../../core/ops/activations.ts';
import { activationWith, comparisonPoints } from './match-activation.ts';

/** The option follows from values of the function. */
const close = (options: object) =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [key, expect.closeTo(value, 12)]));

/** The activation of a formula of argument 0. */
function recognized(formula: Formula) {
  const points = comparisonPoints([formula]);
  return activationWith(
    points,
    points.map((x) => evaluate(formula, [x])),
  );
}

/** celu with its default option is elu. */
const elementwise = activations
  .map((each) => resolveActivation(each === celu ? celu({ alpha: 0.7 }) : each))
  .filter(({ map }) => map !== undefined && map !== linear.map);

describe.each(elementwise)('$name', ({ name, options, map }) => {
  test('it is recognized, with its option', () => {
    expect(recognized(map!.formula)).toMatchObject({ name, options: close(options) });
  });

  test('0.1 % more is another function', () => {
    expect(recognized(mul(1.001, map!.formula))).toBeUndefined();
  });
});

test('what changes nothing is no activation, though leakyRelu with the slope 1 would be the same', () => {
  expect(recognized(argument(0))).toBeUndefined();
  expect(recognized(mul(1, argument(0)))).toBeUndefined();
});
