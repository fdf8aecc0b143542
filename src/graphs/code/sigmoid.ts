/** σ(z) in float32 vectors, with the bits of `../skip-gram/arithmetic.ts`. */
import type { Code, FunctionBody } from '../../engines/wasm/encoder.ts';
import type { Lanes } from '../../engines/wasm/lanes.ts';
import { Locals } from '../../engines/wasm/writer.ts';
import { sigmoidParts } from '../skip-gram/arithmetic.ts';

/** `sigmoid(z)`: 1/(1 + e^-z), where z is limited to ±80. */
export function sigmoidFunction(lanes: Lanes): FunctionBody {
  const { add, sub, mul, div, min, max, neg, floor, constant: c, shiftLeft } = lanes;
  const { limit, ln2High, ln2Low, fit } = sigmoidParts;
  const locals = new Locals([lanes.type]);
  const z = locals.parameter(0);
  const [k, r] = [locals.add(lanes.type), locals.add(lanes.type)];
  const polynomial = fit
    .toReversed()
    .slice(1)
    .reduce<Code>((sum, each) => add(c(each), mul(r.get, sum)), c(fit.at(-1)!));
  const power = shiftLeft(add(k.get, c(2 ** 23 + 127)), 23);
  return locals.body(
    [
      z.set(neg(min(max(z.get, c(-limit)), c(limit)))),
      // e^-z = 2^k e^r with |r| at most ln 2/2
      k.set(floor(add(mul(z.get, c(Math.LOG2E)), c(0.5)))),
      r.set(sub(sub(z.get, mul(k.get, c(ln2High))), mul(k.get, c(ln2Low)))),
      div(c(1), add(c(1), mul(add(c(1), add(r.get, mul(mul(r.get, r.get), polynomial))), power))),
    ],
    [lanes.type],
  );
}
