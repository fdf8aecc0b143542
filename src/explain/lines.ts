/**
 * The lines of a step, in the textbook's order: forward pass, loss, backward pass from the output layer to the first,
 * updates, the loss after. Each line is read from the step's graph: the number's name, how it was computed in names, in
 * numbers, and its value. No activation, loss or optimizer is known here by name.
 */
import { fail } from '../base/errors.ts';
import { size } from '../base/shape.ts';
import { argument } from '../core/formula.ts';
import type { Node } from '../core/graph.ts';
import { stepAddresses } from '../net/step.ts';
import { type Expression, expressionOf, fromFormula, leaf, leavesOf } from './expression.ts';
import { GraphNaming } from './naming.ts';
import { chain, type Notation, notationOf, total } from './notation.ts';
import { numberText, rounded } from './numbers.ts';
import { writeQuantity } from './quantity.ts';
import type { Scalar, Tape } from './tape.ts';
import { expressionText, mixesSamples, notationText } from './text.ts';
import { exactGradients, type Trace } from './trace.ts';
import { type Variable, variableText } from './variable.ts';

export type Phase = 'forward' | 'loss' | 'backward' | 'update';

/** One number of a step, as `explain --format json` prints it. */
export interface Line {
  readonly phase: Phase;
  /** The address: `layers.0.sum[0][0]`. */
  readonly quantity: string;
  /** For display: `h1`. */
  readonly name: string;
  /** The chain rule in symbols, where the number is a derivative that it gives: `∂E/∂y·∂y/∂s`. */
  readonly rule?: string;
  /** How it is computed, in names; empty where it is given. */
  readonly formula: string;
  /** The same in numbers. */
  readonly numbers: string;
  /** To 15 significant digits, the most that a float64 keeps of any decimal number; null where it is not finite. */
  readonly value: number;
  /** How many updates were made before it was computed. */
  readonly after: number;
  /** From 0. */
  readonly layer?: number;
  /** The file's row, from 0, where the number belongs to one sample. */
  readonly sample?: number;
  readonly note?: string;
}

/** A line with what it was made from, for the renderers. */
export interface Row {
  readonly line: Line;
  readonly heading: string;
  readonly variable: Variable;
  readonly rule?: Notation;
  /** Undefined where the number is given. */
  readonly formula?: Notation;
  readonly expression?: Expression;
  /** Samples' marks are written, since samples mix. */
  readonly marked: boolean;
  /** Exactly as computed. */
  readonly value: number;
}

export interface LineOptions {
  /** One sample alone: the file's row, from 0. */
  readonly sample?: number;
  /** One layer alone, from 0. */
  readonly layer?: number;
  /** Terms of a sum that are written out; default 8. */
  readonly terms?: number;
  /** About how many lines there may be before samples and units are left out; default 600. */
  readonly lines?: number;
}

export interface Lines {
  readonly rows: readonly Row[];
  /** What was left out, in words; empty where all is there. */
  readonly leftOut: readonly string[];
  /** The places in the batch of the samples that are shown. */
  readonly places: readonly number[];
  readonly units: number;
}

/** How many samples, and units of a layer, are shown; the first that keeps within the number of lines is taken. */
const cuts = [
  { samples: Number.POSITIVE_INFINITY, units: Number.POSITIVE_INFINITY },
  { samples: 4, units: Number.POSITIVE_INFINITY },
  { samples: 4, units: 8 },
  { samples: 3, units: 6 },
  { samples: 2, units: 4 },
];

/** Throws an InputError where the sample is not in the step's batch, or there is no such layer. */
export function linesOf(trace: Trace, options: LineOptions = {}): Lines {
  return new Builder(trace, options).build();
}

interface Emission {
  readonly phase: Phase;
  readonly heading: string;
  readonly layer?: number;
  readonly tape?: Tape;
  /** The chain rule in symbols, for an index. */
  readonly rule?: (index: readonly number[]) => Notation | undefined;
  /** For an index; or for the first line alone. */
  readonly note?: string | ((index: readonly number[]) => string | undefined);
}

class Builder {
  private readonly trace: Trace;
  private readonly options: LineOptions;
  private readonly naming: GraphNaming;
  private readonly nextNaming: GraphNaming;
  private readonly terms: number;
  private readonly places: readonly number[];
  private readonly units: number;
  private readonly rows: Row[] = [];
  private readonly written = new Set<string>();
  private readonly noted = new Set<string>();
  private readonly exact?: ReadonlyMap<string, Float64Array>;

