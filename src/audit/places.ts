/** The places where a number can be misread: one use, one tensor, everywhere; at one update or at all. */
import type { Extent, Place } from './slip.ts';
import type { Workings } from './workings.ts';

/** A tensor at one time. */
export function groupKey(workings: Workings, cell: number): string {
  const { group, time } = workings.cells[cell];
  return `${group} ${time}`;
}

/** All places, those that affect few numbers first. `rows` are the printed cells. */
export function placesOf(workings: Workings, rows: ReadonlyMap<number, unknown>): Place[] {
  return new Places(workings, rows).all();
}

class Places {
  private readonly workings: Workings;
  private readonly rows: ReadonlyMap<number, unknown>;

  constructor(workings: Workings, rows: ReadonlyMap<number, unknown>) {
    this.workings = workings;
    this.rows = rows;
  }

  all(): Place[] {
    return this.nearestFirst(this.collect());
  }

  /**
   * Where a number can be misread: at one place, in the computation of one tensor, everywhere; once or at each update.
   */
  private collect(): Place[] {
    const { workings } = this;
    const out: Place[] = [];
    const seen = new Set<string>();
    const add = (extent: Extent, of: number, cells: Map<number, number[]>, within = false) => {
      const key = `${within} ${keyOf(cells)}`;
      if (seen.has(key)) return;
      seen.add(key);
      const later = new Map([...cells.keys()].map((cell) => [cell, 0]));
      const place = { extent, of, cells, within, later, repeated: false };
      out.push(place);
      this.addRepeated(out, seen, place);
    };
    for (const [of, reads] of workings.reads.entries()) {
      const name = workings.cells[of].scalar?.node.name;
      if (name === 'count') continue;
      const isDivisor = workings.isConstant(of);
      const usable = isDivisor
        ? reads.filter(({ by, position }) => workings.primitive(by) === 'div' && position === 1)
        : reads;
      const byGroup = new Map<string, Map<number, number[]>>();
      for (const { by, position } of usable) {
        const key = groupKey(workings, by);
        const cells = byGroup.get(key) ?? new Map<number, number[]>();
        cells.set(by, [...(cells.get(by) ?? []), position]);
        byGroup.set(key, cells);
      }
      // everywhere first: if the number is used at one place only, this is its simplest description
      const isRow = this.rows.has(of);
      if (!isDivisor) {
        const all = new Map([...byGroup.values()].flatMap((cells) => [...cells]));
        add('everywhere', of, new Map([[of, []]]));
        // its printed value is then correct
        if (isRow && all.size > 0) add('everywhere', of, all);
        else seen.add(`false ${keyOf(all)}`);
      }
      for (const cells of byGroup.values()) add('tensor', of, cells);
      for (const { by, position } of usable) add('once', of, new Map([[by, [position]]]));
    }
    for (const [cell, { args }] of workings.written) {
      for (const [argument, of] of args.entries()) add('once', of, new Map([[cell, [argument]]]), true);
    }
    return out;
  }

  /** A slip near the rows that it changes is the simpler explanation, and is cheaper to try. */
  private nearestFirst(places: readonly Place[]): Place[] {
    const reach = new Map(places.map((place) => [place, this.workings.dependents([...place.cells.keys()]).length]));
    return [...places].sort((a, b) => reach.get(a)! - reach.get(b)!);
  }

  /** The same place at every update. */
  private addRepeated(out: Place[], seen: Set<string>, place: Place): void {
    const { workings } = this;
    const { cells, within } = place;
    const start = Math.min(...[...cells.keys()].map((cell) => workings.cells[cell].time));
    const all = new Map(cells);
    const later = new Map([...cells.keys()].map((cell) => [cell, 0]));
    for (const [cell, positions] of cells) {
      if (workings.isGiven(cell)) return;
      const { time } = workings.cells[cell];
      for (let t = time + 1; ; t++) {
        const other = workings.at(cell, t);
        if (other === undefined || (within && !workings.written.has(other))) break;
        all.set(other, positions);
        later.set(other, t - time);
      }
    }
    if (all.size === cells.size) return;
    const key = `${within} ${keyOf(all)}`;
    if (seen.has(key) || start > 0) return;
    seen.add(key);
    out.push({ ...place, cells: all, later, repeated: true });
  }
}

function keyOf(cells: ReadonlyMap<number, readonly number[]>): string {
  return [...cells].map(([cell, positions]) => `${cell}:${positions.join('.')}`).join(' ');
}
