/**
 * Contractions: sums of products over letters. The code computes a tile of the output at a time, with its sums in locals.
 * Each sum adds its terms in the reference engine's order, so that it has the same bits for every size of tile.
 *
 * The tile, several rows by one or two vectors, is the inner kernel of Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication" (2008); so is the panel, a copy of an input in the order in which it is read.
 */
import type { Letters } from '../../core/graph.ts';
import type { Slot } from '../../plan/plan.ts';
import { letterLengths, longSum, partialSums } from '../engine.ts';
import { axesOf, collapse } from './axes.ts';
import { type Context, type StepFunction, stepLocals } from './context.ts';
import { type Code, i32, int, storeLane } from './encoder.ts';
import { type Lanes, scalars, vectors } from './lanes.ts';
import { spreadOut } from './spread.ts';
import { advance, atMost, isAbove, type Local, nest, plus, repeat, sum, times, when, whileBelow } from './writer.ts';

export interface Contraction {
  readonly letters: Letters;
  readonly inputs: readonly Slot[];
  readonly output: Slot;
  /** Adds a term, the product of its factors; `start` is the sum of no terms. `fused`: with one rounding where possible. */
  readonly start: number;
  combine(lanes: Lanes, sum: Code, factors: readonly Code[], fused: boolean): Code;
}

export const sumOfProducts = {
  start: 0,
  combine(lanes: Lanes, total: Code, [a, b]: readonly Code[], fused: boolean): Code {
    if (b === undefined) return lanes.add(total, a);
    return fused ? lanes.mulAdd(a, b, total) : lanes.add(total, lanes.mul(a, b));
  },
};

/** An axis: its length, and the strides of the output and the inputs along it, in bytes. */
interface Axis {
  readonly length: number;
  readonly output: number;
  readonly inputs: readonly number[];
}

export function contractionFunction(contraction: Contraction, context: Context): StepFunction {
  const { width } = context;
  const { letters, inputs, output } = contraction;
  const lengths = letterLengths(letters, inputs);
  const operands = [{ axes: letters.output, slot: output }].concat(
    inputs.map((slot, i) => ({ axes: letters.inputs[i], slot })),
  );
  const walk = (over: readonly string[]): Axis[] => {
    const { lengths: each, strides } = collapse(axesOf(over, lengths, operands));
    return each.map((length, axis) => {
      const [own, ...others] = strides.map((along) => along[axis] * width);
      return { length, output: own, inputs: others };
    });
  };
  const outer = walk([...letters.output]);
  const summed = walk([...lengths.keys()].filter((letter) => !letters.output.includes(letter)));
  const terms = summed.reduce((count, { length }) => count * length, 1);
  if (outer.length === 0 && contraction.start === 0 && longSum(1, terms)) {
    return longSumFunction(contraction, summed, terms, context);
  }
  return tiledFunction(contraction, outer, summed, context);
}

/** How the output is cut into tiles: rows along `t`, the numbers of a vector along `v`; loops run over the other axes. */
interface Cut {
  readonly lanes: Lanes;
  readonly t: Axis;
  readonly v: Axis;
  readonly rest: readonly Axis[];
  /** The rows and the vectors of a tile. */
  readonly rows: number;
  readonly wide: number;
  /** The input that is copied panel by panel, if any. */
  readonly packed?: number;
}

const still = (inputs: number): Axis => ({ length: 1, output: 0, inputs: new Array<number>(inputs).fill(0) });

/** Beyond this stride in bytes from term to term, a panel that is read in place uses only a few lines of the nearest cache. */
const farApart = 256;