  constructor(trace: Trace, options: LineOptions) {
    const { problem, batch, tape, next } = trace;
    this.trace = trace;
    this.options = options;
    this.terms = options.terms ?? 8;
    const naming = { symbols: problem.symbols, rows: batch.rows };
    this.naming = new GraphNaming(tape.graph, naming);
    this.nextNaming = new GraphNaming(next.graph, naming, true);
    checkLayer(trace, options.layer);
    const all = chosenPlaces(trace, options.sample);
    const most = options.lines ?? 600;
    const cut = cuts.find((each) => this.estimate(all.length, each) <= most) ?? cuts[cuts.length - 1];
    this.places = all.slice(0, cut.samples);
    this.units = cut.units;
    if (problem.recipe.gradient === 'averagedFactors') this.exact = exactGradients(trace);
  }

  /** About how many lines a cut leaves. */
  private estimate(samples: number, cut: { samples: number; units: number }): number {
    const { layers, parameters } = this.trace.nodes;
    let count = 0;
    layers.forEach(({ output }, l) => {
      if (this.shows(l)) count += 5 * Math.min(samples, cut.samples) * Math.min(output.shape[1], cut.units);
    });
    for (const { node } of parameters) {
      if (!this.shows(Number(node.name!.split('.')[1]))) continue;
      count += 2 * node.shape.reduce((product, length) => product * Math.min(length, cut.units), 1);
    }
    return count;
  }

  private shows(layer: number): boolean {
    return this.options.layer === undefined || this.options.layer === layer;
  }

  build(): Lines {
    this.forward();
    this.loss(this.trace.tape, 'Loss');
    if (this.trace.problem.recipe.gradient === 'averagedFactors') this.averaged();
    else this.backward();
    this.updates();
    this.loss(this.trace.next, 'Loss after the update');
    return { rows: this.rows, leftOut: this.leftOut(), places: this.places, units: this.units };
  }

  private leftOut(): string[] {
    const { batch, nodes } = this.trace;
    const out: string[] = [];
    if (this.options.sample === undefined && this.places.length < batch.rows.length) {
      const shown = this.places.map((place) => batch.rows[place]).join(', ');
      out.push(
        `Samples: ${this.places.length} of the ${batch.rows.length} in this batch are shown (rows ${shown}, from 0); choose one with --sample.`,
      );
    }
    const widths = nodes.layers.flatMap(({ input, output }, l) =>
      this.shows(l) ? [input.shape[1], output.shape[1]] : [],
    );
    const widest = Math.max(...widths);
    if (widest > this.units) {
      out.push(
        `Units: the first ${this.units} of each layer are shown (the widest has ${widest})${this.options.layer === undefined ? '; choose a layer with --layer' : ''}.`,
      );
    }
    if (Math.max(widest, batch.rows.length) > this.terms + 1) {
      out.push(
        `Sums of more than ${this.terms + 1} terms show their first ${this.terms}; their values count all of them.`,
      );
    }
    if (this.options.layer !== undefined) out.push(`Layers: layers.${this.options.layer} alone, as chosen.`);
    if (this.options.sample !== undefined) {
      out.push(`Samples: row ${this.options.sample} alone, as chosen; sums over samples are of the whole batch.`);
    }
    return out;
  }

  // ---- one number

