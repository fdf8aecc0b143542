/**
 * Measures the audit: how often it names a planted slip, how often it calls correct numbers wrong, and how long it
 * takes.
 */
import { audit } from '../src/audit/index.ts';
import { experiment } from '../src/net/setup.ts';
import { drawPlanted, drawRight, type SlipKind, slipKinds } from './planted.ts';

export interface KindFigures {
  readonly kind: SlipKind;
  readonly examples: number;
  /** The true cause is among the candidates of some row. */
  readonly named: number;
  /** Of those whose slip changes at least two printed rows: how many there are, and how many are named. */
  readonly shownTwice: number;
  readonly namedOfTwice: number;
  /** The median over the examples of the maximum number of candidates of a row. */
  readonly medianCandidates: number;
  /** Descriptions of the examples whose true cause was not named. */
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
 * Milliseconds of an audit: the minimum of wall time, which includes other processes, and processor time, which
 * includes threads of the runtime. A slow audit is timed again.
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

/** `count` examples, each with a planted slip, of alternating kinds. */
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
  /** Examples with a row whose status is slip or unexplained. */
  readonly accused: number;
  /** Examples with a row whose status is convention or rounded. */
  readonly doubted: number;
  readonly slowest: number;
  readonly wrong: readonly string[];
}

/** `count` examples with correct numbers. */
export function studyRight(seed: number, count: number): RightFigures {
  let [accused, doubted, slowest] = [0, 0, 0];
  const wrong: string[] = [];
  for (let index = 0; index < count; index++) {
    // different from the planted ones of the same seed
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
      `  ${each.kind.padEnd(8)} named ${share(each.named, each.examples)}; of those that change at least two rows ${share(each.namedOfTwice, each.shownTwice)}; median candidates ${each.medianCandidates}`,
  );
  return [
    `seed ${seed}, ${examples} examples with a planted slip: named ${share(named, examples)}; median ${median.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
    ...lines,
  ].join('\n');
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >>> 1];
}
