/** The factors of the chain rule of every sample of a batch, layer by layer, and what the rule of averaged factors makes of them. */
import type { Explanation } from 'chainrule/explain';
import type { LayerFactors } from './protocol.ts';

/** The maximum number of factors of a layer: of more, the table would be unreadable. */
const maxFactors = 200_000;

type Trace = Explanation['trace'];

export function layerFactors(exact: Trace, averaged?: Trace): LayerFactors[] {
  return exact.nodes.layers.flatMap(({ weighted, input, output }, layer): LayerFactors[] => {
    const units = output.shape[1];
    const inputs = input.shape[1];
    const isPlain = weighted !== undefined && [input, output, weighted.sum].every(({ shape }) => shape.length === 2);
    if (!isPlain || exact.batch.rows.length * (inputs + 3 * units) > maxFactors) return [];
    const sum = numbersOf(exact, ...gradientNames(exact, layer, weighted.sum.name!));
    if (sum === undefined) return [];
    const hasSlope = weighted.sum !== output;
    const out = hasSlope ? numbersOf(exact, ...gradientNames(exact, layer)) : undefined;
    const slope = numbersOf(exact, `factor(layers.${layer}.output, ${weighted.sum.name})`);
    return [
      {
        layer,
        inputs,
        units,
        // a loss that is differentiated together with the activation starts at the sum
        ...(out !== undefined && slope !== undefined && { output: out, slope }),
        sum,
        input: Float64Array.from(exact.tape.numbers(input)),
        ...(averaged !== undefined && { averaged: meansOf(averaged, layer) }),
      },
    ];
  });
}

/** The names that the gradient of a layer's output, or of its sum, can have: a number has one node, and several addresses. */
function gradientNames({ nodes }: Trace, layer: number, sum?: string): string[] {
  const { weighted, output } = nodes.layers[layer];
  const ofOutput = [`gradient(layers.${layer}.output)`, `gradient(layers.${layer + 1}.input)`];
  if (sum === undefined) return ofOutput;
  return [`gradient(${sum})`, ...(weighted!.sum === output ? ofOutput : [])];
}

function meansOf(averaged: Trace, layer: number): LayerFactors['averaged'] {
  const { weighted, output } = averaged.nodes.layers[layer];
  const sum = weighted!.sum.name!;
  const at = (name: string) => [`gradient(${name}[mean])`, `factor(loss, ${name}[mean])`];
  const outputName = `layers.${layer}.output`;
  const ofOutput = numbersOf(averaged, ...at(outputName));
  const slope = numbersOf(averaged, `factor(${outputName}[mean], ${sum}[mean])`);
  const ofSum = numbersOf(averaged, ...at(sum), ...(weighted!.sum === output ? at(outputName) : []));
  const input = numbersOf(averaged, `layers.${layer}.input[mean]`);
  if (ofSum === undefined || input === undefined) return undefined;
  const hasSlope = weighted!.sum !== output && ofOutput !== undefined && slope !== undefined;
  return { ...(hasSlope && { output: ofOutput, slope }), sum: ofSum, input };
}

/** The numbers of the first of these nodes that the step has. */
function numbersOf({ tape }: Trace, ...names: readonly string[]): Float64Array | undefined {
  for (const name of names) {
    const node = tape.graph.find(name);
    if (node !== undefined) return Float64Array.from(tape.numbers(node));
  }
  return undefined;
}
