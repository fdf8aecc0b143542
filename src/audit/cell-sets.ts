/** The sets of cells that one slip in a whole computation can concern: one cell, a tensor, and each of them repeated. */
import { groupKey } from './places.ts';
import type { Extent } from './slip.ts';
import type { Workings } from './workings.ts';

export interface CellSet {
  readonly extent: Extent;
  readonly cells: readonly number[];
  readonly repeated: boolean;
}

export class CellSets {
  private readonly workings: Workings;
  /** By tensor and time: its cells. */
  private readonly groups = new Map<string, number[]>();

  constructor(workings: Workings) {
    this.workings = workings;
    for (let cell = 0; cell < workings.cells.length; cell++) {
      const key = groupKey(workings, cell);
      const list = this.groups.get(key);
      if (list === undefined) this.groups.set(key, [cell]);
      else list.push(cell);
    }
  }

  /** The sets that begin with a cell. */
  of(cell: number): CellSet[] {
    const { workings } = this;
    const tensor = this.groups.get(groupKey(workings, cell))!;
    const out: CellSet[] = [{ extent: 'once', cells: [cell], repeated: false }];
    if (tensor[0] === cell && tensor.length > 1) out.push({ extent: 'tensor', cells: tensor, repeated: false });
    for (const { extent, cells } of [...out]) {
      const all = [...cells];
      for (const each of cells) {
        for (let t = workings.cells[each].time + 1; ; t++) {
          const other = workings.at(each, t);
          if (other === undefined) break;
          all.push(other);
        }
      }
      if (all.length > cells.length) out.push({ extent, cells: all, repeated: true });
    }
    return out;
  }
}
