/**
 * The chain rule in symbols, read from the graph: ∂E/∂q is the sum of ∂E/∂c·∂c/∂q over the declared quantities c that
 * read q. Which element of a tensor reads which element of another follows from the letters of the operations between
 * them.
 */
import type { Node } from '../../core/graph.ts';
import { chain, type Notation, total } from '../notation.ts';
import { operands, type Scalar } from '../tape.ts';
import type { Variable } from '../variable.ts';
import type { LineWriter } from './writer.ts';

/**
 * For each axis of a node, the axis of its reader whose index it shares; undefined if it is summed over or looked up.
 */
type Ties = readonly (number | undefined)[];

/** A declared tensor that reads another, possibly through unnamed numbers. */
interface Reader {
  readonly node: Node;
  readonly ties: Ties;
  /** Whether a kernel is in between, whose definition then gives the elements that are read. */
  readonly throughKernel: boolean;
}

export const derivative = (of: Variable, by: Variable): Variable => ({ kind: 'derivative', of, by });

export class ChainRule {
  private readonly writer: LineWriter;
  private readonly readers = new Map<Node, Reader[]>();
  private readonly isDeclared: (node: Node) => boolean;

  constructor(writer: LineWriter) {
    this.writer = writer;
    const { graph } = writer.trace.tape;
    const declared = new Set([...writer.declared.keys()].flatMap((address) => graph.find(address) ?? []));
    this.isDeclared = (node) => declared.has(node);
    for (const node of declared) this.follow({ node, ties: node.shape.map((_, axis) => axis), throughKernel: false });
  }

  /** Records each declared node that `from` reads, directly or through unnamed nodes. */
  private follow(reader: Reader, from: Node = reader.node): void {
    const { op } = from;
    from.inputs.forEach((input, i) => {
      const shapes = from.inputs.map(({ shape }) => shape);
      const ties = input.shape.map((_, axis) => {
        if (op.kind === 'source') return undefined;
        const kept =
          op.kind === 'kernel'
            ? op.entry.axis(i, axis, shapes, op.kernel)
            : op.letters.output.indexOf(op.letters.inputs[i][axis]);
        return kept === undefined ? undefined : reader.ties[kept];
      });
      const throughKernel = reader.throughKernel || op.kind === 'kernel';
      const next = { node: reader.node, ties, throughKernel };
      if (this.isDeclared(input)) this.add(input, next);
      else this.follow(next, input);
    });
  }

  /** With several paths, an axis is shared only if it is shared on each of them. */
  private add(read: Node, reader: Reader): void {
    const known = this.readers.get(read) ?? [];
    const before = known.find(({ node }) => node === reader.node);
    const ties = reader.ties.map((tie, axis) => (before === undefined || before.ties[axis] === tie ? tie : undefined));
    const throughKernel = reader.throughKernel || (before?.throughKernel ?? false);
    const others = known.filter((each) => each !== before);
    this.readers.set(read, [...others, { node: reader.node, ties, throughKernel }]);
  }

  /** ∂E with respect to one number of a node, over its readers; undefined if no declared quantity reads it. */
  of(node: Node, index: readonly number[]): Notation | undefined {
    // the quantity that is computed last comes first, as in a backward pass
    const readers = [...(this.readers.get(node) ?? [])].sort((a, b) => b.node.id - a.node.id);
    const by = this.writer.naming.ofName(node.name!, index);
    const terms = readers.flatMap((reader) => this.through(reader, node, index, by) ?? []);
    if (terms.length === 0) return undefined;
    const penalty = this.penalty(node, by);
    return total(penalty === undefined ? terms : [...terms, penalty]);
  }

  private through(reader: Reader, node: Node, index: readonly number[], by: Variable): Notation | undefined {
    const { naming, trace, shown } = this.writer;
    const perSample = naming.perSample(reader.node);
    const axes = reader.node.shape.map((length, axis) => {
      const tied = reader.ties.indexOf(axis);
      return tied >= 0 ? [index[tied]] : Array.from({ length }, (_, i) => i);
    });
    const overSamples = perSample && axes[0].length > 1;
    const samples = overSamples ? axes[0] : [undefined];
    for (const sample of samples) {
      const found = product(sample === undefined ? axes : [[sample], ...axes.slice(1)]).filter(
        (at) => !reader.throughKernel || this.reads(trace.tape.at(reader.node, at), node, index),
      );
      // the term of a sum over samples is that of the first sample that reads the number
      if (found.length === 0) continue;
      const count = found.length <= shown.terms + 1 ? found.length : shown.terms;
      const terms = found.slice(0, count).map((at) => {
        const of = naming.ofName(reader.node.name!, at);
        return chain(derivative(naming.ofName('loss', []), of), derivative(of, by));
      });
      const whole = total(terms, found.length - count);
      return overSamples ? { kind: 'overSamples', of: whole } : whole;
    }
    return undefined;
  }

  /** Whether a number is computed from an element of a node, without another declared number between. */
  private reads(scalar: Scalar, node: Node, index: readonly number[]): boolean {
    return operands(scalar.definition).some((operand) =>
      operand.node === node
        ? operand.index.every((at, axis) => at === index[axis])
        : !this.isDeclared(operand.node) && this.reads(operand, node, index),
    );
  }

  /** Penalties are also part of the loss. */
  private penalty(node: Node, by: Variable): Notation | undefined {
    const { trace, naming } = this.writer;
    if (trace.tape.graph.find('loss.penalty') === undefined) return undefined;
    const penalized = trace.nodes.parameters.find((parameter) => parameter.node === node)?.penalized;
    return penalized ? chain(derivative(naming.ofName('loss.penalty', []), by)) : undefined;
  }
}

/** Every combination of indices, the last axis fastest. */
function product(axes: readonly (readonly number[])[]): number[][] {
  return axes.reduce<number[][]>((all, axis) => all.flatMap((head) => axis.map((i) => [...head, i])), [[]]);
}
