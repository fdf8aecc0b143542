/**
 * Work that threads share. One thread leads: it publishes a step's function and how many chunks it has, does its own part
 * of them, and waits until all have done theirs. The others serve: they spin for a moment, then sleep, until there is
 * something to do. Every thread is an instance of one module over one memory. Parts are split by number, and an output's
 * sums lie in one part, so the bits do not depend on how many threads there are.
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

/** The words that threads speak by, in bytes from the memory's start. */
export const words = {
  /** A number that grows with each job, and in its lowest byte how many threads the job is for. */
  job: 64,
  /** Threads that have done their part. */
  done: 68,
  /** Threads that serve, the leader not counted. */
  ready: 72,
  /** Threads that sleep. */
  sleeping: 76,
  /** 1 where the threads are to end. */
  stop: 80,
  /** The function, and its chunks. */
  task: 84,
  chunks: 88,
  /** 1 where the leader sleeps until all are done. */
  waiting: 92,
} as const;
export const wordsEnd = 96;

export const mostThreads = 64;

/** Looks at a word before a thread sleeps: some tenths of a millisecond. */
const spins = 200_000;
/** The leader sleeps a tenth of a second at a time, and gives up after ten. */
const patience = { nanoseconds: 100_000_000, turns: 100 } as const;

const read = (word: number): Code => [int(0), atomics.load(word)];
const write = (word: number, value: Code): Code => [int(0), value, atomics.store(word)];
const addTo = (word: number, value: number): Code => [int(0), int(value), atomics.add(word)];

/** From where to where the part of a thread goes. */
const part = (thread: Code, chunks: Code, threads: Code): Code => [
  [thread, chunks, op['i32.mul'], threads, op['i32.div_u']],
  [plus(thread, 1), chunks, op['i32.mul'], threads, op['i32.div_u']],
];

/** `run(task, from, to)`: calls the function of a task. */
export function taskFunction(functions: readonly number[]): FunctionBody {
  const locals = new Locals([i32, i32, i32]);
  const [task, from, to] = [0, 1, 2].map((i) => locals.parameter(i));
  return locals.body(
    functions.map((number, i) => when([task.get, int(i), op['i32.eq']], [from.get, to.get, call(number), op.return])),
  );
}

/** Spins while a condition holds, some turns at most. */
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

/** `share(task, chunks)`: the leader has a task done by all threads there are. Traps where one does not answer. */
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
    // the next number, over this job's count of threads
    write(words.job, [
      [plus([read(words.job), int(8), op['i32.shr_u']], 1), int(8), op['i32.shl']],
      threads.get,
      op['i32.or'],
    ]),
    when(read(words.sleeping), [int(0), int(mostThreads), atomics.notify(words.job), op.drop]),
    [task.get, part(int(0), chunks.get, threads.get), call(run)],
    spin(counter, spins, waiting),
    when([waiting, op['i32.eqz']], op.return),
    write(words.waiting, int(1)),
    turns.set(int(patience.turns)),
    op['block void'],
    op['loop void'],
    // what it sleeps on is what it has seen: no end is missed
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

/** `serve()`: what another thread calls; it returns when the leader has it stop. */
export function serveFunction(run: number, scratchBytes: number): FunctionBody {
  const locals = new Locals();
  const [me, seen, counter, threads] = [0, 1, 2, 3].map(() => locals.add(i32));
  const same: Code = [read(words.job), seen.get, op['i32.eq']];
  return locals.body(
    [
      // first what was seen, then the word that it is ready: no job for it is missed
      seen.set(read(words.job)),
      me.set(plus(addTo(words.ready, 1), 1)),
      setGlobal(times(me.get, scratchBytes)),
      // The end is a stop word and then a change of the job word. A thread that starts after both sees no change any more.
      when(read(words.stop), op.return),
      op['loop void'],
      spin(counter, spins, same),
      when(same, [
        [addTo(words.sleeping, 1), op.drop],
        // woken, or no longer what was seen: either way it looks again
        [int(0), seen.get, long(-1), atomics.wait(words.job), op.drop],
        [addTo(words.sleeping, -1), op.drop],
      ]),
      when(
        [same, op['i32.eqz']],
        [
          // The job before the stop word: a stop that is not seen yet changes the job once more.
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
