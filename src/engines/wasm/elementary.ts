/** The elementary functions on each kind of number: base's own, called from outside for one float64 after the other. */
import * as math from '../../base/math.ts';
import type { Primitive } from '../../core/formula.ts';
import { type Code, call, extractLane, type FunctionBody, f64, op, replaceLane } from './encoder.ts';
import type { Imports } from './instantiate.ts';
import { type Lanes, scalars } from './lanes.ts';
import { Locals } from './writer.ts';

/** Imported, in this order. */
const imported = ['exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tanh', 'erf', 'pow'] as const;
export type Elementary = (typeof imported)[number];

const arity = (name: Elementary) => math[name].length;

export const mathImports = imported.map((name) => ({
  module: 'math',
  name,
  type: { parameters: Array.from({ length: arity(name) }, () => f64), results: [f64] },
}));

export const mathFunctions: Imports = { math: Object.fromEntries(imported.map((name) => [name, math[name]])) };

export const isElementary = (primitive: Primitive): primitive is Elementary =>
  (imported as readonly string[]).includes(primitive);

/** The function of a kind of number that is not one float64, and the call of the latter. */
export function elementaryFunction(name: Elementary, lanes: Lanes): FunctionBody {
  const operands = Array.from({ length: arity(name) }, () => lanes.type);
  const locals = new Locals(operands);
  const widen = (value: Code): Code => (lanes.width === 4 ? [value, op['f64.promote_f32']] : value);
  const narrow = (value: Code): Code => (lanes.width === 4 ? [value, op['f32.demote_f64']] : value);
  const one = (part: (operand: Code) => Code): Code =>
    narrow([operands.map((_, i) => widen(part(locals.parameter(i).get))), call(imported.indexOf(name))]);
  if (lanes.count === 1)
    return locals.body(
      one((operand) => operand),
      [lanes.type],
    );
  const result = locals.add(lanes.type);
  const { kind } = lanes as { kind: 'f32x4' | 'f64x2' };
  return locals.body(
    [
      Array.from({ length: lanes.count }, (_, lane) =>
        result.set([result.get, one((operand) => [operand, extractLane(kind, lane)]), replaceLane(kind, lane)]),
      ),
      result.get,
    ],
    [lanes.type],
  );
}

/** Functions of a module, each once, called by their number. */
export class FunctionTable {
  readonly functions: FunctionBody[] = [];
  private readonly known = new Map<string, number>();

  /** The number of a function. */
  add(body: FunctionBody): number {
    this.functions.push(body);
    return imported.length + this.functions.length - 1;
  }

  elementary(name: Elementary, lanes: Lanes): number {
    if (lanes === scalars[8]) return imported.indexOf(name);
    const key = `${name} ${lanes.kind}`;
    const number = this.known.get(key) ?? this.add(elementaryFunction(name, lanes));
    this.known.set(key, number);
    return number;
  }
}
