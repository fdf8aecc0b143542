/** The code blocks of the project's Markdown, and the comparison of their outputs with the real ones. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import leven from 'leven';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Block {
  /** `README.md`, from the project's root. */
  readonly page: string;
  /** `README.md line 40`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
  /** The block of language `text` that follows: the output of this one. */
  readonly output?: string;
}

function files(folder: string, isWanted: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'runs'].includes(entry.name) || entry.name.startsWith('.')
        ? []
        : files(path, isWanted);
    return isWanted(entry.name) ? [path] : [];
  });
}

/** The paths of the project's own Markdown. */
export const pages = (): string[] => files(root, (name) => name.endsWith('.md'));

const lineOf = (text: string, index: number) => text.slice(0, index).split('\n').length;

export function blocksOf(path: string): Block[] {
  const text = readFileSync(path, 'utf8');
  const page = relative(root, path);
  const fenced = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return fenced.map(({ 0: whole, 1: language, 2: body, index }, i) => {
    const next = fenced[i + 1];
    const isFollowed = next?.[1] === 'text' && text.slice(index + whole.length, next.index).trim() === '';
    return {
      page,
      place: `${page} line ${lineOf(text, index)}`,
      language,
      text: body,
      ...(isFollowed && { output: next[2] }),
    };
  });
}

/** Examples in docstrings: `@example call  // value`. */
export function docstringExamples(): Block[] {
  const sources = files(join(root, 'src'), (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return sources.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const page = relative(root, path);
    return [...text.matchAll(/^ \* @example (.*)$/gm)].map(({ 1: body, index }) => ({
      page,
      place: `${page} line ${lineOf(text, index)}`,
      language: 'ts',
      text: body,
    }));
  });
}

/** Times and sizes depend on the machine. */
const masked = (line: string) =>
  line.replace(/\d[\d.,]*(?:·10[⁻⁰¹²³⁴-⁹]+)?(?= (?:s|ms|µs|ns|kB|MB|GB|KiB|MiB|GiB)\b)/g, '#').trimEnd();

const linesOf = (text: string) => text.replace(/^\n+|\n+$/g, '').split('\n');
const isOmission = (line: string) => line.trim() === '…';

/** The parts of an output in a guide: a line `…` represents any number of lines, also at the start and the end. */
function piecesOf(shown: string): { readonly pieces: string[][]; readonly isWhole: { start: boolean; end: boolean } } {
  const lines = linesOf(shown);
  const pieces: string[][] = [[]];
  for (const line of lines) {
    if (isOmission(line)) pieces.push([]);
    else pieces[pieces.length - 1].push(line);
  }
  const isWhole = { start: !isOmission(lines[0]), end: !isOmission(lines[lines.length - 1]) };
  return { pieces: pieces.filter((piece) => piece.length > 0), isWhole };
}

/** Lines that a command prints, where nobody watches, only if it takes seconds. */
const progressLines = [/^\d+ % {2}.* left$/, /^reading .* rows?$/, /^epoch \d+(\/\d+)? {2}loss /];

/** The output without the kinds of progress lines that the page does not show: whether they appear depends on the machine. */
function settled(shown: string, output: string): string[] {
  const wanted = linesOf(shown);
  const late = progressLines.filter((kind) => !wanted.some((line) => kind.test(line)));
  return linesOf(output).filter((line) => !late.some((kind) => kind.test(line)));
}

/** The first part of `shown` that is missing in the output, in order; undefined if there is none. */
export function missingPiece(shown: string, output: string): string | undefined {
  const lines = settled(shown, output).map(masked);
  const { pieces, isWhole } = piecesOf(shown);
  let from = 0;
  for (const [p, piece] of pieces.entries()) {
    const wanted = piece.map(masked);
    const isAt = (i: number) => wanted.every((line, k) => lines[i + k] === line);
    const at =
      p === pieces.length - 1 && isWhole.end
        ? [lines.length - wanted.length].find((i) => i >= from && isAt(i))
        : [...lines.keys()].find((i) => i >= from && isAt(i));
    if (at === undefined || (p === 0 && isWhole.start && at > 0)) return piece.join('\n');
    from = at + wanted.length;
  }
  return undefined;
}

/** The index of the line most similar to `wanted`, from `from` on. */
function nearest(lines: readonly string[], wanted: string, from: number): number {
  let [best, distance] = [from, Number.POSITIVE_INFINITY];
  for (let i = from; i < lines.length; i++) {
    const own = leven(masked(lines[i]), masked(wanted)) / Math.max(lines[i].length, 1);
    if (own < distance) [best, distance] = [i, own];
  }
  return best;
}

/** `shown` with each part replaced by the most similar lines of the output. */
export function refreshed(shown: string, output: string): string {
  const lines = settled(shown, output);
  const { pieces, isWhole } = piecesOf(shown);
  let from = 0;
  const now = pieces.map((piece, p) => {
    const isLast = p === pieces.length - 1;
    const start = p === 0 && isWhole.start ? 0 : nearest(lines, piece[0], from);
    const last = piece.length === 1 ? start : nearest(lines, piece[piece.length - 1], start);
    const end = isLast && isWhole.end ? lines.length - 1 : last;
    from = end + 1;
    return lines.slice(start, end + 1).join('\n');
  });
  return `${isWhole.start ? '' : '…\n'}${now.join('\n…\n')}${isWhole.end ? '' : '\n…'}\n`;
}

/** Replaces the output in a page by the real one. */
export function replaceOutput({ page, output: shown }: Block, output: string): void {
  const path = join(root, page);
  const fence = (text: string) => `\`\`\`text\n${text}\`\`\``;
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(fence(shown!), () => fence(refreshed(shown!, output))),
  );
}
