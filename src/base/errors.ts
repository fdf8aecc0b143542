/**
 * The error for wrong input: what is wrong, where, and the fix. Bugs of chainrule itself throw plain errors and show their
 * stack.
 */
import leven from 'leven';
import { clipMiddle, printableLine } from './printable.ts';
import {
  fileNotation,
  type Message,
  messageText,
  type Notation,
  type OptionPath,
  placeText,
  type Where,
} from './reference.ts';

/** The parts of an error as text. */
export interface Complaint {
  /** What is wrong, with the values: "3 rows, but the layer before has 2 units". */
  readonly what: string;
  /** Where: a path in a file, a file with line and column, a flag. */
  readonly where: string;
  /** How to fix it. */
  readonly fix: string;
}

/** The parts of an error as they are given: each may refer to options (`reference.ts`). */
export interface ComplaintParts {
  readonly what: Message;
  readonly where: Where;
  readonly fix: Message;
}

const isPart = (part: unknown) => (typeof part === 'string' && part !== '') || (Array.isArray(part) && part.length > 0);

const isComplaint = (parts: unknown): parts is ComplaintParts => {
  const { what, where, fix } = Object(parts) as ComplaintParts;
  return [what, where, fix].every(isPart);
};

/** Instead of parts that are missing. */
const notAComplaint: Complaint = {
  what: 'the error has no text',
  where: 'InputError',
  fix: 'Pass { what, where, fix }, each of them a text.',
};

/** The maximum number of characters of each part of a message: a name may be as long as its file. */
const maxPartLength = 2000;

/**
 * An error in the input. Its message is `where: what` and, on a second line, the fix. The message is for people, on
 * a terminal or in a log: it shows hidden characters visibly, and shortens a very long part. `what`,
 * `where` and `fix` contain the unchanged text, with options as keys of the experiment file.
 */
export class InputError extends Error implements Complaint {
  override readonly name = 'InputError';
  readonly what: string;
  readonly where: string;
  readonly fix: string;
  /** The option or the value that is wrong, if the error is about one: `['training', 'stop', 'epochs']`. */
  readonly option?: OptionPath;
  readonly #parts: ComplaintParts;

  constructor(parts: ComplaintParts, notation: Notation = fileNotation) {
    const { what: whatParts, where: whereParts, fix: fixParts } = isComplaint(parts) ? parts : notAComplaint;
    const what = messageText(whatParts, notation);
    const where = placeText(whereParts, notation);
    const fix = messageText(fixParts, notation);
    const shown = (part: string) => clipMiddle(printableLine(part), maxPartLength);
    super(`${shown(where)}: ${shown(what)}.\n  ${shown(fix)}`);
    this.what = what;
    this.where = where;
    this.fix = fix;
    if (typeof whereParts !== 'string') this.option = whereParts;
    this.#parts = { what: whatParts, where: whereParts, fix: fixParts };
  }

  /** The same error at another place. */
  at(where: Where): InputError {
    return new InputError({ ...this.#parts, where });
  }

  /** The same error with its options written in another way. */
  inNotation(notation: Notation): InputError {
    return new InputError(this.#parts, notation);
  }
}

/** Throws the error that it gets; an InputError has its options written in the notation. */
export const showIn =
  (notation: Notation) =>
  (error: unknown): never => {
    throw error instanceof InputError ? error.inNotation(notation) : error;
  };

/** Throws an InputError. Write `what` and `where` without a full stop, `fix` as a sentence. */
export function fail(complaint: ComplaintParts): never {
  throw new InputError(complaint);
}

/** The maximum length of a word whose spelling is compared. */
const maxWordLength = 100;
/** The maximum number of compared pairs of letters, so that the error appears at once even with very many columns. */
const maxComparisons = 2e7;

/** The candidate with the spelling nearest to `word`, if at most a third of its letters differ; else the one that it abbreviates. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > maxWordLength) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  let comparisons = 0;
  const wanted = word.toLowerCase();
  for (const candidate of candidates) {
    // The distance is at least the difference of the lengths.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    comparisons += word.length * candidate.length;
    if (comparisons > maxComparisons) break;
    const distance = leven(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? abbreviated(wanted, candidates);
}

/** The only candidate that begins with at least three letters: "validation" for "valid". */
function abbreviated(letters: string, candidates: readonly string[]): string | undefined {
  const found = letters.length < 3 ? [] : candidates.filter((each) => each.toLowerCase().startsWith(letters));
  return found.length === 1 ? found[0] : undefined;
}

/** Lists of at most 50 names are shown in full, and of longer ones the first 20. */
const [maxListed, shownOfLonger] = [50, 20];

/** Names for a message: all of a few, otherwise the first twenty and the number of the others. Each name is shortened to 80 letters. */
export function listNames(names: readonly string[]): string {
  const shown = names.length > maxListed ? names.slice(0, shownOfLonger) : names;
  const short = shown.map((name) => (name.length > 80 ? `${name.slice(0, 79)}…` : name));
  const more = names.length - shown.length;
  return more === 0 ? short.join(', ') : `${short.join(', ')}, … and ${more.toLocaleString('en-US')} more`;
}

/** A fix for an unknown name: the nearest name, and the list of all names. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return `${guess === undefined ? '' : `Did you mean "${guess}"? `}Choose one of: ${listNames(candidates)}.`;
}
