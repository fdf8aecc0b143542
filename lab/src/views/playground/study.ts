/** The study worker as promises. Of two questions of one kind, only the newer is answered. */
import { onCleanup } from 'solid-js';
import { startWorker } from '../../workers.ts';
import type { CheckOrder, SliceOrder, StudyOrder, StudyReport } from './study-worker.ts';

export interface Study {
  /** Undefined if a newer question came, or if there is no answer. */
  ask(order: SliceOrder | CheckOrder): Promise<StudyReport | undefined>;
}

/** For a component: the worker starts with the first question, and ends with the component. */
export function createStudy(): Study {
  let worker: Worker | undefined;
  let id = 0;
  const waiting = new Map<number, { readonly kind: string; readonly resolve: (report?: StudyReport) => void }>();
  const answer = (which: number, report?: StudyReport) => {
    waiting.get(which)?.resolve(report);
    waiting.delete(which);
  };
  onCleanup(() => {
    worker?.terminate();
    for (const which of [...waiting.keys()]) answer(which);
  });
  return {
    ask: (order) => {
      if (worker === undefined) {
        worker = startWorker('study');
        worker.onmessage = ({ data }: MessageEvent<StudyReport>) => answer(data.id, data);
      }
      for (const [which, { kind }] of [...waiting]) if (kind === order.kind) answer(which);
      const own = ++id;
      worker.postMessage({ ...order, id: own } satisfies StudyOrder);
      return new Promise((resolve) => waiting.set(own, { kind: order.kind, resolve }));
    },
  };
}
