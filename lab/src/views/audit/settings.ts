/** What the audit keeps in a link: the page, the example, the entered book, and the answers of a sheet. */
import type { PrintedQuantity } from 'chainrule/explain';
import { exampleNamed, examples } from './examples.ts';

export const pages = ['examples', 'book', 'sheet'] as const;
export type Page = (typeof pages)[number];

/** A print as a person enters it, in the form of a worked-example file. */
export interface Book {
  readonly title: string;
  readonly source: string;
  readonly experiment: unknown;
  readonly files: Readonly<Record<string, string>>;
  readonly printed: readonly PrintedQuantity[];
}

export interface Sheet {
  /** The name of an example, `book`, or `document`: what is computed. */
  readonly of: string;
  /** The step, from 1. */
  readonly step: number;
  /** What was filled in, by `quantity@after`. */
  readonly answers: Readonly<Record<string, string>>;
}

export interface AuditSettings {
  readonly page: Page;
  /** The name of the worked example on the first page. */
  readonly example: string;
  readonly book?: Book;
  readonly sheet: Sheet;
  /** Whether every possible cause is listed. */
  readonly all: boolean;
}

export const defaults: AuditSettings = {
  page: 'examples',
  example: examples[0].name,
  sheet: { of: examples[0].name, step: 1, answers: {} },
  all: false,
};

/** The most rows that a book can have here, and the longest text of one: a page shows them all. */
export const maxRows = 2000;
const longest = 4000;

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, limit = longest): value is string => typeof value === 'string' && value.length <= limit;

/** The settings of a link, checked; what is wrong is replaced by the default. */
export function readSettings(value: unknown): AuditSettings {
  if (!isRecord(value)) return defaults;
  const { page, example, book, sheet, all } = value;
  return {
    page: pages.find((each) => each === page) ?? defaults.page,
    example: isText(example) && exampleNamed(example) ? example : defaults.example,
    ...(isRecord(book) && { book: readBook(book) }),
    sheet: isRecord(sheet) ? readSheet(sheet) : defaults.sheet,
    all: all === true,
  };
}

function readBook({ title, source, experiment, files, printed }: Json): Book {
  return {
    title: isText(title) ? title : '',
    source: isText(source) ? source : '',
    experiment,
    files: textsOf(files, Number.POSITIVE_INFINITY),
    printed: readPrinted(printed),
  };
}

/** Rows with texts where texts belong; the audit says what is wrong with their content. */
export function readPrinted(value: unknown): PrintedQuantity[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxRows).flatMap((row) => {
    if (!isRecord(row) || !isText(row.quantity)) return [];
    const { quantity, value: text, after } = row;
    const number = typeof after === 'number' && after !== 0 ? { after } : {};
    return [{ quantity, value: isText(text) || typeof text === 'number' ? String(text) : '', ...number }];
  });
}

function readSheet({ of, step, answers }: Json): Sheet {
  return {
    of: isText(of) && (['book', 'document'].includes(of) || exampleNamed(of)) ? of : defaults.sheet.of,
    step: Number.isSafeInteger(step) && (step as number) >= 1 ? (step as number) : 1,
    answers: textsOf(answers, 100),
  };
}

function textsOf(value: unknown, limit: number): Record<string, string> {
  if (!isRecord(value)) return {};
  const texts = Object.entries(value).filter((entry): entry is [string, string] => isText(entry[1], limit));
  return Object.fromEntries(texts);
}

/** The key of a number in the answers of a sheet. */
export const answerKey = ({ quantity, after }: { readonly quantity: string; readonly after: number }) =>
  `${quantity}@${after}`;