  private row(
    scalar: Scalar,
    { phase, heading, layer, tape = this.trace.tape, rule, note }: Emission,
    own?: { readonly variable: Variable; readonly quantity: string; readonly expression: Expression },
  ): void {
    const naming = tape === this.trace.next ? this.nextNaming : this.naming;
    const isGiven = scalar.definition.kind === 'given';
    const expression = own?.expression ?? (isGiven ? undefined : expressionOf(scalar, tape, naming.of, this.terms));
    if (expression !== undefined) this.helpers(expression, naming, { phase, heading, layer, tape });
    const variable = own?.variable ?? naming.of(scalar)!;
    const formula = expression === undefined ? undefined : notationOf(expression);
    const marked = expression !== undefined && mixesSamples(expression);
    const chained = rule?.(scalar.index);
    const perSample = naming.perSample(scalar.node);
    const text = typeof note === 'function' ? note(scalar.index) : this.once(note, heading);
    this.rows.push({
      heading,
      variable,
      rule: chained,
      formula,
      expression,
      marked,
      value: scalar.value,
      line: {
        phase,
        quantity: own?.quantity ?? this.quantity(scalar, naming, variable),
        name: variableText(variable, false),
        ...(chained !== undefined && { rule: notationText(chained, { as: 'names', marked: false }) }),
        formula: formula === undefined ? '' : notationText(formula, { as: 'names', marked }),
        numbers: formula === undefined ? '' : notationText(formula, { as: 'numbers' }),
        value: rounded(scalar.value),
        after: phase === 'update' ? this.trace.step : scalar.after,
        ...(layer !== undefined && { layer }),
        ...(perSample && { sample: this.trace.batch.rows[scalar.index[0]] }),
        ...(text !== undefined && { note: text }),
      },
    });
  }

  /** A note that holds for all lines under a heading is written on the first of them. */
  private once(note: string | undefined, heading: string): string | undefined {
    if (note === undefined || this.noted.has(`${heading} ${note}`)) return undefined;
    this.noted.add(`${heading} ${note}`);
    return note;
  }

  /** The largest of a row, sums of exponentials and the like come before the line that reads them. */
  private helpers(expression: Expression, naming: GraphNaming, emission: Emission): void {
    for (const { scalar } of leavesOf(expression)) {
      if (scalar === undefined || !naming.isHelper(scalar.node)) continue;
      // nodes that compute the same have one name, and one line
      const key = `${naming.representative(scalar.node).id} ${scalar.index} ${scalar.after}`;
      if (this.written.has(key)) continue;
      this.written.add(key);
      this.row(scalar, emission);
    }
  }

  /** The address of a number, its sample counted in the file's rows. */
  private quantity({ node, index }: Scalar, naming: GraphNaming, variable: Variable): string {
    const name = naming.isHelper(node) ? variableText(variable, false) : (naming.stateOf(node) ?? node.name!);
    return writeQuantity(name, naming.perSample(node) ? [this.trace.batch.rows[index[0]], ...index.slice(1)] : index);
  }

  // ---- nodes

  /** Every index that is shown of a node without samples, or of one sample. */
  private indices(node: Node, place?: number): number[][] {
    const axes = node.shape.map((length, axis) =>
      axis === 0 && place !== undefined ? [place] : Array.from({ length: Math.min(length, this.units) }, (_, i) => i),
    );
    return axes.reduce<number[][]>((all, axis) => all.flatMap((head) => axis.map((i) => [...head, i])), [[]]);
  }

  private emit(node: Node | undefined, emission: Emission, place?: number): void {
    if (node === undefined) return;
    const tape = emission.tape ?? this.trace.tape;
    const shown = this.indices(node, place);
    const all = place === undefined ? size(node.shape) : size(node.shape) / node.shape[0];
    shown.forEach((index, i) => {
      const missing = i === shown.length - 1 ? all - shown.length : 0;
      const left = missing > 0 ? `${missing} more of ${node.name} are left out` : undefined;
      const { note } = emission;
      this.row(tape.at(node, index), {
        ...emission,
        note: (at) =>
          [typeof note === 'function' ? note(at) : this.once(note, emission.heading), left]
            .filter(Boolean)
            .join('; ') || undefined,
      });
    });
  }

  private emitSamples(node: Node | undefined, emission: Emission): void {
    for (const place of this.places) this.emit(node, emission, place);
  }

  private find(name: string): Node | undefined {
    return this.trace.tape.graph.find(name);
  }

  /** The gradient in a node, under whichever of its names it has one. */
  private gradientOf(...names: readonly string[]): Node | undefined {
    return names.map((name) => this.find(`gradient(${name})`)).find((node) => node !== undefined);
  }

  // ---- forward and loss

  private sampleTitle(place: number): string {
    const row = this.trace.batch.rows[place];
    return `sample ${row + 1}`;
  }

