/** The loss of a pair, and how ∂E/∂z = y − t follows from it, rule by rule. */
import { derive } from '../../explain/derivation.ts';
import { type Expression, evaluate, type Leaf, leaf } from '../../explain/expression.ts';
import { addDeclared, d, E, type FunctionPage, y } from '../../explain/functions/page.ts';
import { make, number, tidy } from '../../explain/tidy.ts';
import { letter } from '../../explain/variable.ts';

const z = letter('z');

/** One page for pairs of label 1, one for those of label 0. */
export function pairFunctions(context: string, negative: string): FunctionPage[] {
  const logit = leaf(z, Number.NaN);
  const output = leaf(y, Number.NaN);
  const sigmoid = (x: Expression) => make('div', number(1), make('add', number(1), make('exp', make('neg', x))));
  const page = (name: string, used: string, likelihood: Expression, slope: Expression): FunctionPage => {
    const loss = make('neg', make('log', likelihood));
    const at = (point: number) => (from: Leaf) => (from === output ? evaluate(sigmoid(logit), () => point)! : point);
    const points = Array.from({ length: 21 }, (_, i) => at(-4 + 0.4 * i + 0.013));
    const steps = derive(tidy(loss), z);
    addDeclared(steps, slope, points, 'with y = σ(z) = 1/(1 + e^(−z))');
    return {
      kind: 'loss',
      name,
      options: '',
      used,
      definition: { left: E, right: loss },
      derivations: [{ left: d(E, z), steps }],
      remarks: [],
    };
  };
  return [
    page('−ln σ(z)', `pairs with a ${context} (label 1)`, sigmoid(logit), make('sub', output, number(1))),
    page('−ln(1 − σ(z))', `pairs with a ${negative} (label 0)`, make('sub', number(1), sigmoid(logit)), output),
  ];
}
