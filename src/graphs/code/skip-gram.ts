/**
 * One update of skip-gram as code, in float32 vectors: the dot products of a slice, the errors, and the update of a slice. It has the bits
 * of `../skip-gram/update.ts`, where the order of additions is stated.
 */
import { type Code, call, type FunctionBody, i32, int, shuffle, v128 } from '../../engines/wasm/encoder.ts';
import { type Lanes, vectors } from '../../engines/wasm/lanes.ts';
import { type Local, Locals, plus, when } from '../../engines/wasm/writer.ts';
import type { Slices } from '../skip-gram/slices.ts';
import { add, and, below, loadWord, multiply, whileTrue, word } from './integers.ts';

const lanes: Lanes = vectors[4];
const vectorBytes = 16;

/** The addresses of tables and lists. Those of a thread are relative to its scratch memory. */
export interface SkipGramPlaces {
  readonly slices: Slices;
  /** The center's own vector and the negatives. */
  readonly outputs: number;
  /** Room for the inputs of a window, a multiple of 4. */
  readonly maxInputs: number;
  /** The tables, `[nodes + 1, slices·width]`; the last row is 0 and fills up groups of four inputs. */
  readonly input: number;
  readonly output: number;
  /** The sums of the slices, twice, because a thread may be one center ahead: `[2, slices, maxInputs/4, outputs, 4]`. */
  readonly sums: number;
  /** Of a thread: errors times the rate `[outputs, maxInputs]`, and changes of output rows `[outputs, width]`. */
  readonly errors: number;
  readonly changes: number;
}

