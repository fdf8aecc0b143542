/** Addresses and names of the numbers of walks: `probability[0][2]` is P(c | b, a), `weight(0, 1)` is w(a, b). */

import { fail } from '../../base/errors.ts';
import { clip, printableLine } from '../../base/printable.ts';
import type { Quantity } from '../../explain/quantity.ts';
import type { Scalar } from '../../explain/tape.ts';
import { letter, longestSymbol, symbolTex, type Variable } from '../../explain/variable.ts';
import type { NodeId } from '../graph.ts';
import type { WalkModel } from './walk-graph.ts';

const forms =
  'Write probability[w][i] of the step to position i (from 1) of walk w (from 0), likelihood[w], logLikelihood[w], or likelihood or logLikelihood of all walks.';

export class WalkNames {
  private readonly model: WalkModel;

  constructor(model: WalkModel) {
    this.model = model;
  }

  /** Throws an InputError for a text that is not an address. */
  parse(text: string, where = 'quantity'): Quantity {
    const match = /^(probability|likelihood|logLikelihood)((?:\[\d+\])*)$/.exec(text.trim());
    if (match === null) return fail({ what: `"${text}" is not an address of walks`, where, fix: forms });
    const index = [...match[2].matchAll(/\d+/g)].map(([digits]) => Number(digits));
    return { kind: 'place', place: { name: match[1], index } };
  }

  /** The name of the node of a quantity. Throws an InputError for a walk or a position that is not there. */
  locate(quantity: Quantity, where = 'quantity'): string {
    const { name, index } = (quantity as Quantity & { kind: 'place' }).place;
    const [w, position] = index as readonly number[];
    const { walks } = this.model;
    const isThere =
      name === 'probability'
        ? index.length === 2 && w < walks.length && position >= 1 && position < walks[w].length
        : index.length === 0 || (index.length === 1 && w < walks.length);
    const text = `${name}${index.map((i) => `[${i}]`).join('')}`;
    return isThere ? text : fail({ what: `${text} is not in these ${walks.length} walks`, where, fix: forms });
  }

  idText(node: number): string {
    return String(this.model.graph.ids[node] satisfies NodeId);
  }

  /** A word made of nodes' names, which are a user's text: shown on one line, and no command of TeX. */
  private word(
    before: string,
    nodes: readonly number[],
    separators: readonly { text: string; tex: string }[],
  ): Variable {
    const join = (write: (node: number) => string, key: 'text' | 'tex') =>
      nodes.map((node, i) => (i === 0 ? write(node) : `${separators[i - 1][key]}${write(node)}`)).join('');
    const text = join((node) => clip(printableLine(this.idText(node)), longestSymbol), 'text');
    return {
      kind: 'word',
      text: `${before}(${text})`,
      tex: `${before}(${join((node) => symbolTex(this.idText(node)), 'tex')})`,
    };
  }

  /** How often the walks visit a node: n(a). */
  visits(node: number): Variable {
    return this.word('n', [node], []);
  }

  /** The probability of a node in the noise distribution: P_n(a). */
  noise(node: number): Variable {
    return this.word('P_n', [node], []);
  }

  /** What a reader calls a node of the graph; undefined where it has no name. */
  variable(name: string | undefined): Variable | undefined {
    if (name === undefined) return undefined;
    const comma = { text: ', ', tex: ', ' };
    const given = { text: ' | ', tex: ' \\mid ' };
    const weight = /^weight\((\d+), (\d+)\)$/.exec(name);
    if (weight !== null) return this.word('w', [Number(weight[1]), Number(weight[2])], [comma]);
    const step = /^(probability|total)\[(\d+)\]\[(\d+)\]$/.exec(name);
    if (step !== null) {
      const walk = this.model.walks[Number(step[2])];
      const position = Number(step[3]);
      const [previous, from, to] = [walk[position - 2], walk[position - 1], walk[position]];
      const before = previous === undefined ? [] : [previous];
      return step[1] === 'probability'
        ? this.word('P', [to, from, ...before], [given, comma])
        : this.word('Z', [from, ...before], [comma]);
    }
    const whole = /^(likelihood|logLikelihood)(?:\[(\d+)\])?$/.exec(name);
    if (whole !== null) {
      const base = whole[1] === 'likelihood' ? 'L' : 'ln L';
      const index = whole[2] === undefined || this.model.walks.length === 1 ? [] : [Number(whole[2]) + 1];
      return letter(base, { indices: index });
    }
    return letter(name);
  }

  readonly of = (scalar: Scalar): Variable | undefined => this.variable(scalar.node.name);
}
