/** The worker of one graph: reads it, trains on it, and answers questions about it. */
import { embeddingMethods, optionsOf } from 'chainrule/graphs';
import { messageOf } from '../../../state/message.ts';
import type { Order, Report } from '../protocol.ts';
import { answers } from './answers.ts';
import { type LoadedGraph, loadGraph } from './load.ts';
import { Training } from './training.ts';

let loaded: LoadedGraph | undefined;
let training: Training | undefined;

const report = (message: Report, transfer: Transferable[] = []) => postMessage(message, { transfer });

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  switch (order.kind) {
    case 'load':
      return void load(order);
    case 'train':
      return void train(order);
    case 'pace':
      return training?.setPace(order.pace);
    case 'step':
      return training?.step();
    case 'ask':
      return void answer(order);
  }
});

/** Options that a form can show: texts, numbers, switches, and lists of numbers. */
const methods = embeddingMethods.map((method) => ({
  name: method.name,
  summary: method.summary,
  options: optionsOf(method).filter((option) => option.default !== undefined),
}));

async function load({ source, by }: Order & { kind: 'load' }): Promise<void> {
  report({ kind: 'methods', methods });
  try {
    loaded = await loadGraph(source, by, (edges) => report({ kind: 'reading', edges }));
    report({ kind: 'graph', graph: loaded.shown });
  } catch (error) {
    report({ kind: 'failed', message: messageOf(error) });
  }
}

async function train({ run, wish, pace }: Order & { kind: 'train' }): Promise<void> {
  training?.stop();
  if (loaded === undefined) return;
  const own = new Training(loaded.graph, run, wish, pace);
  training = own;
  const isCurrent = () => training === own;
  try {
    await own.start({
      started: (warnings) => report({ kind: 'started', run, warnings }),
      frame: (frame) => {
        if (isCurrent()) report({ kind: 'frame', frame }, [frame.x.buffer, frame.y.buffer]);
      },
      ended: ({ seconds }) => {
        if (isCurrent()) report({ kind: 'ended', run, seconds });
      },
    });
  } catch (error) {
    if (isCurrent()) report({ kind: 'failed', run, message: messageOf(error) });
  }
}

async function answer({ number, question, ask }: Order & { kind: 'ask' }): Promise<void> {
  try {
    if (loaded === undefined || training === undefined) throw new Error('There is no graph yet.');
    const answering = answers[question] as (...parts: unknown[]) => unknown;
    report({ kind: 'answer', number, answer: await answering(ask, loaded, training) });
  } catch (error) {
    report({ kind: 'answer', number, message: messageOf(error) });
  }
}