function cut(outer: readonly Axis[], summed: readonly Axis[], inputs: number, width: 4 | 8): Cut {
  const none = still(inputs);
  const longest = (axes: readonly Axis[]) => axes.reduce((a, b) => (b.length > a.length ? b : a), none);
  const lanes = vectors[width];
  const v = outer[outer.length - 1] ?? none;
  const others = outer.slice(0, -1);
  const t = longest(others);
  const across = v.inputs.flatMap((stride, i) => (stride === 0 || stride === width ? [] : [i]));
  // transpose an input whose numbers are not consecutive along the vectors, if enough rows read it to pay for the copy
  const turned = across.length === 1 && t.inputs[across[0]] === 0 && t.length >= 4;
  if (v === none || (across.length > 0 && !turned)) {
    return { lanes: scalars[width], t: v, v: none, rest: others, rows: Math.min(8, v.length), wide: 1 };
  }
  const rest = others.filter((axis) => axis !== t);
  const vectorsAlong = Math.ceil(v.length / lanes.count);
  if (t === none) return { lanes, t, v, rest, rows: 1, wide: Math.min(8, vectorsAlong) };
  const wide = Math.min(2, vectorsAlong);
  const rows = rowsFor(t.length, wide);
  const far = v.inputs.findIndex(
    (stride, i) =>
      stride === width && t.inputs[i] === 0 && summed.length > 0 && summed[summed.length - 1].inputs[i] >= farApart,
  );
  const reused = t.length >= 3 * rows;
  return { lanes, t, v, rest, rows, wide, packed: turned ? across[0] : far !== -1 && reused ? far : undefined };
}

/**
 * The tile that fits in the registers and covers the rows with the least work. Two vectors by four rows is the fastest, with
 * the loop over terms not unrolled (docs/decisions/0003).
 */
function rowsFor(length: number, wide: number): number {
  const maxRows = wide === 2 ? 4 : 8;
  if (length <= maxRows) return length;
  // the work of a tile for one term: its multiplications and loads
  const cost = (rows: number) => (rows === 0 ? 0 : Math.max(rows * wide, rows + wide) + 1);
  let best = maxRows;
  const total = (rows: number) => Math.floor(length / rows) * cost(rows) + cost(length % rows);
  for (let rows = maxRows - 1; rows >= 3; rows--) if (total(rows) < total(best)) best = rows;
  return best;
}

