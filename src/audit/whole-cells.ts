/**
 * Slips that change the result of complete computations: a sum that leaves out a sample, a divisor that applies to only
 * one term of it, a tensor with the opposite sign or left out as a factor, an operation in place of another.
 */
import { type CellSet, CellSets } from './cell-sets.ts';
import type { Trial } from './slip.ts';
import { swappedTrials } from './swapped.ts';
import type { Workings } from './workings.ts';

export function wholeCellTrials(workings: Workings): Trial[] {
  return new WholeCells(workings).all();
}

class WholeCells {
  private readonly workings: Workings;
  private readonly cellSets: CellSets;

  constructor(workings: Workings) {
    this.workings = workings;
    this.cellSets = new CellSets(workings);
  }

  all(): Trial[] {
    return [...this.samples(), ...this.divisors(), ...this.factors(), ...swappedTrials(this.workings, this.cellSets)];
  }

  /** The sums over samples: each one, those of each tensor, and all gradients of a step together. */
  private sumSets(): CellSet[] {
    const { workings } = this;
    const sums: number[] = [];
    workings.cells.forEach(({ samples }, cell) => {
      if (samples !== undefined && new Set(samples).size > 1) sums.push(cell);
    });
    const out = sums.flatMap((cell) => this.cellSets.of(cell));
    const isLoss = (cell: number) => /^loss(\.data)?$/.test(workings.cells[cell].scalar?.node.name ?? '');
    const times = [...new Set(sums.map((cell) => workings.cells[cell].time))];
    for (const cells of [
      ...times.map((time) => sums.filter((cell) => workings.cells[cell].time === time && !isLoss(cell))),
      ...times.map((time) => sums.filter((cell) => workings.cells[cell].time === time)),
      sums.filter((cell) => !isLoss(cell)),
      sums,
    ]) {
      const key = cells.join(' ');
      if (cells.length > 1 && !out.some((set) => set.cells.join(' ') === key)) {
        out.push({
          extent: 'everywhere',
          cells,
          repeated: new Set(cells.map((cell) => workings.cells[cell].time)).size > 1,
        });
      }
    }
    return out;
  }

  private samples(): Trial[] {
    const { workings } = this;
    const out: Trial[] = [];
    for (const { extent, cells, repeated } of this.sumSets()) {
      const samples = [...new Set(workings.cells[cells[0]].samples!)];
      for (const sample of samples) {
        for (const recounted of [false, true]) {
          const scale = recounted ? samples.length / (samples.length - 1) : 1;
          out.push({
            slip: { kind: 'sample', extent, of: cells[0], in: cells, repeated, used: Number.NaN, sample, recounted },
            cells,
            value: (cell, now) =>
              scale * this.partial(cell, now, (t) => (workings.cells[cell].samples![t] === sample ? 0 : 1)),
          });
        }
      }
    }
    return out;
  }

  private divisors(): Trial[] {
    const { workings } = this;
    const out: Trial[] = [];
    for (const { extent, cells, repeated } of this.sumSets()) {
      const divisors = cells.map((cell) => workings.divisor(cell));
      const [divisor] = divisors;
      if (divisor === undefined || divisor.value === 1) continue;
      const by = new Map(cells.map((cell, i) => [cell, divisors[i]?.value ?? 1]));
      const samples = [...workings.cells[cells[0]].samples!];
      const slip = {
        kind: 'divisor',
        extent,
        of: cells[0],
        in: cells,
        repeated,
        used: Number.NaN,
        divisor: divisor.text,
      } as const;
      for (const sample of new Set(samples)) {
        out.push({
          slip: { ...slip, sample },
          cells,
          value: (cell, now) =>
            this.partial(cell, now, (t) => (workings.cells[cell].samples![t] === sample ? 1 : by.get(cell)!)),
        });
      }
      if (cells.length > 1 || new Set(samples).size === samples.length) continue;
      for (let term = 0; term < samples.length; term++) {
        out.push({
          slip: { ...slip, term },
          cells,
          value: (cell, now) => this.partial(cell, now, (t) => (t === term ? 1 : by.get(cell)!)),
        });
      }
    }
    return out;
  }

  /** A sum with a multiplier for each term. */
  private partial(cell: number, now: Float64Array, times: (term: number) => number): number {
    const terms = this.workings.cells[cell].terms!;
    let total = 0;
    for (let t = 0; t < terms.length; t += 2) {
      total += times(t / 2) * (terms[t + 1] < 0 ? now[terms[t]] : now[terms[t]] * now[terms[t + 1]]);
    }
    return total;
  }

  /** A tensor with the opposite sign, or left out as a factor (replaced by 1). */
  private factors(): Trial[] {
    const { workings } = this;
    const out: Trial[] = [];
    for (let cell = 0; cell < workings.cells.length; cell++) {
      if (workings.isGiven(cell) || workings.isConstant(cell)) continue;
      for (const { extent, cells, repeated } of this.cellSets.of(cell)) {
        if (extent !== 'tensor') continue;
        const slip = { extent, of: cell, in: cells, repeated } as const;
        out.push(
          {
            slip: { ...slip, kind: 'sign', used: Number.NaN },
            cells,
            value: (each, now) => -workings.compute(each, now),
          },
          { slip: { ...slip, kind: 'factor', used: 1 }, cells, value: () => 1 },
        );
      }
    }
    return out;
  }
}
