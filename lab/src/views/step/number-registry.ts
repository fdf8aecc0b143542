/** Gives every number of a step an id, so that formulas, the drawing and the lists speak of the same number. */
import type { Explanation, MarkedNumber } from 'chainrule/explain';
import { texOfRow } from 'chainrule/explain';
import type { NumberData, Rule, StepPhase } from './protocol.ts';

export type Row = Explanation['rows'][number];

/** The numbers that some lines can speak of: those of the step, or those of its backward pass under the other rule. */
export interface Scope {
  /** The id of a number in a formula; a chain rule has names alone. */
  idOf(number: MarkedNumber): number | undefined;
  /** The ids of the numbers whose values a row reads, in order, each once. */
  readsOf(row: Row): readonly number[];
  /** The ids of the numbers that a symbol of a row means: of a sum over samples, that of every sample. */
  meantBy(number: MarkedNumber, row: Row): readonly number[];
}

export interface Registry {
  readonly numbers: readonly NumberData[];
  /** The scope of the step's own lines. */
  readonly own: Scope;
  /** The scope of the lines under the other rule. */
  readonly other: Scope;
  /** The lines of the other rule that compute another number than the step does. */
  readonly asides: readonly Row[];
}

/** The address of a number, with a prime after the update: it does not depend on the number of the step. */
export const keyOf = (quantity: string, after: number, step: number): string =>
  after >= step ? `${quantity}′` : quantity;

/** The key of a number that only the other rule computes. */
export const keyUnder = (rule: Rule, key: string): string => `${rule}: ${key}`;

export function phaseOf({ line }: Row, step: number): StepPhase {
  if (line.phase === 'update') return 'update';
  if (line.after >= step) return 'after';
  return line.phase === 'forward' || line.phase === 'loss' || line.phase === 'backward' ? line.phase : 'given';
}

/**
 * The numbers of all lines, then those that the lines read and that have no line, such as inputs; then those that the other
 * rule computes in its backward pass and the step does not.
 */
export function register(
  rows: readonly Row[],
  step: number,
  other?: { readonly rows: readonly Row[]; readonly rule: Rule },
): Registry {
  const numbers: NumberData[] = [];
  const own = new Names(numbers, step);
  for (const [line, row] of rows.entries()) own.add(row, { line });
  for (const [at, row] of rows.entries()) own.addReads(row, at);
  const aside = new Names(numbers, step, own, other?.rule);
  const asides: Row[] = [];
  for (const row of other?.rows ?? []) {
    if (row.line.phase === 'backward' && aside.add(row, { aside: asides.length })) asides.push(row);
  }
  for (const row of asides) aside.addReads(row);
  return { numbers, own, other: aside, asides };
}

class Names implements Scope {
  private readonly ids = new Map<string, number>();
  private readonly byName = new Map<string, number>();
  /** The numbers of samples, by their name without the mark of the sample. */
  private readonly bySample = new Map<string, number[]>();

  private readonly numbers: NumberData[];
  private readonly step: number;
  private readonly shared?: Names;
  private readonly rule?: Rule;

  /** `shared`: the scope of the step, whose numbers are shared if they are the same to the bit. */
  constructor(numbers: NumberData[], step: number, shared?: Names, rule?: Rule) {
    this.numbers = numbers;
    this.step = step;
    this.shared = shared;
    this.rule = rule;
  }

  /** Whether the row computes a number that has none yet. */
  add(row: Row, place: Pick<NumberData, 'line' | 'aside'>): boolean {
    const { quantity, after, sample } = row.line;
    const key = keyOf(quantity, after, this.step);
    // the gradients of parameters are computed from different numbers, also if they are the same by chance
    if (this.ids.has(key) || (!isOfParameter(quantity) && this.shares(key, row.value))) return false;
    const name = namesIn(row).get(`${quantity} ${after}`)!;
    this.push(key, { ...name, value: row.value, phase: phaseOf(row, this.step), ...place, ...sampleOf(sample) });
    return true;
  }

