/** The divisor of a formula that is a quotient: the `2m` of (t-y)²/2m. */
import { argumentsOf, evaluate, type Formula } from '../core/formula.ts';

export interface Divisor {
  readonly value: number;
  /** `2m`. */
  readonly text: string;
}

/** The constant that a complete formula is divided by; undefined if there is none. */
export function divisorOf(f: Formula): Divisor | undefined {
  if (f.kind !== 'apply' || f.primitive !== 'div' || argumentsOf(f.operands[1]).size > 0) return undefined;
  const [, divisor] = f.operands;
  return { value: evaluate(divisor, []), text: constantText(divisor) };
}

/** A formula of constants as people write it: with names, if the constants have them. */
export function constantText(f: Formula): string {
  if (f.kind === 'constant') return f.name ?? String(f.value);
  if (f.kind === 'apply' && f.primitive === 'mul') return f.operands.map(constantText).join('');
  return String(evaluate(f, []));
}
