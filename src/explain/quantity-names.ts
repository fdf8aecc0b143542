/** The display names of addresses: `v11` for `layers.0.weight[0][0]`, `∂E/∂w1` for its gradient. */
import { type Problem, stepSizeOf } from '../net/problem.ts';
import { buildStep } from '../net/step.ts';
import { GraphNaming, namingOptions } from './naming.ts';
import { failPlace, type Place, parseQuantity } from './quantity.ts';
import { type Variable, variableText } from './variable.ts';

/** A function from addresses to names. Throws for an invalid address, as `parseQuantity` does. */
export function quantityNames(problem: Problem): (quantity: string) => string {
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
  return (text) => {
    const quantity = parseQuantity(text);
    switch (quantity.kind) {
      case 'place':
        return variableText(variable(quantity.place), batch > 1);
      case 'gradient': {
        const of = variable({ name: 'loss', index: [] });
        return variableText({ kind: 'derivative', of, by: variable(quantity.place) }, batch > 1);
      }
      case 'factor':
        return variableText({ kind: 'derivative', of: variable(quantity.of), by: variable(quantity.in) }, batch > 1);
    }
  };
}
