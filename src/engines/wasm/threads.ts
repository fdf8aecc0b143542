/**
 * Work that threads share. One thread leads: it publishes a step's function and its number of chunks, computes its own part,
 * and waits until the others have finished theirs. The other threads serve: they spin for a moment, then sleep until there is
 * work. Every thread is an instance of one module over one memory. Chunks are split by index, and each sum of an output lies in
 * one chunk, so that the bits do not depend on the number of threads.
 */
import {
  access,
  atomics,
  branch,
  branchIf,
  type Code,
  call,
  type FunctionBody,
  i32,
  int,
  long,
  op,
  setGlobal,
} from './encoder.ts';
import { type Local, Locals, plus, times, when } from './writer.ts';

/** The addresses of the words that threads communicate by, in bytes. */
export const words = {
  /** A number that grows with each job; its lowest byte is the number of threads of the job. */
  job: 64,
  /** The number of threads that have finished their part. */
  done: 68,
  /** The number of threads that serve, without the leader. */
  ready: 72,
  /** The number of threads that sleep. */
  sleeping: 76,
  /** 1 if the threads must end. */
  stop: 80,
  /** The index of the function, and its number of chunks. */
  task: 84,
  chunks: 88,
  /** 1 while the leader sleeps until all have finished. */
  waiting: 92,
} as const;
export const wordsEnd = 96;

export const maxThreads = 64;

/** How often a thread checks a word before it sleeps: some tenths of a millisecond. */
const spins = 200_000;
/** The leader sleeps a tenth of a second at a time, and gives up after ten seconds. */
const patience = { nanoseconds: 100_000_000, turns: 100 } as const;

const read = (word: number): Code => [int(0), atomics.load(word)];
const write = (word: number, value: Code): Code => [int(0), value, atomics.store(word)];
const addTo = (word: number, value: number): Code => [int(0), int(value), atomics.add(word)];

/** The first chunk of a thread of a job. */
export const firstChunk = (thread: Code, chunks: Code, threads: Code): Code => [
  [thread, chunks, op['i32.mul']],
  threads,
  op['i32.div_u'],
];

/** The range of chunks of a thread. */
const part = (thread: Code, chunks: Code, threads: Code): Code => [
  firstChunk(thread, chunks, threads),
  firstChunk(plus(thread, 1), chunks, threads),
];

/** The number of threads of the current job. */
export const jobThreads: Code = [read(words.job), int(255), op['i32.and']];

/** `run(task, from, to)`: calls the function of a task. */
export function taskFunction(functions: readonly number[]): FunctionBody {
  const locals = new Locals([i32, i32, i32]);
  const [task, from, to] = [0, 1, 2].map((i) => locals.parameter(i));
  return locals.body(
    functions.map((number, i) => when([task.get, int(i), op['i32.eq']], [from.get, to.get, call(number), op.return])),
  );
}

/** Spins while a condition holds, up to a number of turns. */
function spin(counter: Local, turns: number, condition: Code): Code {
  return [
    counter.set(int(turns)),
    op['block void'],
    op['loop void'],
    [condition, op['i32.eqz'], branchIf(1)],
    [counter.tee(plus(counter.get, -1)), branchIf(0)],
    op.end,
    op.end,
  ];
}

/** `share(task, chunks)`: the leader runs a task on all threads. Traps if a thread does not answer. */
export function shareFunction(run: number): FunctionBody {
  const locals = new Locals([i32, i32]);
  const [task, chunks] = [locals.parameter(0), locals.parameter(1)];
  const [threads, counter, turns, done] = [0, 1, 2, 3].map(() => locals.add(i32));
  const waiting: Code = [read(words.done), plus(threads.get, -1), op['i32.ne']];
  return locals.body([
    threads.set(plus(read(words.ready), 1)),
    when([threads.get, int(1), op['i32.eq']], [task.get, int(0), chunks.get, call(run), op.return]),
    [int(0), task.get, access['i32.store'](words.task)],
    [int(0), chunks.get, access['i32.store'](words.chunks)],
    write(words.done, int(0)),
    // the next job number, with this job's number of threads
    write(words.job, [
      [plus([read(words.job), int(8), op['i32.shr_u']], 1), int(8), op['i32.shl']],
      threads.get,
      op['i32.or'],
    ]),
    when(read(words.sleeping), [int(0), int(maxThreads), atomics.notify(words.job), op.drop]),
    [task.get, part(int(0), chunks.get, threads.get), call(run)],
    spin(counter, spins, waiting),
    when([waiting, op['i32.eqz']], op.return),
    write(words.waiting, int(1)),
    turns.set(int(patience.turns)),
    op['block void'],
    op['loop void'],
    // it sleeps only if the word still has the value it read, so it misses no end
    done.set(read(words.done)),
    [done.get, plus(threads.get, -1), op['i32.eq'], branchIf(1)],
    [int(0), done.get, long(patience.nanoseconds), atomics.wait(words.done), op.drop],
    [turns.tee(plus(turns.get, -1)), branchIf(0)],
    op.unreachable,
    op.end,
    op.end,
    write(words.waiting, int(0)),
  ]);
}

const serveName = 'serve';

/** `serve()`: the other threads call it; it returns when the leader stops them. */
export function serveFunction(run: number, scratchBytes: number): FunctionBody {
  const locals = new Locals();
  const [me, seen, counter, threads] = [0, 1, 2, 3].map(() => locals.add(i32));
  const same: Code = [read(words.job), seen.get, op['i32.eq']];
  return locals.body(
    [
      // it reads the job word before it reports that it is ready, so it misses no job
      seen.set(read(words.job)),
      me.set(plus(addTo(words.ready, 1), 1)),
      setGlobal(times(me.get, scratchBytes)),
      // The end is a stop word and then a change of the job word. A thread that starts after both sees no further change.
      when(read(words.stop), op.return),
      op['loop void'],
      spin(counter, spins, same),
      when(same, [
        [addTo(words.sleeping, 1), op.drop],
        // woken, or the word had changed: check again in both cases
        [int(0), seen.get, long(-1), atomics.wait(words.job), op.drop],
        [addTo(words.sleeping, -1), op.drop],
      ]),
      when(
        [same, op['i32.eqz']],
        [
          // Read the job before the stop word: a later stop changes the job once more.
          seen.set(read(words.job)),
          when(read(words.stop), op.return),
          threads.set([seen.get, int(0xff), op['i32.and']]),
          when(
            [me.get, threads.get, op['i32.lt_s']],
            [
              [int(0), access['i32.load'](words.task)],
              part(me.get, [int(0), access['i32.load'](words.chunks)], threads.get),
              call(run),
              [addTo(words.done, 1), op.drop],
              when(read(words.waiting), [int(0), int(1), atomics.notify(words.done), op.drop]),
            ],
          ),
        ],
      ),
      branch(0),
      op.end,
    ],
    [],
    serveName,
  );
}
