/** Which numbers the drawing shows at a unit and at a weight, at a moment of the walk: of those reached, the newest. */
import type { ColumnData, NumberData } from './protocol.ts';

export interface Moment {
  readonly ids: ReadonlyMap<string, number>;
  readonly numberAt: (id: number) => NumberData | undefined;
  readonly isReached: (id: number) => boolean;
  /** The file's row. */
  readonly sample: number;
}

export interface UnitNumbers {
  readonly sum?: number;
  readonly output?: number;
  readonly gradient?: number;
  readonly bias?: number;
  readonly biasGradient?: number;
}

/** The last of the numbers with these keys that the walk has reached. */
export function latest({ ids, numberAt, isReached }: Moment, ...keys: readonly string[]): number | undefined {
  let found: number | undefined;
  let line = -2;
  for (const key of keys) {
    const id = ids.get(key);
    if (id === undefined || !isReached(id)) continue;
    const at = numberAt(id)!.line ?? -1;
    if (at > line) {
      found = id;
      line = at;
    }
  }
  return found;
}

export function unitNumbers(moment: Moment, { name, sum, bias }: ColumnData, unit: number): UnitNumbers {
  const at = (address: string, of: number | 'mean' = moment.sample) => `${address}[${of}][${unit}]`;
  const gradients = [name, ...(sum === undefined ? [] : [sum])].flatMap((address) => [
    `gradient(${at(address)})`,
    `gradient(${at(address, 'mean')})`,
    `factor(loss, ${at(address, 'mean')})`,
  ]);
  return {
    ...(sum !== undefined && { sum: latest(moment, at(sum), `${at(sum)}′`) }),
    output: latest(moment, at(name), `${at(name)}′`),
    gradient: latest(moment, ...gradients),
    ...(bias !== undefined && {
      bias: latest(moment, `${bias.name}[${unit}]`, `${bias.name}[${unit}]′`),
      biasGradient: latest(moment, `gradient(${bias.name}[${unit}])`),
    }),
  };
}

export function weightNumbers(moment: Moment, name: string, from: number, to: number) {
  const key = `${name}[${from}][${to}]`;
  return { weight: latest(moment, key, `${key}′`), gradient: latest(moment, `gradient(${key})`) };
}
