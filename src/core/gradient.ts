/**
 * Gradients from graph to graph: adds the nodes that compute the derivative of one scalar in others to the graph. The
 * rules are those of reverse accumulation. A map's factor is the formula that it declares; a contraction's factor is the
 * contraction with its letters swapped.
 */
import { aBoolean, aFunction, checkCall, listOf, optional, record } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { add, argument, argumentsOf, constant, type Formula, mul, simplify, substitute } from './formula.ts';
import { aGraph, aNode, type Graph, type Letters, type Node } from './graph.ts';
import { map, mapOf } from './op.ts';
import { inputsFirst } from './walk.ts';

export interface GradientOptions {
  /**
   * Called with a source of `wrt` as soon as its gradient is complete. The rest of the backward pass uses the returned node in
   * its place. This expresses an update that precedes the rest of the backward pass.
   */
  readonly replace?: (source: Node, gradient: Node) => Node;
  /** Leaves the gradients without names, for a caller that needs the names. */
  readonly unnamed?: boolean;
}

const sum = map('sum', { f: (a, b) => add(a, b) });
/** Repeats the first along the axes of the second. */
const spread = map('spread', { f: (g, _like) => g });
const ones = map('ones', { f: (_like) => constant(1) });
const zeros = map('zeros', { f: (_like) => constant(0) });

/** A gradient in the backward pass; undefined means all ones, which are never multiplied. */
type Upstream = Node | undefined;

/**
 * Adds the nodes of d of/d node for each node in `wrt` to `graph` and returns them, in that order. A node that `of` does not
 * depend on gets zeros. The gradient of a named node is named `gradient(name)`.
 */
export function gradient(graph: Graph, of: Node, wrt: readonly Node[], options: GradientOptions = {}): Node[] {
  checkCall('gradient(graph, of, wrt)', {
    graph: [graph, aGraph],
    of: [of, aNode],
    wrt: [wrt, listOf(aNode)],
    options: [options, record({ replace: optional(aFunction), unnamed: optional(aBoolean) })],
  });
  if (of.shape.length !== 0) {
    fail({
      what: 'only a scalar has a gradient',
      where: 'gradient: of',
      fix: 'Pass a node without axes, such as a loss.',
    });
  }
  const wanted = new Set(wrt);
  const needed = dependents(of, wanted);
  const pending = new Map<Node, Upstream[]>([[of, [undefined]]]);
  const results = new Map<Node, Node>();
  const replaced = new Map<Node, Node>();

  const send = (to: Node, g: Upstream) => {
    if (!needed.has(to)) return;
    const list = pending.get(to);
    if (list === undefined) pending.set(to, [g]);
    else list.push(g);
  };

  const collect = (node: Node): Upstream => {
    const parts = pending.get(node)!;
    if (parts.length === 1) return parts[0];
    return parts.map((g) => materialize(graph, g, node)).reduce((a, b) => graph.map(sum, [a, b]));
  };

  const name = (node: Node, g: Upstream) => {
    if (options.unnamed || g === undefined || node.name === undefined) return;
    if (graph.find(`gradient(${node.name})`) === undefined) graph.name(`gradient(${node.name})`, g);
  };

  // Sources first: the gradient of a parameter is complete before the other operands of its user are visited.
  const finish = (source: Node) => {
    const g = materialize(graph, collect(source), source);
    name(source, g);
    results.set(source, g);
    const value = options.replace?.(source, g);
    if (value !== undefined) replaced.set(source, value);
  };

  if (of.op.kind === 'source' && wanted.has(of)) finish(of);
  const order = [...needed].filter((node) => node.op.kind !== 'source').sort((a, b) => b.id - a.id);
  const uses = countUses(needed);
  const arrived = (node: Node) => {
    const left = uses.get(node)! - 1;
    uses.set(node, left);
    if (left === 0 && node.op.kind === 'source' && wanted.has(node) && pending.has(node)) finish(node);
  };

  for (const node of order) {
    if (pending.has(node)) {
      const g = collect(node);
      name(node, g);
      if (wanted.has(node)) results.set(node, materialize(graph, g, node));
      if (node.backward !== undefined) {
        const parts = node.backward.rule(g, (to) => needed.has(to));
        node.backward.to.forEach((to, i) => {
          send(to, parts[i]);
        });
      } else {
        const back = [...node.inputs.keys()].sort(
          (a, b) => rank(node.inputs[a], wanted) - rank(node.inputs[b], wanted),
        );
        for (const i of back) {
          const input = node.inputs[i];
          if (!needed.has(input)) continue;
          const operands = node.inputs.map((other) => replaced.get(other) ?? other);
          send(input, pull(graph, node, g, i, operands));
          arrived(input);
        }
        continue;
      }
    }
    for (const input of node.inputs) if (needed.has(input)) arrived(input);
  }
  return wrt.map((node) => results.get(node) ?? graph.map(zeros, [node]));
}

