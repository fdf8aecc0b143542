/** The functions of a module: elementary functions, each generated at its first call, and added functions. */
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

  /** Imported functions have the first indices. */
  constructor(imported = 0) {
    this.imported = imported;
  }

  /** Adds a function and returns its index. */
  add(body: FunctionBody): number {
    return this.imported + this.functions.push(body) - 1;
  }

  /** The code that calls the function of a primitive for a kind of number. */
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