  private forward(): void {
    const { nodes, tape } = this.trace;
    for (const place of this.places) {
      nodes.layers.forEach(({ output, weighted }, layer) => {
        if (!this.shows(layer)) return;
        const emission: Emission = { phase: 'forward', heading: `Forward pass, ${this.sampleTitle(place)}`, layer };
        this.emit(weighted?.sum, emission, place);
        const draw = tape.graph.find(`layers.${layer}.draw`);
        // of the batch, or of each row
        const isFirst = place === this.places[0];
        for (const name of isFirst ? ['mean', 'variance'] : [])
          this.emit(this.find(`layers.${layer}.${name}`), emission);
        for (const name of ['rowMean', 'rowVariance']) this.emit(this.find(`layers.${layer}.${name}`), emission, place);
        const isSame = output === this.trace.nodes.layers[layer].input;
        if (weighted === undefined && draw === undefined && isSame) return;
        this.emit(draw, { ...emission, note: 'drawn at random, evenly from 0 to 1' }, place);
        if (output !== weighted?.sum) this.emit(output, emission, place);
      });
    }
  }

  private loss(tape: Tape, heading: string): void {
    const { graph } = tape;
    const last = this.trace.nodes.layers.length - 1;
    const draws = this.trace.nodes.layers.some((_, layer) => this.find(`layers.${layer}.draw`) !== undefined);
    const dropped =
      draws && tape === this.trace.next ? 'without dropout, so not to be compared with the loss before' : undefined;
    if (tape === this.trace.tape) {
      const of = 'the weights of the samples, in whose proportion they count';
      for (const place of this.places)
        this.emit(this.find(stepAddresses.weight), { phase: 'loss', heading, note: of }, place);
      this.emit(this.find(stepAddresses.weightSum), { phase: 'loss', heading });
    }
    if (this.shows(last)) {
      for (const place of this.places) {
        this.emit(graph.get('loss.terms'), { phase: 'loss', heading, tape, note: this.stableForm() }, place);
      }
    }
    for (const name of ['loss.data', 'loss.penalty', 'loss']) {
      this.emit(graph.find(name), { phase: 'loss', heading, tape, note: name === 'loss' ? dropped : undefined });
    }
  }

  /** What a joint loss is by its definition, where it is computed from the sums. */
  private stableForm(): string | undefined {
    const { loss } = this.trace.problem.recipe;
    if (!loss.joint) return undefined;
    const of = (base: string) => leaf(this.variableBase(base), Number.NaN);
    const last = this.trace.nodes.layers.findLastIndex(({ weighted }) => weighted !== undefined);
    const definition = fromFormula(loss.definition(argument(0), argument(1)), (i) =>
      of(i === 0 ? `layers.${last}.output` : 'target'),
    );
    return `${loss.name} is ${expressionText(definition)}, here in a form that does not overflow`;
  }

  /** The letter of an address, without indices. */
  private variableBase(name: string): Variable {
    const variable = this.naming.ofName(name, [0, 0]);
    return variable.kind === 'letter' ? { ...variable, indices: [] } : variable;
  }

  // ---- backward

  private layerTitle(layer: number): string {
    const { nodes, problem } = this.trace;
    const last = nodes.layers.findLastIndex(({ weighted }) => weighted !== undefined);
    const { weighted } = nodes.layers[layer];
    const kind =
      weighted === undefined ? problem.network.layers[layer].kind : layer === last ? 'output layer' : 'hidden layer';
    return `layer ${layer + 1}, ${kind}`;
  }

  private variable(name: string, index: readonly number[], mean = false): Variable {
    return this.naming.ofName(mean ? `${name}[mean]` : name, index);
  }

  private derivative(of: Variable, by: Variable): Variable {
    return { kind: 'derivative', of, by };
  }

  private get lossVariable(): Variable {
    return this.naming.ofName('loss', []);
  }

  /** ∂E/∂sum = ∂E/∂output · ∂output/∂sum; over all outputs where the activation mixes them. */
  private throughActivation(layer: number, mean = false) {
    const { output, weighted } = this.trace.nodes.layers[layer];
    const mixes = weighted?.activation.map === undefined;
    const width = output.shape[1];
    const head = (index: readonly number[]) => (mean ? [] : [index[0]]);
    const unit = (index: readonly number[]) => (mean ? index[0] : index[1]);
    return (index: readonly number[]): Notation => {
      const sum = this.variable(`layers.${layer}.sum`, index, mean);
      const through = (k: number) => {
        const out = this.variable(`layers.${layer}.output`, [...head(index), k], mean);
        return chain(this.derivative(this.lossVariable, out), this.derivative(out, sum));
      };
      return mixes ? this.totalOf(width, through) : through(unit(index));
    };
  }

