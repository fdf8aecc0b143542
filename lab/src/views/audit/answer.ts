/** What the worker answers: an example's numbers with their names, their audit, and hints. */
import { InputError } from 'chainrule';
import {
  type OpenExample,
  openExample,
  type PrintedQuantity,
  type TypesetGiven,
  typesetGiven,
  typesetLines,
} from 'chainrule/explain';
import type { Answers, Contents, Faulty, Given, Marks, Name, Opened, Question, SheetMarks } from './protocol.ts';

/** Typesets TeX; passed, so that this file needs no typesetter. */
export type Typeset = (tex: string | readonly string[]) => string;

/** The possible causes of a difference that are listed unless all are wanted: more of them prove nothing. */
const maxListed = 2;

export class Answerer {
  private readonly typeset: Typeset;
  private text = '';
  private example: OpenExample | undefined;

  constructor(typeset: Typeset) {
    this.typeset = typeset;
  }

  answer(question: Question): Answers[Question['kind']] {
    const example = this.open(question.opened);
    switch (question.kind) {
      case 'open':
        return this.contents(example, question.step);
      case 'audit':
        return this.marks(example, question.printed, question.all);
      case 'mark':
        return this.markSheet(example, question.printed);
      case 'hint':
        return this.hint(example, question);
    }
  }

  /** The example that was open before is kept: reading it again takes longer than a look at its text. */
  private open({ json, files }: Opened): OpenExample {
    const text = JSON.stringify([json, files]);
    if (this.example === undefined || text !== this.text) {
      this.example = openExample(json, { file: 'the experiment', read: (path) => readFile(files, path) });
      this.text = text;
    }
    return this.example;
  }

  private contents(example: OpenExample, step: number): Contents {
    const explained = example.explain(step);
    const typeset = typesetLines(explained);
    const lines = explained.lines.flatMap(({ quantity, after, name, phase, formula }, i) => {
      if (!example.isAddress(quantity)) return [];
      const { heading, name: tex, value } = typeset[i];
      const given = formula === '' ? { given: this.typeset(value) } : {};
      return [{ quantity, after, name: { text: name, markup: this.typeset(tex) }, heading, phase, ...given }];
    });
    const { title, source, subject, printed } = example;
    const given = this.given(typesetGiven(explained));
    return { title, source, subject, printed, given, setting: explained.setting, leftOut: explained.leftOut, lines };
  }

  private given({ parameters, table }: TypesetGiven): Given {
    const set = (list: readonly string[]) => list.map((tex) => this.typeset(tex));
    return {
      parameters: parameters.map(({ elements, ...rest }) => ({ ...rest, elements: set(elements) })),
      table: {
        ...table,
        // a header needs a text for screen readers
        columns: table.columns.map((tex) => ({ text: tex.replace(/[\\_{}]/g, ''), markup: this.typeset(tex) })),
        rows: table.rows.map(({ number, values }) => ({ number, values: set(values) })),
      },
    };
  }

  private marks(example: OpenExample, printed: readonly PrintedQuantity[], all: boolean): Marks {
    const { asked, faulty, found } = withoutFaulty(printed, (rows) => example.audit(rows, all ? {} : { maxListed }));
    const places = asked.flatMap(({ value }, i) => (value.trim() === '' ? [] : [i]));
    return {
      ok: found.ok,
      faulty,
      rows: found.rows.map(({ quantity, computed, status, explanation, candidates }, r) => ({
        index: places[r],
        name: this.name(example, quantity),
        computed,
        status,
        explanation,
        candidates: candidates.length,
      })),
    };
  }

  private markSheet(example: OpenExample, printed: readonly PrintedQuantity[]): SheetMarks {
    const { faulty, found } = withoutFaulty(printed, (rows) => example.mark(rows));
    // the computed number stays here, so that the page does not hold it
    return { faulty, rows: found.map(({ index, status, explanation }) => ({ index, status, explanation })) };
  }

  private name(example: OpenExample, quantity: string): Name {
    const { text, tex } = example.nameOf(quantity);
    return { text, markup: this.typeset(tex) };
  }

  private hint(example: OpenExample, { step, quantity, after, level }: Question & { kind: 'hint' }): string {
    const explained = example.explain(step);
    const i = explained.lines.findIndex((line) => line.quantity === quantity && line.after === after);
    const { rule, formula, numbers, value } = typesetLines(explained)[i];
    if (level === 'result') return this.typeset(value);
    const sides = level === 'formula' ? [rule, formula] : [numbers ?? formula];
    const equals = this.typeset('=');
    return sides.flatMap((side) => (side === undefined ? [] : [this.typeset(side)])).join(` ${equals} `);
  }
}

function readFile(files: Readonly<Record<string, string>>, path: string): string {
  if (Object.hasOwn(files, path)) return files[path];
  throw new Error(`The experiment reads the file "${path}", which is not open. Open its experiment in the table view.`);
}

/** Checks rows; one that cannot be checked is left empty, so that the others are. */
function withoutFaulty<T>(printed: readonly PrintedQuantity[], check: (rows: readonly PrintedQuantity[]) => T) {
  const faulty = new Map<number, Faulty>();
  for (;;) {
    const asked = printed.map((row, i) => (faulty.has(i) ? { ...row, value: '' } : row));
    try {
      return { asked, found: check(asked), faulty: [...faulty.values()] };
    } catch (error) {
      const index = faultyRow(error);
      if (index === undefined || faulty.has(index)) throw error;
      faulty.set(index, { index, problem: problemOf(error as InputError) });
    }
  }
}

/** The row that an error is about: its message names `printed[3]`. */
function faultyRow(error: unknown): number | undefined {
  if (!(error instanceof InputError)) return undefined;
  const match = /printed\[(\d+)\]/.exec(error.message);
  return match === null ? undefined : Number(match[1]);
}

/** The message without the place of the row, which a person sees. */
function problemOf({ message }: InputError): string {
  return message.replace(/^.*?printed\[\d+\](\.\w+)?:\s*/s, '').replaceAll(/\s*\n\s*/g, ' ');
}
