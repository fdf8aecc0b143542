/** Numbers that are rounded to one or two digits or decimals before they are used. */
import type { Mistake, SheetWorkings } from './mistake.ts';

const grains = [
  { unit: 'decimals', count: 2 },
  { unit: 'decimals', count: 1 },
  { unit: 'digits', count: 2 },
  { unit: 'digits', count: 1 },
  { unit: 'decimals', count: 3 },
] as const;
type Grain = (typeof grains)[number];

const round = ({ unit, count }: Grain, value: number): number => {
  if (!Number.isFinite(value)) return value;
  return Number(unit === 'digits' ? value.toPrecision(count) : (value + Math.sign(value) * 1e-12).toFixed(count));
};

const grainText = ({ unit, count }: Grain) => `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;

/** `inner` are the unnamed cells of the line, without its result; `read` the named numbers that it reads. */
export function earlyRoundings(sheet: SheetWorkings, inner: readonly number[], read: readonly number[]): Mistake[] {
  const { workings } = sheet;
  const computed = read.filter((cell) => !workings.isGiven(cell));
  const together = [computed, read, inner, [...computed, ...inner], [...read, ...inner]];
  const sets = [...together, ...computed.map((cell) => [cell])].filter((cells) => cells.length > 0);
  return sets.flatMap((cells) =>
    grains.map((grain): Mistake => {
      const what = cells.length === 1 ? `${sheet.label(cells[0])} is` : 'the numbers on the way are';
      return {
        kind: 'early',
        rank: 1,
        text: `${what} rounded to ${grainText(grain)} before ${cells.length === 1 ? 'it is' : 'they are'} used`,
        cells,
        // a number of the sheet is rounded as it is written there
        value: (cell, now) => round(grain, read.includes(cell) ? now[cell] : workings.compute(cell, now)),
      };
    }),
  );
}
