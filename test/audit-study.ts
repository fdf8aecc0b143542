/** The audit measured: how often it names a planted slip, how often it accuses a right print, and how long it takes. */
import { audit } from '../src/audit/index.ts';
import { experiment } from '../src/net/setup.ts';
import { drawPlanted, drawRight, type SlipKind, slipKinds } from './planted.ts';

export interface KindFigures {
  readonly kind: SlipKind;
  readonly examples: number;
  /** The true cause is among the candidates of some row. */
  readonly named: number;
  /** Of those whose slip shows in two printed rows or more: how many there are, and how many are named. */
  readonly shownTwice: number;
  readonly namedOfTwice: number;
  /** How many candidates the row with most of them has: of half of the examples no more than this. */
  readonly medianCandidates: number;
  /** Those in which the true cause was not named, in words. */
  readonly missed: readonly string[];
}

export interface Figures {
  readonly kinds: readonly KindFigures[];
  readonly examples: number;
  readonly named: number;
  /** In milliseconds. */
  readonly slowest: number;
  readonly median: number;
}

/**
 * Milliseconds of an audit. Other work may have the processor meanwhile: the clock counts that, the process's own time
 * counts threads of the runtime besides, so the smaller of both counts, and one that seems slow is timed again.
 */
function timed<T>(work: () => T): { result: T; milliseconds: number } {
  let milliseconds = Number.POSITIVE_INFINITY;
  let result: T;
  for (let attempt = 0; ; attempt++) {
    const start = performance.now();
    const used = process.cpuUsage();
    result = work();
    const { user, system } = process.cpuUsage(used);
    milliseconds = Math.min(milliseconds, performance.now() - start, (user + system) / 1000);
    if (milliseconds < 800 || attempt === 2) return { result, milliseconds };
  }
}

/** `count` examples with a planted slip each, the kinds in turn. */
export function studyPlanted(seed: number, count: number, ofKinds: readonly SlipKind[] = slipKinds): Figures {
  const all = ofKinds.map((kind) => ({
    kind,
    named: [] as boolean[],
    shown: [] as number[],
    candidates: [] as number[],
    missed: [] as string[],
  }));
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const figures = all[index % all.length];
    const { json, printed, shown, description, isNamed } = drawPlanted(seed, index, figures.kind);
    const problem = experiment(json);
    const { result, milliseconds } = timed(() => audit(problem, printed));
    times.push(milliseconds);
    const named = isNamed(result.rows);
    figures.named.push(named);
    figures.shown.push(shown);
    figures.candidates.push(Math.max(...result.rows.map(({ candidates }) => candidates.length)));
    if (!named) figures.missed.push(description);
  }
  const kinds = all.map(({ kind, named, shown, candidates, missed }): KindFigures => {
    const twice = named.filter((_, i) => shown[i] > 1);
    return {
      kind,
      examples: named.length,
      named: named.filter(Boolean).length,
      shownTwice: twice.length,
      namedOfTwice: twice.filter(Boolean).length,
      medianCandidates: median(candidates),
      missed,
    };
  });
  const named = kinds.reduce((sum, each) => sum + each.named, 0);
  return { kinds, examples: count, named, slowest: Math.max(...times), median: median(times) };
}

export interface RightFigures {
  readonly examples: number;
  /** Examples with a row that is called a slip or unexplained. */
  readonly accused: number;
  /** Examples with a row that is said to follow only under another convention or by rounding. */
  readonly doubted: number;
  readonly slowest: number;
  readonly wrong: readonly string[];
}

/** `count` examples that are printed right. */
export function studyRight(seed: number, count: number): RightFigures {
  let [accused, doubted, slowest] = [0, 0, 0];
  const wrong: string[] = [];
  for (let index = 0; index < count; index++) {
    // apart from the planted ones of the same seed
    const { json, printed, description } = drawRight(seed, 1_000_000 + index);
    const problem = experiment(json);
    const { result, milliseconds } = timed(() => audit(problem, printed));
    slowest = Math.max(slowest, milliseconds);
    if (!result.ok) accused++;
    else if (result.rows.some(({ status }) => status !== 'agrees')) doubted++;
    if (result.rows.some(({ status }) => status !== 'agrees')) wrong.push(description);
  }
  return { examples: count, accused, doubted, slowest, wrong };
}

/** The figures as a table. */
export function figuresText(seed: number, { kinds, examples, named, slowest, median }: Figures): string {
  const share = (part: number, whole: number) => `${part}/${whole} (${((100 * part) / whole).toFixed(1)} %)`;
  const lines = kinds.map(
    (each) =>
      `  ${each.kind.padEnd(8)} named ${share(each.named, each.examples)}; of those that show in two rows or more ${share(each.namedOfTwice, each.shownTwice)}; median candidates ${each.medianCandidates}`,
  );
  return [
    `seed ${seed}, ${examples} examples with a planted slip: named ${share(named, examples)}; median ${median.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
    ...lines,
  ].join('\n');
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >>> 1];
}
