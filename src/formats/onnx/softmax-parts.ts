/** Softmax and its logarithm that primitive operators spell out: e^(x - max)/Σ e^(x - max), and x - max - ln Σ e^(x - max). */
import { logSoftmax, softmax } from '../../core/ops/activations.ts';
import type { NodeAttributes } from './node-attributes.ts';
import { after, isConstant, isRows, type NotUnderstood, type ReadContext } from './read-context.ts';
import { type RowsValue, rowsOf, type SoftmaxPart, type Value } from './values.ts';

const isPart = (value: Value | undefined): value is SoftmaxPart => value?.kind === 'softmaxPart';
const isSame = (a: RowsValue, b: RowsValue) => a.base === b.base && a.formula === b.formula;

/** Whether a reduction is along the units and keeps their axis. */
function isAlongUnits(axes: Value | undefined, attributes: NodeAttributes): boolean {
  const given = attributes.integers('axes') ?? (isConstant(axes) ? [...axes.numbers().data] : []);
  attributes.ignore('noop_with_empty_axes');
  return attributes.integer('keepdims', 1) === 1 && given.length === 1 && (given[0] === 1 || given[0] === -1);
}

const part = (kind: SoftmaxPart['part'], of: RowsValue, isShifted: boolean): SoftmaxPart => ({
  kind: 'softmaxPart',
  part: kind,
  of,
  isShifted,
});

/** Powers of e: a part, or rows whose last operation is Exp. */
function powersOf(value: Value | undefined): { of: RowsValue; isShifted: boolean } | undefined {
  if (isPart(value)) return value.part === 'powers' ? value : undefined;
  if (!isRows(value) || value.formula.kind !== 'apply' || value.formula.primitive !== 'exp') return undefined;
  return { of: { ...value, formula: value.formula.operands[0] }, isShifted: false };
}

/** Rows, or rows less their maximum. */
function shiftedOf(value: Value | undefined): { of: RowsValue; isShifted: boolean } | undefined {
  if (isPart(value)) return value.part === 'shifted' ? value : undefined;
  return isRows(value) ? { of: value, isShifted: false } : undefined;
}

/** Reads a node that is a part of softmax, or completes it; undefined if it is something else. */
export function readSoftmaxPart(
  operator: string,
  [a, b]: readonly (Value | undefined)[],
  attributes: NodeAttributes,
  context: ReadContext,
): Value | NotUnderstood | undefined {
  const complete = (of: RowsValue, activation: typeof softmax): Value | NotUnderstood => {
    const stage = context.close(of);
    return 'step' in stage ? rowsOf(after(stage, { kind: 'activation', activation }), of.element) : stage;
  };
  switch (operator) {
    case 'ReduceMax':
      return isRows(a) && a.axes === undefined && isAlongUnits(b, attributes) ? part('maximum', a, false) : undefined;
    case 'ReduceSum': {
      const powers = powersOf(a);
      const fits = powers !== undefined && powers.of.axes === undefined && isAlongUnits(b, attributes);
      return fits ? part('total', powers.of, powers.isShifted) : undefined;
    }
    case 'Exp':
      return isPart(a) && a.part === 'shifted' ? part('powers', a.of, true) : undefined;
    case 'Log':
      return isPart(a) && a.part === 'total' ? part('logTotal', a.of, a.isShifted) : undefined;
    case 'Div': {
      const powers = powersOf(a);
      if (powers === undefined || !isPart(b) || b.part !== 'total' || !isSame(powers.of, b.of)) return undefined;
      return powers.isShifted === b.isShifted ? complete(b.of, softmax) : undefined;
    }
    case 'Sub': {
      if (isRows(a) && isPart(b) && b.part === 'maximum' && isSame(a, b.of)) return part('shifted', a, true);
      const shifted = shiftedOf(a);
      if (shifted === undefined || !isPart(b) || b.part !== 'logTotal' || !isSame(shifted.of, b.of)) return undefined;
      return shifted.isShifted === b.isShifted ? complete(b.of, logSoftmax) : undefined;
    }
    default:
      return undefined;
  }
}