  /** Adds the numbers that a row reads and that have no line. `since`: the row's line. */
  addReads(row: Row, since?: number): void {
    let names: ReturnType<typeof namesIn> | undefined;
    for (const { quantity, after, value, isGiven } of row.reads ?? []) {
      if (this.find(quantity, after, value) !== undefined) continue;
      names ??= namesIn(row);
      const name = names.get(`${quantity} ${after}`);
      // a term that is left out of a formula
      if (name === undefined) continue;
      const sample = /^(?:layers\.0\.input|target)\[(\d+)\]/.exec(quantity)?.[1];
      const isNew = after >= this.step;
      this.push(keyOf(quantity, after, this.step), {
        ...name,
        value,
        phase: isNew ? 'after' : isGiven ? 'given' : phaseWithoutLine(quantity),
        // its own line is left out
        ...(!isGiven && since !== undefined && { since }),
        ...sampleOf(sample === undefined ? undefined : Number(sample)),
      });
    }
  }

  idOf({ name, quantity, after }: MarkedNumber): number | undefined {
    if (quantity === undefined) return this.named(name);
    const key = keyOf(quantity, after!, this.step);
    return this.ids.get(key) ?? this.shared?.ids.get(key) ?? this.ids.get(quantity) ?? this.shared?.ids.get(quantity);
  }

  readsOf(row: Row): readonly number[] {
    const found = (row.reads ?? []).flatMap(({ quantity, after, value }) => this.find(quantity, after, value) ?? []);
    return [...new Set(found)];
  }

  meantBy(number: MarkedNumber, row: Row): readonly number[] {
    const id = this.idOf(number);
    if (number.quantity !== undefined || row.line.sample !== undefined) return id === undefined ? [] : [id];
    const all = this.ofEachSample(number.name);
    return all.length > 0 ? all : id === undefined ? [] : [id];
  }

  private named(name: string): number | undefined {
    return this.byName.get(name) ?? this.shared?.byName.get(name) ?? this.ofEachSample(name)[0];
  }

  /** The numbers of all samples, for the symbol of one; none for a symbol without a sample. */
  private ofEachSample(name: string): readonly number[] {
    const plain = name.replaceAll(sampleMark, '');
    if (plain === name) return [];
    return this.bySample.get(plain) ?? this.shared?.bySample.get(plain) ?? [];
  }

  private push(key: string, data: Omit<NumberData, 'key'>): void {
    const id = this.numbers.length;
    const { rule } = this;
    this.ids.set(key, id);
    if (!this.byName.has(data.name)) this.byName.set(data.name, id);
    const plain = data.name.replaceAll(sampleMark, '');
    if (plain !== data.name) this.bySample.set(plain, [...(this.bySample.get(plain) ?? []), id]);
    this.numbers.push({
      ...data,
      key: rule === undefined ? key : keyUnder(rule, key),
      ...(rule !== undefined && { rule }),
    });
  }

  private shares(key: string, value: number): boolean {
    const id = this.shared?.ids.get(key);
    return id !== undefined && Object.is(this.numbers[id].value, value);
  }

  private find(quantity: string, after: number, value: number): number | undefined {
    const key = keyOf(quantity, after, this.step);
    const known = this.ids.get(key) ?? (this.shares(key, value) ? this.shared!.ids.get(key) : undefined);
    if (known !== undefined || after < this.step) return known;
    // an input is the same number after the update
    const before = this.ids.get(quantity) ?? this.shared?.ids.get(quantity);
    return before !== undefined && Object.is(this.numbers[before].value, value) ? before : undefined;
  }
}

/** The mark of a sample in a name: ⁽²⁾. */
const sampleMark = /⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾/g;

const isOfParameter = (quantity: string) => /^gradient\(layers\.\d+\.(?:weight|bias)\[/.test(quantity);

const sampleOf = (sample: number | undefined) => (sample === undefined ? {} : { sample });

const phaseWithoutLine = (quantity: string): StepPhase =>
  /^(gradient|factor)\(|\[mean\]/.test(quantity) ? 'backward' : quantity.startsWith('loss') ? 'loss' : 'forward';

/** The names of a row's numbers, by address and time. A number's name is written before its value. */
function namesIn(row: Row): Map<string, { readonly name: string; readonly tex: string }> {
  const found = new Map<string, { readonly name: string; readonly tex: string }>();
  texOfRow(row, {
    marked: true,
    mark: (tex, { name, quantity, after }) => {
      const key = `${quantity} ${after}`;
      if (!found.has(key)) found.set(key, { name, tex });
      return tex;
    },
  });
  return found;
}