function tiledFunction(
  contraction: Contraction,
  outer: readonly Axis[],
  summed: readonly Axis[],
  context: Context,
): StepFunction {
  const { width } = context;
  const { inputs, output } = contraction;
  const { lanes, t, v, rest, rows, wide, packed } = cut(outer, summed, inputs.length, width);
  const { locals, from, to } = stepLocals();
  const terms = summed.reduce((count, { length }) => count * length, 1);
  const cost = outer.reduce((count, { length }) => count * length, terms);
  const panelBytes = wide * lanes.count * width;
  const panel = packed === undefined ? 0 : context.scratch(terms * panelBytes);

  const places = inputs.length + 1;
  const pointers = (): Local[] => Array.from({ length: places }, () => locals.add(i32));
  const strideOf = (axis: Axis, place: number) => (place === 0 ? axis.output : axis.inputs[place - 1]);
  // pointers of the output and the inputs: to the panel, to the tile, to the term
  const [atPanel, atTile, atTerm] = [pointers(), pointers(), pointers()];
  const bases = [output, ...inputs].map((slot) => context.address(slot));

  const tile = (count: number, vectorsHere: number, last: number): Code => {
    const sums = Array.from({ length: count }, () => Array.from({ length: vectorsHere }, () => locals.add(lanes.type)));
    const loads: Code[] = [];
    const known = new Map<string, Code>();
    const read = (input: number, row: number, vector: number): Code => {
      const alongT = input === packed ? 0 : t.inputs[input];
      const alongV = v.inputs[input] !== 0;
      const key = `${input} ${alongT === 0 ? 0 : row} ${alongV ? vector : 0}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const base = input === packed ? panel : bases[input + 1];
      const offset = base + row * alongT + (alongV ? vector * 16 : 0);
      const at = atTerm[input + 1].get;
      const value = locals.add(lanes.type);
      loads.push(value.set(alongV ? lanes.load(at, offset) : lanes.loadOne(at, offset)));
      known.set(key, value.get);
      return value.get;
    };
    const term = sums.map((vectorsOfRow, row) =>
      vectorsOfRow.map((total, vector) => {
        const factors = inputs.map((_, input) => read(input, row, vector));
        // each load comes right before its first use, so that few values are held in registers
        return [loads.splice(0), total.set(contraction.combine(lanes, total.get, factors, context.fused))];
      }),
    );
    const termStrides = inputs.map((_, input) => {
      if (input !== packed) return summed.map((axis) => axis.inputs[input]);
      return summed.map((_, axis) => summed.slice(axis + 1).reduce((bytes, { length }) => bytes * length, panelBytes));
    });
    return [
      sums.flat().map((total) => total.set(lanes.constant(contraction.start))),
      inputs.map((_, input) => atTerm[input + 1].set(input === packed ? context.threadBase : atTile[input + 1].get)),
      nest(
        locals,
        summed.map(({ length }) => length),
        inputs.map((_, input) => ({ at: atTerm[input + 1], strides: termStrides[input] })),
        term,
      ),
      sums.map((vectorsOfRow, row) =>
        vectorsOfRow.map((total, vector) => {
          const offset = bases[0] + row * t.output + vector * 16;
          const numbers = vector === vectorsHere - 1 ? last : lanes.count;
          if (numbers === lanes.count) return lanes.store(atTile[0].get, offset, total.get);
          return Array.from({ length: numbers }, (_, lane) => [
            atTile[0].get,
            total.get,
            storeLane(width, lane, offset + lane * width),
          ]);
        }),
      ),
    ];
  };

  const tilesFull = Math.floor(t.length / rows);
  const tileTail = t.length % rows;
  const tiles = tilesFull + Math.sign(tileTail);
  const panelNumbers = wide * lanes.count;
  const panelsFull = Math.floor(v.length / panelNumbers);
  const panelTail = v.length % panelNumbers;
  const panels = panelsFull + Math.sign(panelTail);
  const panelsAreChunks = panels >= tiles;

  const tileMove = atTile.map((local, place) => advance(local, rows * strideOf(t, place)));
  const copyPanel = (numbers: number): Code => {
    if (packed === undefined) return [];
    const source = atTerm[packed + 1];
    const target = atTile[0];
    const along = v.inputs[packed];
    const copy: Code[] = [];
    const from = bases[packed + 1];
    if (along === width) {
      for (let at = 0; at < numbers * width; at += 16) {
        copy.push(lanes.store(target.get, panel + at, lanes.load(source.get, from + at)));
      }
    } else {
      // the lanes beyond the last number compute unused values, which are not stored
      const alone = scalars[width];
      for (let number = 0; number < numbers; number++) {
        copy.push(alone.store(target.get, panel + number * width, alone.load(source.get, from + number * along)));
      }
    }
    return [
      source.set(atPanel[packed + 1].get),
      target.set(context.threadBase),
      nest(
        locals,
        summed.map(({ length }) => length),
        [{ at: source, strides: summed.map((axis) => axis.inputs[packed]) }],
        [copy, advance(target, panelBytes)],
      ),
    ];
  };
  const onePanel = (vectorsHere: number, last: number): Code => {
    const full = tile(rows, vectorsHere, last);
    const tail = tileTail > 0 ? tile(tileTail, vectorsHere, last) : [];
    const start = (first: Code | undefined) =>
      atTile.map((local, place) => {
        const stride = rows * strideOf(t, place);
        const at = atPanel[place].get;
        return local.set(first === undefined || stride === 0 ? at : sum(at, times(first, stride)));
      });
    if (panelsAreChunks) {
      return [
        copyPanel((vectorsHere - 1) * lanes.count + last),
        start(undefined),
        repeat(locals, tilesFull, [full, tilesFull > 1 || tileTail > 0 ? tileMove : []]),
        tail,
      ];
    }
    const at = locals.add(i32);
    const end = locals.add(i32);
    return [
      copyPanel((vectorsHere - 1) * lanes.count + last),
      start(from.get),
      at.set(from.get),
      end.set(atMost(to, tilesFull)),
      whileBelow(at, end.get, full, [at.set(plus(at.get, 1)), tileMove]),
      tileTail > 0 ? when(isAbove(to, tilesFull), tail) : [],
    ];
  };

  const tailVectors = Math.ceil(panelTail / lanes.count);
  const tailLast = panelTail - (tailVectors - 1) * lanes.count;
  const panelMove = atPanel.map((local, place) => advance(local, panelNumbers * strideOf(v, place)));
  const allPanels = (): Code => {
    if (!panelsAreChunks) {
      return [
        repeat(locals, panelsFull, [panelsFull > 0 ? onePanel(wide, lanes.count) : [], panelMove]),
        panelTail > 0 ? onePanel(tailVectors, tailLast) : [],
      ];
    }
    const at = locals.add(i32);
    const end = locals.add(i32);
    const moves = atPanel.map((local, place) => {
      const stride = panelNumbers * strideOf(v, place);
      return stride === 0 ? [] : local.set(sum(local.get, times(from.get, stride)));
    });
    return [
      at.set(from.get),
      moves,
      end.set(atMost(to, panelsFull)),
      panelsFull > 0 ? whileBelow(at, end.get, onePanel(wide, lanes.count), [at.set(plus(at.get, 1)), panelMove]) : [],
      panelTail > 0 ? when(isAbove(to, panelsFull), onePanel(tailVectors, tailLast)) : [],
    ];
  };

  if (rest.length === 0) {
    const code = [atPanel.map((local) => local.set(int(0))), allPanels()];
    return { chunks: Math.max(panels, tiles), cost, body: locals.body(code) };
  }
  // the other axes have pointers of their own, as the panels move theirs
  const atRest = pointers();
  const walk = atRest.map((at, place) => ({ at, strides: rest.map((axis) => strideOf(axis, place)) }));
  const code = [
    atRest.map((local) => local.set(int(0))),
    nest(
      locals,
      rest.map(({ length }) => length),
      walk,
      [atPanel.map((local, place) => local.set(atRest[place].get)), allPanels()],
    ),
  ];
  return { chunks: Math.max(panels, tiles), cost, body: locals.body(code) };
}

/**
 * The sum of many terms to one number: sixteen partial sums in turn, then their sum, as the reference computes it. In a
 * single sum, each addition would wait for the one before.
 */
function longSumFunction(
  { inputs, output }: Contraction,
  summed: readonly Axis[],
  terms: number,
  context: Context,
): StepFunction {
  const { width } = context;
  const lanes = vectors[width];
  const alone = scalars[width];
  const { locals } = stepLocals();
  const before: Code[] = [];
  const addresses = inputs.map((slot, i) => {
    const base = context.address(slot);
    if (summed.length === 1 && summed[0].inputs[i] === width) return base;
    // copy it in the order of the terms
    const target = context.scratch(terms * width + 16);
    const strides = summed.map((axis) => axis.inputs[i] / width);
    const own = summed.map((_, axis) => summed.slice(axis + 1).reduce((count, { length }) => count * length, 1));
    const axes = { lengths: summed.map(({ length }) => length), strides: [own, strides] };
    before.push(spreadOut(locals, width, axes, base, target));
    return target;
  });
  const at = locals.add(i32);
  const taken = (kind: Lanes, total: Code, offset: number): Code => {
    const factors = addresses.map((address) => kind.load(at.get, address + offset));
    return sumOfProducts.combine(kind, total, factors, context.fused);
  };
  const sums = Array.from({ length: partialSums / lanes.count }, () => locals.add(lanes.type));
  const partial = context.scratch(partialSums * width);
  const whole = Math.floor(terms / partialSums);
  const rest = terms % partialSums;
  const total = locals.add(alone.type);
  const numbers = Array.from({ length: partialSums }, (_, j) => j);
  return {
    chunks: 1,
    cost: terms,
    body: locals.body([
      before,
      at.set(int(0)),
      sums.map((each) => each.set(lanes.constant(0))),
      repeat(locals, whole, [
        sums.map((each, j) => each.set(taken(lanes, each.get, j * 16))),
        advance(at, partialSums * width),
      ]),
      sums.map((each, j) => lanes.store(int(0), partial + j * 16, each.get)),
      numbers
        .slice(0, rest)
        .map((j) =>
          alone.store(int(0), partial + j * width, taken(alone, alone.load(int(0), partial + j * width), j * width)),
        ),
      total.set(alone.constant(0)),
      numbers.map((j) => total.set(alone.add(total.get, alone.load(int(0), partial + j * width)))),
      alone.store(int(0), context.address(output), total.get),
    ]),
  };
}
