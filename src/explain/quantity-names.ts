/** The display names of addresses: `v11` for `layers.0.weight[0][0]`, `∂E/∂w1` for its gradient. */
import { type Problem, stepSizeOf } from '../net/problem.ts';
import { buildStep } from '../net/step.ts';
import { GraphNaming, namingOptions } from './naming.ts';
import { failPlace, type Place, parseQuantity } from './quantity.ts';
import { type Variable, variableTex, variableText } from './variable.ts';

/** What a reader calls a number: `∂E/∂w1`. */
export interface QuantityName {
  readonly text: string;
  /** To be set in mathematics. */
  readonly tex: string;
}

/** A variable's name; `marked` writes which sample it belongs to. */
export const nameOfVariable = (variable: Variable, marked: boolean): QuantityName => ({
  text: variableText(variable, marked),
  tex: variableTex(variable, marked),
});

/** A function from addresses to names. Throws for an invalid address, as `parseQuantity` does. */
export function quantityNames(problem: Problem): (quantity: string) => string {
  const name = typesetNames(problem);
  return (quantity) => name(quantity).text;
}

/** The same, also as TeX. */
export function typesetNames(problem: Problem): (quantity: string) => QuantityName {
  const { network, recipe, inputs } = problem;
  const [batch] = inputs.shape;
  const { graph } = buildStep(network, recipe, stepSizeOf(problem));
  const rows = Array.from({ length: batch }, (_, row) => row);
  const naming = new GraphNaming(graph, namingOptions(problem, rows));
  const variable = ({ name, index }: Place): Variable => {
    const numbers = index.filter((i) => i !== 'mean');
    const mean = numbers.length < index.length;
    if (graph.find(name) === undefined) failPlace(`${name}${index.map((i) => `[${i}]`).join('')}`);
    const address = name === 'loss' && numbers.length > 0 ? 'loss.terms' : name;
    return naming.ofName(mean ? `${address}[mean]` : address, mean && numbers.length === 0 ? [0] : numbers);
  };
  const variableAt = (text: string): Variable => {
    const quantity = parseQuantity(text);
    switch (quantity.kind) {
      case 'place':
        return variable(quantity.place);
      case 'gradient': {
        const of = variable({ name: 'loss', index: [] });
        return { kind: 'derivative', of, by: variable(quantity.place) };
      }
      case 'factor':
        return { kind: 'derivative', of: variable(quantity.of), by: variable(quantity.in) };
    }
  };
  return (text) => nameOfVariable(variableAt(text), batch > 1);
}
