/** The functions of a module: the elementary ones, each made when it is first called, and those that are added. */
import type { Primitive } from '../../../core/formula.ts';
import { type Code, call, type FunctionBody } from '../encoder.ts';
import type { Lanes } from '../lanes.ts';
import { float32 } from './float32.ts';
import { float64 } from './float64.ts';
import { type ElementaryName, elementaryNames, functionOf } from './writing.ts';

const isElementary = (primitive: Primitive): primitive is ElementaryName =>
  (elementaryNames as readonly string[]).includes(primitive);

export class FunctionTable {
  readonly functions: FunctionBody[] = [];
  private readonly known = new Map<string, number>();
  private readonly imported: number;

  /** Functions that the module imports have the first numbers. */
  constructor(imported = 0) {
    this.imported = imported;
  }

  /** The number of a function. */
  add(body: FunctionBody): number {
    return this.imported + this.functions.push(body) - 1;
  }

  /** The call of the function that computes a primitive for a kind of number. */
  call(primitive: Primitive, lanes: Lanes): Code {
    if (!isElementary(primitive)) throw new Error(`${primitive} is instructions, not a function`);
    const key = `${primitive} ${lanes.kind}`;
    let number = this.known.get(key);
    if (number === undefined) {
      const write = (lanes.width === 4 ? float32 : float64)[primitive];
      number = this.add(functionOf(write, lanes, (name) => this.call(name, lanes)));
      this.known.set(key, number);
    }
    return call(number);
  }
}
