/**
 * Splits an elementwise formula into scalings and activations. Each step starts at a cut: a value that everything after it
 * depends on, and through which alone it depends on the rows.
 */
import type { Formula } from '../../core/formula.ts';
import { activationWith, applied, comparisonPoints } from './match-activation.ts';
import { combine } from './per-unit.ts';
import { baseRows, type PerUnit, type Stage, type Step } from './values.ts';

/** Each formula after its operands. */
function operandsFirst(root: Formula): Formula[] {
  const done = new Set<Formula>();
  const visit = (formula: Formula): void => {
    if (done.has(formula)) return;
    if (formula.kind === 'apply') formula.operands.forEach(visit);
    done.add(formula);
  };
  visit(root);
  return [...done];
}

/** The cuts of a formula, from the rows to the formula itself. */
function cutsOf(order: readonly Formula[]): Formula[] {
  const depends = new Set<Formula>([baseRows]);
  const uses = new Map<Formula, number>();
  for (const formula of order) {
    if (formula.kind !== 'apply') continue;
    for (const operand of formula.operands) uses.set(operand, (uses.get(operand) ?? 0) + 1);
    if (formula.operands.some((operand) => depends.has(operand))) depends.add(formula);
  }
  const cuts: Formula[] = [];
  // Uses, by what follows, of the values so far
  let open = 0;
  for (const formula of order) {
    if (!depends.has(formula)) continue;
    if (formula.kind === 'apply') open -= formula.operands.filter((operand) => depends.has(operand)).length;
    if (open === 0) cuts.push(formula);
    open += uses.get(formula) ?? 0;
  }
  return cuts;
}

type Affine = { readonly scale: PerUnit; readonly shift: PerUnit };
const isAlways = (given: PerUnit, value: number) =>
  typeof given === 'number' ? given === value : given.every((each) => each === value);
const isFixed = ({ scale }: Affine) => scale === 0;

/** scale·x + shift of an operation on such values; undefined if it has another form. */
function affineOf({ primitive }: Extract<Formula, { kind: 'apply' }>, [a, b]: readonly Affine[]): Affine | undefined {
  const both = (f: (x: number, y: number) => number): Affine => ({
    scale: combine(a.scale, b.scale, f),
    shift: combine(a.shift, b.shift, f),
  });
  const times = (of: Affine, factor: PerUnit, f: (x: number, y: number) => number): Affine => ({
    scale: combine(of.scale, factor, f),
    shift: combine(of.shift, factor, f),
  });
  const product = (x: number, y: number) => x * y;
  switch (primitive) {
    case 'add':
      return both((x, y) => x + y);
    case 'sub':
      return both((x, y) => x - y);
    case 'neg':
      return times(a, -1, product);
    case 'mul':
      return isFixed(b) ? times(a, b.shift, product) : isFixed(a) ? times(b, a.shift, product) : undefined;
    case 'div':
      return isFixed(b) ? times(a, b.shift, (x, y) => x / y) : undefined;
    default:
      return undefined;
  }
}

/** Constants by unit, by the index of their argument. */
export type Vectors = ReadonlyMap<number, Float64Array>;

/** The formula `to` as scale·x + shift of the formula `from`; undefined if it has another form. */
function affineStep(from: Formula, to: Formula, order: readonly Formula[], vectors: Vectors): Step | undefined {
  const known = new Map<Formula, Affine | undefined>();
  for (const formula of order) {
    if (formula === from) known.set(formula, { scale: 1, shift: 0 });
    else if (formula.kind === 'constant') known.set(formula, { scale: 0, shift: formula.value });
    else if (formula.kind === 'argument') {
      const vector = vectors.get(formula.index);
      known.set(formula, vector && { scale: 0, shift: vector });
    } else {
      const operands = formula.operands.map((operand) => known.get(operand));
      known.set(formula, operands.includes(undefined) ? undefined : affineOf(formula, operands as Affine[]));
    }
  }
  const found = known.get(to);
  if (found === undefined || isFixed(found)) return undefined;
  const { scale, shift } = found;
  return { kind: 'affine', ...(!isAlways(scale, 1) && { scale }), ...(!isAlways(shift, 0) && { shift }) };
}

/** The values of each formula that follows from `from` and one-number constants, at points of `from`. */
function valuesFrom(from: Formula, order: readonly Formula[], points: Float64Array): Map<Formula, Float64Array> {
  const values = new Map<Formula, Float64Array>();
  for (const formula of order) {
    if (formula === from) values.set(formula, points);
    else if (formula.kind === 'constant') values.set(formula, new Float64Array(points.length).fill(formula.value));
    else if (formula.kind === 'apply') {
      const operands = formula.operands.map((operand) => values.get(operand));
      if (!operands.includes(undefined)) values.set(formula, applied(formula, operands as Float64Array[]));
    }
  }
  return values;
}

/** Stages that were made, by the stage and the formula that they are. */
const made = new WeakMap<Stage, Map<Formula, Stage>>();

/** The most cuts in an activation that is spelled out: softplus, sigmoid and gelu have up to five. */
const maxSpelling = 12;

/**
 * The stage whose rows are a formula of the rows of `base`; undefined if a part of the formula is neither a scaling nor an
 * activation. The same formula gives the same stage. `onComparison` is called before values are compared with all activations.
 */
export function stageOf(base: Stage, formula: Formula, vectors: Vectors, onComparison: () => void): Stage | undefined {
  const stages = made.get(base) ?? new Map<Formula, Stage>([[baseRows, base]]);
  made.set(base, stages);
  const order = operandsFirst(formula);
  const cuts = cutsOf(order);
  let place = cuts.findLastIndex((cut) => stages.has(cut));
  if (place === -1) return undefined;
  let stage = stages.get(cuts[place])!;
  const points = comparisonPoints(order);
  while (place < cuts.length - 1) {
    const from = cuts[place];
    const values = valuesFrom(from, order, points);
    // The longest recognized part first: tanh is a part of gelu's approximation.
    let step: Step | undefined;
    let next = Math.min(cuts.length, place + 1 + maxSpelling);
    while (step === undefined && --next > place) {
      const found = values.get(cuts[next]);
      if (found !== undefined) onComparison();
      const activation = found && activationWith(points, found);
      if (activation !== undefined) step = { kind: 'activation', activation };
    }
    if (step === undefined) {
      next = place + 1;
      step = affineStep(from, cuts[next], order, vectors);
    }
    if (step === undefined) return undefined;
    stage = { before: stage, step, width: stage.width };
    place = next;
    stages.set(cuts[place], stage);
  }
  return stage;
}