  /** ∂E/∂input = Σ over the layer's sums of ∂E/∂sum · ∂sum/∂input. */
  private throughWeights(layer: number, mean = false) {
    const units = this.trace.nodes.layers[layer].output.shape[1];
    const head = (index: readonly number[]) => (mean ? [] : [index[0]]);
    return (index: readonly number[]): Notation => {
      const input = this.variable(`layers.${layer}.input`, index, mean);
      return this.totalOf(units, (j) => {
        const sum = this.variable(`layers.${layer}.sum`, [...head(index), j], mean);
        return chain(this.derivative(this.lossVariable, sum), this.derivative(sum, input));
      });
    };
  }

  /** ∂E/∂parameter = ∂E/∂sum · ∂sum/∂parameter, summed over samples but under averaged factors; penalties besides. */
  private throughSum(layer: number, name: string, mean = false) {
    const parameter = `layers.${layer}.${name}`;
    const through = this.trace.nodes.layers[layer].weighted === undefined ? 'output' : 'sum';
    const penalty = this.find('loss.penalty');
    const { penalized } = this.trace.nodes.parameters.find(({ node }) => node.name === parameter)!;
    const samples = this.trace.batch.rows.length;
    return (index: readonly number[]): Notation => {
      const unit = index[index.length - 1];
      const sum = this.variable(`layers.${layer}.${through}`, mean ? [unit] : [0, unit], mean);
      const of = this.variable(parameter, index);
      const product = chain(this.derivative(this.lossVariable, sum), this.derivative(sum, of));
      const whole: Notation = mean || samples === 1 ? product : { kind: 'overSamples', of: product };
      if (penalty === undefined || !penalized) return whole;
      return total([whole, chain(this.derivative(this.naming.ofName('loss.penalty', []), of))]);
    };
  }

  private totalOf(count: number, term: (k: number) => Notation): Notation {
    const shown = count <= this.terms + 1 ? count : this.terms;
    return total(
      Array.from({ length: shown }, (_, k) => term(k)),
      count - shown,
    );
  }

  private backward(): void {
    const { nodes, problem } = this.trace;
    const { layers } = nodes;
    const sequential = problem.recipe.update === 'sequential';
    const last = layers.findLastIndex(({ weighted }) => weighted !== undefined);
    for (let l = layers.length - 1; l >= 0; l--) {
      const { weighted, output } = layers[l];
      const place = `layers.${l}`;
      const shows = this.shows(l);
      const emission: Emission = { phase: 'backward', heading: `Backward pass: ${this.layerTitle(l)}`, layer: l };
      const gOutput = this.gradientOf(`${place}.output`, `layers.${l + 1}.input`);
      const gSum = weighted === undefined ? undefined : this.gradientOf(`${place}.sum`);
      const isJoint = problem.recipe.loss.joint && l === last;
      if (shows) {
        const following = layers[l + 1];
        const fromNext =
          following === undefined
            ? undefined
            : following.weighted !== undefined
              ? this.throughWeights(l + 1)
              : this.throughOther(l + 1);
        const used =
          sequential && following?.weighted !== undefined ? 'with the weights after their update' : undefined;
        const isLinear = weighted?.sum === output;
        if (gOutput !== gSum) this.emitSamples(gOutput, { ...emission, rule: fromNext, note: used });
        if (gSum !== undefined) {
          if (!isLinear && !isJoint) this.emitSamples(this.find(`factor(${place}.output, ${place}.sum)`), emission);
          const joint = `${problem.recipe.loss.name} and ${weighted!.activation.name} are differentiated together, as one factor`;
          this.emitSamples(gSum, {
            ...emission,
            rule: isJoint ? undefined : isLinear ? fromNext : this.throughActivation(l),
            note: isJoint ? joint : isLinear ? used : undefined,
          });
        }
        this.parameters(l, emission, (name) => this.throughSum(l, name));
      }
      if (sequential && shows) this.updateLayer(l);
    }
  }

  /** Through a layer without weights: output by output. */
  private throughOther(layer: number) {
    return (index: readonly number[]): Notation => {
      const output = this.variable(`layers.${layer}.output`, index);
      const input = this.variable(`layers.${layer}.input`, index);
      return chain(this.derivative(this.lossVariable, output), this.derivative(output, input));
    };
  }