/** A list describes the window of a center. Offsets within it, in bytes. */
export function listLayout({ outputs, maxInputs }: Pick<SkipGramPlaces, 'outputs' | 'maxInputs'>) {
  const inputs = 16;
  const outputRows = inputs + 4 * maxInputs;
  const rates = outputRows + 4 * outputs;
  return {
    /** The number of inputs. */
    count: 0,
    /** The offsets of the rows of inputs and of outputs in their table, in bytes. */
    inputs,
    outputRows,
    /** The rate of each output: 0 for a negative that is the center itself. */
    rates,
    bytes: Math.ceil((rates + 4 * outputs) / 16) * 16,
  };
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Groups of at most `size` of 0 … count − 1. */
const groups = (count: number, size: number): number[][] =>
  range(Math.ceil(count / size)).map((g) => range(Math.min(size, count - g * size)).map((i) => g * size + i));

/**
 * The bytes of the sums of one slice. They begin at a multiple of 128, because processors fetch lines in pairs: a thread that reads the
 * end of another's sums does not take away the begin of a third's.
 */
export const sumBytes = ({ outputs, maxInputs }: Pick<SkipGramPlaces, 'outputs' | 'maxInputs'>) =>
  Math.ceil((4 * outputs * maxInputs) / 128) * 128;

/** a b + c; rounded once where that is allowed. */
const multiplyAdd =
  (fused: boolean) =>
  (a: Code, b: Code, c: Code): Code =>
    fused ? lanes.mulAdd(a, b, c) : lanes.add(c, lanes.mul(a, b));

/** The sums of the lanes of four vectors, as one vector: (lane 0 + lane 2) + (lane 1 + lane 3). */
function laneSums(sums: readonly Local[], scratch: readonly [Local, Local]): Code {
  const [a, b, c, d] = sums.map((each) => each.get);
  const [first, second] = scratch;
  const half = (x: Code, y: Code) => lanes.add(shuffle(x, y, [0, 4, 1, 5]), shuffle(x, y, [2, 6, 3, 7]));
  return [
    first.set(half(a, b)),
    second.set(half(c, d)),
    lanes.add(shuffle(first.get, second.get, [0, 1, 4, 5]), shuffle(first.get, second.get, [2, 3, 6, 7])),
  ];
}

/** `dots(list, sums, slice)`: the dot products of all inputs and outputs over one slice. Four inputs by two outputs at a time. */
export function dotsFunction(places: SkipGramPlaces, fused: boolean): FunctionBody {
  const { slices, outputs } = places;
  const sliceBytes = 4 * slices.width;
  const layout = listLayout(places);
  const locals = new Locals([i32, i32, i32]);
  const [list, sums, slice] = [0, 1, 2].map((i) => locals.parameter(i));
  const [inputBase, outputBase, at, entry, end] = range(5).map(() => locals.add(i32));
  const inputs = range(4).map(() => locals.add(i32));
  const rows = range(2).map(() => locals.add(i32));
  const total = range(8).map(() => locals.add(v128));
  const x = range(4).map(() => locals.add(v128));
  const y = locals.add(v128);
  const vectorsOf = slices.width / lanes.count;
  const fma = multiplyAdd(fused);

  const group = (ks: readonly number[]): Code => [
    ks.map((k, j) => rows[j].set(add(outputBase.get, loadWord(list.get, layout.outputRows + 4 * k)))),
    range(vectorsOf).map(
      (v): Code => [
        inputs.map((input, i) => x[i].set(lanes.load(input.get, vectorBytes * v))),
        ks.map(
          (_, j): Code => [
            y.set(lanes.load(rows[j].get, vectorBytes * v)),
            x.map((each, i) => {
              const sum = total[4 * j + i];
              return sum.set(v === 0 ? lanes.mul(each.get, y.get) : fma(each.get, y.get, sum.get));
            }),
          ],
        ),
      ],
    ),
    ks.map((k, j) => lanes.store(at.get, vectorBytes * k, laneSums(total.slice(4 * j, 4 * j + 4), [x[0], x[1]]))),
  ];

  return locals.body([
    inputBase.set(add(word(places.input), multiply(slice.get, int(sliceBytes)))),
    outputBase.set(add(word(places.output), multiply(slice.get, int(sliceBytes)))),
    at.set(add(sums.get, multiply(slice.get, int(sumBytes(places))))),
    end.set(add(list.get, multiply(loadWord(list.get, layout.count), int(4)))),
    entry.set(list.get),
    whileTrue(below(entry.get, end.get), [
      inputs.map((input, i) => input.set(add(inputBase.get, loadWord(entry.get, layout.inputs + 4 * i)))),
      groups(outputs, 2).map(group),
      at.set(plus(at.get, outputs * vectorBytes)),
      entry.set(plus(entry.get, vectorBytes)),
    ]),
  ]);
}

/** Runs `body` while `at` is below `end`; `at` and an entry of the list advance by `step` bytes. */
function advanceOverInputs(
  { locals, list, at, end, step }: { locals: Locals; list: Local; at: Local; end: Local; step: number },
  body: (entry: Local) => Code,
): Code {
  const entry = locals.add(i32);
  return [
    entry.set(list.get),
    whileTrue(below(at.get, end.get), [body(entry), at.set(plus(at.get, step)), entry.set(plus(entry.get, step))]),
  ];
}

/**
 * `errors(list, sums)`: (label - σ(z)) times the rate, for all inputs and outputs; z is the sum of the slices in order. The sums are
 * read in a pass of their own: another thread has just written some of them, so that each line of them takes a tenth of a microsecond to
 * arrive, and the processor waits for several at once.
 */
export function errorsFunction(places: SkipGramPlaces, sigmoid: number, threadBase: Code): FunctionBody {
  const { slices, outputs, maxInputs } = places;
  const layout = listLayout(places);
  const locals = new Locals([i32, i32]);
  const [list, sums] = [locals.parameter(0), locals.parameter(1)];
  const [own, at, end, target] = range(4).map(() => locals.add(i32));
  const overInputs = (body: Code): Code => [
    target.set(own.get),
    whileTrue(below(target.get, end.get), [body, target.set(plus(target.get, vectorBytes))]),
  ];
  const offset = (k: number) => 4 * k * maxInputs;
  return locals.body([
    own.set(plus(threadBase, places.errors)),
    end.set(add(own.get, multiply(loadWord(list.get, layout.count), int(4)))),
    at.set(sums.get),
    overInputs([
      range(outputs).map((k): Code => {
        const parts = range(slices.count).map((s) => lanes.load(at.get, vectorBytes * k + s * sumBytes(places)));
        return lanes.store(
          target.get,
          offset(k),
          parts.reduce((sum, part) => lanes.add(sum, part)),
        );
      }),
      at.set(plus(at.get, outputs * vectorBytes)),
    ]),
    overInputs(
      range(outputs).map((k) =>
        lanes.store(
          target.get,
          offset(k),
          lanes.mul(
            lanes.sub(lanes.constant(k === 0 ? 1 : 0), [lanes.load(target.get, offset(k)), call(sigmoid)]),
            lanes.loadOne(list.get, layout.rates + 4 * k),
          ),
        ),
      ),
    ),
  ]);
}

/** The maximum number of vectors of a row that an update keeps in registers. */
const maxRow = 4;

/**
 * `update(list, slice)`: adds to each output row the sum over inputs, and to each input row the sum over outputs, of error times the
 * other row. Both sums are of the rows before the update.
 */
export function updateFunction(places: SkipGramPlaces, fused: boolean, threadBase: Code): FunctionBody {
  const { slices, outputs, maxInputs } = places;
  const sliceBytes = 4 * slices.width;
  const layout = listLayout(places);
  const locals = new Locals([i32, i32]);
  const [list, slice] = [locals.parameter(0), locals.parameter(1)];
  const [inputBase, outputBase, base, at, end, row, other] = range(7).map(() => locals.add(i32));
  const total = range(2 * maxRow).map(() => locals.add(v128));
  const x = range(maxRow).map(() => locals.add(v128));
  const error = locals.add(v128);
  const fma = multiplyAdd(fused);
  const chunks = groups(slices.width / lanes.count, maxRow);
  const errorAt = (k: number, i = 0): Code => lanes.loadOne(at.get, places.errors + 4 * (k * maxInputs + i));
  const clear = (count: number): Code => total.slice(0, count).map((each) => each.set(lanes.constant(0)));
  const overInputs = (step: number, body: (entry: Local) => Code): Code => [
    at.set(base.get),
    advanceOverInputs({ locals, list, at, end, step }, body),
  ];

  const outputChanges = groups(outputs, 2).flatMap((ks) =>
    chunks.map((chunk): Code => {
      const sum = (j: number, v: number) => total[j * chunk.length + v];
      return [
        clear(ks.length * chunk.length),
        end.set(add(base.get, multiply(loadWord(list.get, layout.count), int(4)))),
        overInputs(4, (entry) => [
          row.set(add(inputBase.get, loadWord(entry.get, layout.inputs))),
          chunk.map((c, v) => x[v].set(lanes.load(row.get, vectorBytes * c))),
          ks.map(
            (k, j): Code => [
              error.set(errorAt(k)),
              chunk.map((_, v) => sum(j, v).set(fma(error.get, x[v].get, sum(j, v).get))),
            ],
          ),
        ]),
        ks.map((k, j) =>
          chunk.map((c, v) =>
            lanes.store(base.get, places.changes + 4 * k * slices.width + vectorBytes * c, sum(j, v).get),
          ),
        ),
      ];
    }),
  );

  /** Adds to the rows of `count` inputs, at `entry`. */
  const inputChange = (entry: Local, count: number): Code =>
    chunks.map((chunk): Code => {
      const sum = (i: number, v: number) => total[i * chunk.length + v];
      return [
        clear(count * chunk.length),
        range(outputs).map(
          (k): Code => [
            other.set(add(outputBase.get, loadWord(list.get, layout.outputRows + 4 * k))),
            chunk.map((c, v) => x[v].set(lanes.load(other.get, vectorBytes * c))),
            range(count).map(
              (i): Code => [
                error.set(errorAt(k, i)),
                chunk.map((_, v) => sum(i, v).set(fma(error.get, x[v].get, sum(i, v).get))),
              ],
            ),
          ],
        ),
        range(count).map(
          (i): Code => [
            row.set(add(inputBase.get, loadWord(entry.get, layout.inputs + 4 * i))),
            chunk.map((c, v) =>
              lanes.store(row.get, vectorBytes * c, lanes.add(lanes.load(row.get, vectorBytes * c), sum(i, v).get)),
            ),
          ],
        ),
      ];
    });

  const count = loadWord(list.get, layout.count);
  return locals.body([
    base.set(threadBase),
    inputBase.set(add(word(places.input), multiply(slice.get, int(sliceBytes)))),
    outputBase.set(add(word(places.output), multiply(slice.get, int(sliceBytes)))),
    outputChanges,
    end.set(add(base.get, multiply(and(count, int(-2)), int(4)))),
    overInputs(8, (entry) => inputChange(entry, 2)),
    when(and(count, int(1)), [other.set(add(list.get, multiply(and(count, int(-2)), int(4)))), lastInput()]),
    range(outputs).map(
      (k): Code => [
        row.set(add(outputBase.get, loadWord(list.get, layout.outputRows + 4 * k))),
        range(slices.width / lanes.count).map((v) =>
          lanes.store(
            row.get,
            vectorBytes * v,
            lanes.add(
              lanes.load(row.get, vectorBytes * v),
              lanes.load(base.get, places.changes + 4 * k * slices.width + vectorBytes * v),
            ),
          ),
        ),
      ],
    ),
  ]);

  function lastInput(): Code {
    const entry = locals.add(i32);
    return [entry.set(other.get), inputChange(entry, 1)];
  }
}
