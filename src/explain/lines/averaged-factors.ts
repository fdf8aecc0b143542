/**
 * The lines of the backward pass under averaged factors, the textbook shortcut: every factor of the chain rule is averaged
 * over the batch, and the averages are multiplied. The rule is defined for layers of weighted sums alone.
 */

import { leaf } from '../expression.ts';
import { chain, type Notation, total } from '../notation.ts';
import { numberText } from '../numbers.ts';
import { writeQuantity } from '../quantity.ts';
import type { Scalar } from '../tape.ts';
import { exactGradients } from '../trace.ts';
import type { Variable } from '../variable.ts';
import { derivative } from './chain-rule.ts';
import { unitsOf } from './shown.ts';
import { writeLayerUpdate } from './updates.ts';
import type { Emission, LineWriter } from './writer.ts';

export function writeAveragedFactors(writer: LineWriter): void {
  new AveragedFactors(writer).write();
}

class AveragedFactors {
  private readonly writer: LineWriter;
  private readonly exact: ReadonlyMap<string, Float64Array>;
  private readonly isSequential: boolean;

  constructor(writer: LineWriter) {
    this.writer = writer;
    this.exact = exactGradients(writer.trace);
    this.isSequential = writer.trace.problem.recipe.update === 'sequential';
  }

  write(): void {
    const { trace, shown } = this.writer;
    for (let layer = trace.nodes.layers.length - 1; layer >= 0; layer--) {
      if (!shown.hasLayer(layer)) continue;
      this.layer(layer);
      if (this.isSequential) writeLayerUpdate(this.writer, layer);
    }
  }

  private layer(layer: number): void {
    const { writer } = this;
    const { trace } = writer;
    const heading = `Backward pass: ${writer.layerTitle(layer)}`;
    const emission: Emission = { phase: 'backward', heading, layer };
    const isLast = layer === trace.nodes.layers.length - 1;
    const { weighted, output: outputNode } = trace.nodes.layers[layer];
    const [output, sum] = [`layers.${layer}.output`, weighted!.sum.name!];
    const startsAtSum = trace.problem.recipe.loss.joint || weighted!.sum === outputNode;
    const start = isLast ? (startsAtSum ? sum : output) : undefined;
    if (start !== undefined) this.fromLoss(start, emission);

    const ofOutput = writer.find(`gradient(${output}[mean])`);
    writer.emit(ofOutput, {
      ...emission,
      rule: isLast ? undefined : this.throughWeights(layer + 1),
      note: this.isSequential && !isLast ? 'with the weights after their update' : undefined,
    });
    if (weighted!.sum !== outputNode && start !== sum) {
      writer.emitSamples(writer.find(`factor(${output}, ${sum})`), emission);
      writer.emit(writer.find(`factor(${output}[mean], ${sum}[mean])`), emission);
    }
    const ofSum = writer.find(`gradient(${sum}[mean])`);
    // without a factor in between, the sum's gradient is the output's (or the loss's), which is already written
    const seen = [ofOutput, start === undefined ? undefined : writer.find(`factor(loss, ${start}[mean])`)];
    if (ofSum !== undefined && !seen.includes(ofSum)) {
      writer.emit(ofSum, { ...emission, rule: this.throughActivation(layer) });
    }
    writer.emit(trace.tape.graph.get(`layers.${layer}.input[mean]`), emission);
    this.localFactors(layer, emission);
    for (const { name } of writer.parameters(layer)) {
      writer.emit(writer.find(`gradient(${name})`), {
        ...emission,
        rule: this.throughSum(layer, name!),
        note: (index) => this.notTheGradient(name!, index),
      });
    }
  }

  /** The samples' derivatives of the loss, and their sum: the only factor that is not averaged. */
  private fromLoss(start: string, emission: Emission): void {
    const { writer } = this;
    writer.emitSamples(writer.gradientOf(start), emission);
    writer.emit(writer.find(`factor(loss, ${start}[mean])`), {
      ...emission,
      rule: ([k]) => ({
        kind: 'overSamples',
        of: chain(derivative(this.loss, writer.naming.ofName(start, [0, k]))),
      }),
    });
  }

  private get loss(): Variable {
    return this.writer.naming.ofName('loss', []);
  }

