/** Selects the samples, layers and units of a step to show, and describes the omitted ones. */
import { fail } from '../../base/errors.ts';
import { size } from '../../base/shape.ts';
import type { Node } from '../../core/graph.ts';
import { checkedDigits } from '../numbers.ts';
import type { Trace } from '../trace.ts';
import type { LineOptions } from './line.ts';

/** Numbers of samples and of units of a layer to show; the first pair within the limit of lines is used. */
interface Cut {
  readonly samples: number;
  readonly units: number;
}

const cuts: readonly Cut[] = [
  { samples: Number.POSITIVE_INFINITY, units: Number.POSITIVE_INFINITY },
  { samples: 4, units: Number.POSITIVE_INFINITY },
  { samples: 4, units: 8 },
  { samples: 3, units: 6 },
  { samples: 2, units: 4 },
];

/** The count of numbers that a node has for each sample. */
export const unitsOf = ({ shape }: Node): number => size(shape.slice(1));

export class Shown {
  /** The positions in the batch of the shown samples. */
  readonly places: readonly number[];
  /** The number of units of each layer to show. */
  readonly units: number;
  /** The maximum number of written terms of a sum. */
  readonly terms: number;
  /** Significant digits of numbers; undefined: the default. */
  readonly digits?: number;
  private readonly trace: Trace;
  private readonly options: LineOptions;

  /** Throws an InputError if the sample is not in the step's batch, or if the layer does not exist. */
  constructor(trace: Trace, options: LineOptions) {
    this.trace = trace;
    this.options = options;
    this.terms = options.terms ?? 8;
    this.digits = checkedDigits(options.digits);
    checkLayer(trace, options.layer);
    const all = chosenPlaces(trace, options.sample);
    const maxLines = options.lines ?? 600;
    const cut = cuts.find((each) => this.estimate(all.length, each) <= maxLines) ?? cuts[cuts.length - 1];
    this.places = all.slice(0, cut.samples);
    this.units = cut.units;
  }

  hasLayer(layer: number): boolean {
    return this.options.layer === undefined || this.options.layer === layer;
  }

  /** Every index to show of a node without samples, or of one sample. */
  indices(node: Node, place?: number): number[][] {
    const axes = node.shape.map((length, axis) =>
      axis === 0 && place !== undefined ? [place] : Array.from({ length: Math.min(length, this.units) }, (_, i) => i),
    );
    return axes.reduce<number[][]>((all, axis) => all.flatMap((head) => axis.map((i) => [...head, i])), [[]]);
  }

  /** The approximate number of lines after a cut. */
  private estimate(samples: number, cut: Cut): number {
    const { layers, parameters } = this.trace.nodes;
    let count = 0;
    layers.forEach(({ output }, l) => {
      if (this.hasLayer(l)) count += 5 * Math.min(samples, cut.samples) * Math.min(unitsOf(output), cut.units);
    });
    for (const { node } of parameters) {
      if (!this.hasLayer(Number(node.name!.split('.')[1]))) continue;
      count += 2 * node.shape.reduce((product, length) => product * Math.min(length, cut.units), 1);
    }
    return count;
  }

  /** Sentences about the omitted parts; empty if everything is shown. */
  leftOut(): string[] {
    const { batch, nodes } = this.trace;
    const { sample, layer } = this.options;
    const out: string[] = [];
    if (sample === undefined && this.places.length < batch.rows.length) {
      const shown = this.places.map((place) => batch.rows[place]).join(', ');
      out.push(
        `Samples: ${this.places.length} of the ${batch.rows.length} in this batch are shown (rows ${shown}, from 0); choose one with --sample.`,
      );
    }
    const widths = nodes.layers.flatMap(({ input, output }, l) =>
      this.hasLayer(l) ? [unitsOf(input), unitsOf(output)] : [],
    );
    const widest = Math.max(...widths);
    if (widest > this.units) {
      out.push(
        `Units: the first ${this.units} of each layer are shown (the widest has ${widest})${layer === undefined ? '; choose a layer with --layer' : ''}.`,
      );
    }
    if (Math.max(widest, batch.rows.length) > this.terms + 1) {
      out.push(
        `Sums of more than ${this.terms + 1} terms show their first ${this.terms}; their values include all terms.`,
      );
    }
    if (layer !== undefined) out.push(`Layers: only layers.${layer}, as requested.`);
    if (sample !== undefined) {
      out.push(`Samples: only row ${sample}, as requested; sums over samples include the whole batch.`);
    }
    return out;
  }
}

function checkLayer({ nodes }: Trace, layer: number | undefined): void {
  if (layer === undefined || (Number.isInteger(layer) && layer >= 0 && layer < nodes.layers.length)) return;
  fail({
    what: `there is no layer ${layer}`,
    where: ['layer'],
    fix: `Give a number from 0 to ${nodes.layers.length - 1}.`,
  });
}

/** Positions in the batch: all, or that of the requested row of the file. */
function chosenPlaces({ batch, step, problem }: Trace, sample: number | undefined): number[] {
  if (sample === undefined) return Array.from(batch.rows.keys());
  const count = problem.inputs.shape[0];
  if (!Number.isInteger(sample) || sample < 0 || sample >= count) {
    fail({
      what: `there is no sample ${sample}`,
      where: ['sample'],
      fix: `Give a row of the data, from 0 to ${count - 1}.`,
    });
  }
  const place = batch.rows.indexOf(sample);
  if (place === -1) {
    const some = [...batch.rows.slice(0, 10)].join(', ');
    fail({
      what: `sample ${sample} is not in the batch of step ${step}`,
      where: ['sample'],
      fix: `That batch has the rows ${some}${batch.rows.length > 10 ? ', …' : ''}: give one of them, or another step.`,
    });
  }
  return [place];
}