  private parameters(
    layer: number,
    emission: Emission,
    rule: (name: string) => (index: readonly number[]) => Notation,
    note?: (address: string) => Emission['note'],
  ): void {
    for (const name of this.parameterNames(layer)) {
      const address = `layers.${layer}.${name}`;
      const g = this.find(`gradient(${address})`);
      const chained = name === 'weight' || name === 'bias' ? rule(name) : undefined;
      if (g !== undefined) this.emit(g, { ...emission, rule: chained, note: note?.(address) });
    }
  }

  /** Of a layer, without those of layers inside it. */
  private parameterNames(layer: number): readonly string[] {
    return this.trace.problem.network.layers[layer].parameterNames.filter((name) => !name.includes('.'));
  }

  /** The textbook shortcut: every factor is averaged over the batch, and the averages are multiplied. */
  private averaged(): void {
    const { nodes, problem } = this.trace;
    const { layers } = nodes;
    const sequential = problem.recipe.update === 'sequential';
    for (let l = layers.length - 1; l >= 0; l--) {
      const { weighted, output } = layers[l];
      const place = `layers.${l}`;
      const emission: Emission = { phase: 'backward', heading: `Backward pass: ${this.layerTitle(l)}`, layer: l };
      const isLast = l === layers.length - 1;
      const start = isLast ? (problem.recipe.loss.joint || weighted!.sum === output ? 'sum' : 'output') : undefined;
      if (this.shows(l)) {
        if (start !== undefined) {
          this.emitSamples(this.gradientOf(`${place}.${start}`), emission);
          const overall = this.find(`factor(loss, ${place}.${start}[mean])`);
          this.emit(overall, {
            ...emission,
            rule: ([k]) => ({
              kind: 'overSamples',
              of: chain(this.derivative(this.lossVariable, this.variable(`${place}.${start}`, [0, k]))),
            }),
          });
        }
        const gOutput = this.find(`gradient(${place}.output[mean])`);
        this.emit(gOutput, {
          ...emission,
          rule: isLast ? undefined : this.throughWeights(l + 1, true),
          note: sequential && !isLast ? 'with the weights after their update' : undefined,
        });
        if (weighted!.sum !== output && start !== 'sum') {
          this.emitSamples(this.find(`factor(${place}.output, ${place}.sum)`), emission);
          this.emit(this.find(`factor(${place}.output[mean], ${place}.sum[mean])`), emission);
        }
        const gSum = this.find(`gradient(${place}.sum[mean])`);
        // where no factor lies between, the sum's gradient is the output's (or the loss's), which is there already
        const seen = [gOutput, start === undefined ? undefined : this.find(`factor(loss, ${place}.${start}[mean])`)];
        if (gSum !== undefined && !seen.includes(gSum))
          this.emit(gSum, { ...emission, rule: this.throughActivation(l, true) });
        const mean = this.trace.tape.graph.get(`${place}.input[mean]`);
        this.emit(mean, emission);
        this.localFactors(l, emission);
        this.parameters(
          l,
          emission,
          (name) => this.throughSum(l, name, true),
          (address) => (index) => this.notTheGradient(address, index),
        );
      }
      if (sequential && this.shows(l)) this.updateLayer(l);
    }
  }

  private notTheGradient(address: string, index: readonly number[]): string | undefined {
    if (this.trace.batch.rows.length === 1) return undefined;
    const exact = this.exact?.get(address);
    if (exact === undefined) return undefined;
    const node = this.trace.tape.graph.get(address);
    const offset = index.reduce((at, i, axis) => at * node.shape[axis] + i, 0);
    return `averaged factors; the gradient of the loss is ${numberText(exact[offset])}`;
  }