/** Requested sources come before other nodes, so that their gradients are complete first. */
function rank(node: Node, wanted: Set<Node>): number {
  return wanted.has(node) && node.op.kind === 'source' ? 0 : 1;
}

/** The nodes through which `of` depends on one of `wanted`, including these. */
function dependents(of: Node, wanted: Set<Node>): Set<Node> {
  // Differentiation holds the output of a kernel constant, unless the kernel has a rule of its own.
  const through = (node: Node) => (node.op.kind === 'kernel' ? (node.backward?.to ?? []) : node.inputs);
  const depending = new Set<Node>();
  for (const node of inputsFirst([of], through)) {
    if (wanted.has(node) || through(node).some((input) => depending.has(input))) depending.add(node);
  }
  return depending;
}

function countUses(needed: Set<Node>): Map<Node, number> {
  const uses = new Map<Node, number>();
  for (const node of needed) for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  return uses;
}

function materialize(graph: Graph, g: Upstream, like: Node): Node {
  if (g !== undefined) return g;
  return graph.map(ones, [like]);
}

/** The gradient that `node`, with gradient `g`, passes to its input `i`; `operands` can replace the inputs. */
function pull(graph: Graph, node: Node, g: Upstream, i: number, operands: readonly Node[]): Upstream {
  switch (node.op.kind) {
    case 'map':
      return pullMap(graph, node, node.op.letters, node.op.map.partials[i], node.op.map.name, g, i, operands);
    case 'contract':
      // The plain sum of one input passes ones on as ones.
      if (g === undefined && operands.length === 1) return undefined;
      return pullContract(graph, node.op.letters, materialize(graph, g, node), i, operands);
    case 'kernel':
      throw new Error(`${node.op.kernel.name} has no derivative`);
    case 'source':
      throw new Error('a source has no inputs');
  }
}

function pullMap(
  graph: Graph,
  node: Node,
  letters: Letters,
  partial: Formula,
  name: string,
  g: Upstream,
  i: number,
  operands: readonly Node[],
): Upstream {
  const target = letters.inputs[i];
  const whole = target === letters.output;
  const isOne = partial.kind === 'constant' && partial.value === 1;
  if (isOne && whole) return g;

  // The arguments of the new map: g, the node's own arguments, and y.
  const sources = [g, ...operands, node];
  const axes = [letters.output, ...letters.inputs, letters.output];
  const shifted = substitute(partial, (index) => argument(index + 1));
  const formula = simplify(g === undefined ? shifted : mul(argument(0), shifted));
  const used = [...argumentsOf(formula)].sort((a, b) => a - b);
  const covered = new Set(used.flatMap((index) => [...axes[index]]));
  // A formula without arguments (a constant) still has the node's shape, so the node becomes an argument.
  if ([...letters.output].some((letter) => !covered.has(letter))) used.push(operands.length + 1);
  const compact = substitute(formula, (index) => argument(used.indexOf(index)));
  const local: Letters = { inputs: used.map((index) => axes[index]), output: letters.output };
  const product =
    g !== undefined && isOne
      ? g
      : graph.map(
          mapOf(`${name}'`, compact, used.length),
          used.map((index) => sources[index]!),
          local,
        );
  return whole ? product : sumTo(graph, product, letters.output, target);
}

/** Sums over the letters of `from` that `to` lacks. */
function sumTo(graph: Graph, node: Node, from: string, to: string): Node {
  return graph.contract({ inputs: [from], output: to }, [node]);
}

function pullContract(graph: Graph, letters: Letters, g: Node, i: number, operands: readonly Node[]): Node {
  const target = letters.inputs[i];
  const others = operands.filter((_, other) => other !== i);
  const otherLetters = letters.inputs.filter((_, other) => other !== i);
  const covered = letters.output + otherLetters.join('');
  if ([...target].every((letter) => covered.includes(letter))) {
    return graph.contract({ inputs: [letters.output, ...otherLetters], output: target }, [g, ...others]);
  }
  // A letter that is summed out of this input alone: the gradient is repeated along it.
  const kept = [...target].filter((letter) => covered.includes(letter)).join('');
  const short =
    others.length === 0 && kept === letters.output
      ? g
      : graph.contract({ inputs: [letters.output, ...otherLetters], output: kept }, [g, ...others]);
  return graph.map(spread, [short, operands[i]], { inputs: [kept, target], output: target });
}