  private sumOf(layer: number): string {
    return this.writer.trace.nodes.layers[layer].weighted!.sum.name!;
  }

  private mean(name: string, index: readonly number[]): Variable {
    return this.writer.naming.ofName(`${name}[mean]`, index);
  }

  /** ∂E/∂sum = ∂E/∂output · ∂output/∂sum, of means. */
  private throughActivation(layer: number) {
    return (index: readonly number[]): Notation => {
      const output = this.mean(`layers.${layer}.output`, index);
      return chain(derivative(this.loss, output), derivative(output, this.mean(this.sumOf(layer), index)));
    };
  }

  /** ∂E/∂input = Σ over the layer's sums of ∂E/∂sum · ∂sum/∂input, of means. */
  private throughWeights(layer: number) {
    const { trace, shown } = this.writer;
    const units = unitsOf(trace.nodes.layers[layer].output);
    const count = units <= shown.terms + 1 ? units : shown.terms;
    return (index: readonly number[]): Notation => {
      const input = this.mean(`layers.${layer}.input`, index);
      const terms = Array.from({ length: count }, (_, j) => {
        const sum = this.mean(this.sumOf(layer), [j]);
        return chain(derivative(this.loss, sum), derivative(sum, input));
      });
      return total(terms, units - count);
    };
  }

  /** ∂E/∂parameter = ∂E/∂sum · ∂sum/∂parameter, of means, plus penalties. */
  private throughSum(layer: number, parameter: string) {
    const { trace, naming } = this.writer;
    const isPenalized =
      trace.tape.graph.find('loss.penalty') !== undefined &&
      trace.nodes.parameters.find(({ node }) => node.name === parameter)!.penalized;
    return (index: readonly number[]): Notation => {
      const sum = this.mean(this.sumOf(layer), index.slice(-1));
      const of = naming.ofName(parameter, index);
      const whole = chain(derivative(this.loss, sum), derivative(sum, of));
      return isPenalized ? total([whole, chain(derivative(naming.ofName('loss.penalty', []), of))]) : whole;
    };
  }

  private notTheGradient(address: string, index: readonly number[]): string | undefined {
    if (this.writer.trace.batch.rows.length === 1) return undefined;
    const exact = this.exact.get(address);
    if (exact === undefined) return undefined;
    const node = this.writer.trace.tape.graph.get(address);
    const offset = index.reduce((at, i, axis) => at * node.shape[axis] + i, 0);
    return `averaged factors; the gradient of the loss is ${numberText(exact[offset])}`;
  }

  /** ∂sum/∂weight is the mean input, ∂sum/∂input is the weight: the shortcut's remaining factors. */
  private localFactors(layer: number, emission: Emission): void {
    const { naming, shown, trace } = this.writer;
    const { tape } = trace;
    const { graph } = tape;
    const { weight } = trace.nodes.layers[layer].weighted!;
    const sumAddress = this.sumOf(layer);
    const mean = graph.get(`layers.${layer}.input[mean]`);
    const before = `layers.${layer - 1}.output`;
    const write = (scalar: Scalar, unit: number, by: string, index: readonly number[], isMean: boolean) => {
      const sum = this.mean(sumAddress, [unit]);
      this.writer.row(scalar, emission, {
        variable: derivative(sum, isMean ? this.mean(by, index) : naming.ofName(by, index)),
        quantity: `factor(${writeQuantity(`${sumAddress}[mean]`, [unit])}, ${writeQuantity(isMean ? `${by}[mean]` : by, index)})`,
        expression: leaf(naming.of(scalar)!, scalar.value, scalar),
      });
    };
    if (graph.find(`gradient(${weight.name})`) !== undefined) {
      for (const [i, j] of shown.indices(weight)) write(tape.at(mean, [i]), j, weight.name!, [i, j], false);
    }
    if (layer === 0 || graph.find(`gradient(${before}[mean])`) === undefined) return;
    // under sequential updates, the updated weight is read
    const updated = graph.find(`updated(${weight.name})`);
    const used = this.isSequential && updated !== undefined ? updated : weight;
    for (const [i, j] of shown.indices(weight)) write(tape.at(used, [i, j]), j, before, [i], true);
  }
}