  /** ∂sum/∂weight is the mean input, ∂sum/∂input is the weight: the shortcut's remaining factors. */
  private localFactors(layer: number, emission: Emission): void {
    const { tape } = this.trace;
    const { graph } = tape;
    const place = `layers.${layer}`;
    const weight = graph.get(`${place}.weight`);
    const mean = graph.get(`${place}.input[mean]`);
    const before = `layers.${layer - 1}.output`;
    const write = (scalar: Scalar, unit: number, by: string, index: readonly number[], isMean: boolean) => {
      const sum = this.variable(`${place}.sum`, [unit], true);
      this.row(scalar, emission, {
        variable: this.derivative(sum, this.variable(by, index, isMean)),
        quantity: `factor(${writeQuantity(`${place}.sum[mean]`, [unit])}, ${writeQuantity(isMean ? `${by}[mean]` : by, index)})`,
        expression: leaf(this.naming.of(scalar)!, scalar.value, scalar),
      });
    };
    if (graph.find(`gradient(${place}.weight)`) !== undefined) {
      for (const [i, j] of this.indices(weight)) write(tape.at(mean, [i]), j, `${place}.weight`, [i, j], false);
    }
    if (layer === 0 || graph.find(`gradient(${before}[mean])`) === undefined) return;
    // under sequential updates the weight that is read is the updated one
    const updated = graph.find(`updated(${place}.weight)`);
    const used = this.trace.problem.recipe.update === 'sequential' && updated !== undefined ? updated : weight;
    for (const [i, j] of this.indices(weight)) write(tape.at(used, [i, j]), j, before, [i], true);
  }

  // ---- updates

  private updates(): void {
    const rate = this.find('learningRate');
    if (rate !== undefined && rate.op.kind !== 'source') this.emit(rate, { phase: 'update', heading: 'Learning rate' });
    if (this.trace.problem.recipe.update === 'sequential') return;
    if (this.trace.problem.recipe.clipNorm !== undefined) {
      this.emit(this.find('gradientNorm'), { phase: 'update', heading: 'Clipping' });
    }
    for (let l = this.trace.nodes.layers.length - 1; l >= 0; l--) if (this.shows(l)) this.updateLayer(l);
  }

  private updateLayer(layer: number): void {
    const { tape } = this.trace;
    const { graph } = tape;
    const emission: Emission = { phase: 'update', heading: `Update: ${this.layerTitle(layer)}`, layer };
    for (const name of this.parameterNames(layer)) {
      const address = `layers.${layer}.${name}`;
      const updated = graph.find(`updated(${address})`);
      if (updated === undefined) continue;
      const states = graph.updates
        .filter(({ target }) => target.name!.startsWith(`optimizer.${address}.`))
        .map(({ value }) => value);
      for (const state of states) if (state.shape.length === 0) this.emit(state, emission);
      const clipped = graph.find(`clipped(${address})`);
      // in the order of computation: a running average comes after what it averages
      const each = [clipped, ...states, updated]
        .filter((node) => node !== undefined && node.shape.length > 0)
        .sort((a, b) => a!.id - b!.id);
      const shown = this.indices(updated);
      const missing = size(updated.shape) - shown.length;
      shown.forEach((index, i) => {
        for (const node of each) {
          const left = missing > 0 && i === shown.length - 1 && node === updated;
          this.row(tape.at(node!, index), {
            ...emission,
            note: left ? `${missing} more of ${address} are left out` : undefined,
          });
        }
      });
    }
  }
}

function checkLayer({ nodes }: Trace, layer: number | undefined): void {
  if (layer === undefined || (Number.isInteger(layer) && layer >= 0 && layer < nodes.layers.length)) return;
  fail({
    what: `there is no layer ${layer}`,
    where: 'layer',
    fix: `Give a number from 0 to ${nodes.layers.length - 1}.`,
  });
}

/** Places in the batch: all, or that of the file's row asked for. */
function chosenPlaces({ batch, step, problem }: Trace, sample: number | undefined): number[] {
  if (sample === undefined) return Array.from(batch.rows.keys());
  const count = problem.inputs.shape[0];
  if (!Number.isInteger(sample) || sample < 0 || sample >= count) {
    fail({
      what: `there is no sample ${sample}`,
      where: 'sample',
      fix: `Give a row of the data, from 0 to ${count - 1}.`,
    });
  }
  const place = batch.rows.indexOf(sample);
  if (place === -1) {
    const some = [...batch.rows.slice(0, 10)].join(', ');
    fail({
      what: `sample ${sample} is not in the batch of step ${step}`,
      where: 'sample',
      fix: `That batch has the rows ${some}${batch.rows.length > 10 ? ', …' : ''}: give one of them, or another step.`,
    });
  }
  return [place];
}
