/** Elementwise operators on rows: they extend the formula of the rows, or add two branches of a residual. */
import { substitute } from '../../core/formula.ts';
import { readActivation } from './activations.ts';
import { isFractional } from './constants.ts';
import { elementwise } from './elementwise.ts';
import {
  after,
  isConstant,
  isRows,
  type NotUnderstood,
  type ReadContext,
  type ReadNode,
  refuse,
} from './read-context.ts';
import { type RowsValue, rowsOf, type Stage, type Value } from './values.ts';

const truth = 9;

/** Whether a stage follows from another. */
function follows(stage: Stage, from: Stage, { charge }: ReadContext): boolean {
  for (let each: Stage | undefined = stage; each !== undefined; each = each.before) {
    if (each === from) return true;
    charge(1);
  }
  return false;
}

/** x + layers(x). */
function residual(a: RowsValue, b: RowsValue, context: ReadContext): Value | NotUnderstood {
  const [one, other] = [context.close(a), context.close(b)];
  if (!('step' in one)) return one;
  if (!('step' in other)) return other;
  const [from, end] = follows(one, other, context) ? [other, one] : [one, other];
  if (!follows(end, from, context) || from.width !== end.width) return refuse('joins two branches');
  return rowsOf(after(end, { kind: 'addition', from }), a.element);
}

/** Reads a node of the elementwise operator `name`. */
export const readElementwise =
  (name: string): ReadNode =>
  (inputs, attributes, context) => {
    const operator = elementwise[name];
    const rows = inputs.filter(isRows);
    const [first] = rows;
    const [fewest, most] = operator.operands;
    if (inputs.length < fewest || inputs.length > most) return refuse(`has ${inputs.length} inputs`);
    if (rows.some(({ base }) => base !== first.base)) {
      return name === 'Add' && rows.length === 2 ? residual(rows[0], rows[1], context) : refuse('joins two branches');
    }
    let { width } = first;
    const size = rows.reduce((sum, each) => sum + each.size, 1);
    const operands: Parameters<typeof operator.build>[0][number][] = [];
    for (const [k, input] of inputs.entries()) {
      if (input === undefined) operands.push(undefined);
      else if (isRows(input)) {
        const isTest = operator.takesTest === true && k === 0;
        if (isTest ? input.element !== truth : !isFractional(input.element))
          return refuse('computes with whole numbers');
        if (input.axes !== first.axes) return refuse('combines rows of different shapes');
        operands.push(input.formula);
      } else if (isConstant(input)) {
        const found = context.operand(input.numbers(), first.axes === undefined ? width : 1);
        if (found === undefined) return refuse('combines rows with a constant that is not one number for each unit');
        width ??= found.width;
        operands.push(found.formula);
      } else return refuse('combines rows with another value');
    }
    const formula = operator.build(operands, attributes);
    if (formula === undefined) return refuse('is used in a way that chainrule does not know');
    return { ...first, formula, size, width, element: operator.isTest ? truth : rows[rows.length - 1].element };
  };

/** Reads a node of an activation with an operator of its own, such as Elu. */
export const readActivationNode =
  (operator: string): ReadNode =>
  ([rows], attributes) => {
    const activation = readActivation(operator, attributes);
    if (activation?.map === undefined || !isRows(rows)) return refuse('is not supported');
    if (!isFractional(rows.element)) return refuse('computes with whole numbers');
    const formula = substitute(activation.map.formula, () => rows.formula);
    return { ...rows, formula, size: rows.size + 1 };
  };
