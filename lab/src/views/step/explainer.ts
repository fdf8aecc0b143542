/** The worker of the step view, as the page sees it: what it explained last, and requests of which only the newest counts. */
import { createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { LabDocument } from '../../state/document.ts';
import { type Message, MessageError } from '../../state/message.ts';
import { startWorker } from '../../workers.ts';
import type { GradientData, StepData, StepOrder, StepReport, TakeAway } from './protocol.ts';

/** Milliseconds without a change before the gradients are compared. */
const settle = 120;

export interface Explainer {
  readonly data: () => StepData | undefined;
  /** The document whose step `data` is: an older one while a newer one is computed. */
  readonly shown: () => LabDocument | undefined;
  readonly gradients: () => GradientData | undefined;
  /** Whether `gradients` are still those of another document. */
  readonly isComparing: () => boolean;
  /** What is wrong with the document. */
  readonly problem: () => Message | undefined;
  readonly isBusy: () => boolean;
  write(what: TakeAway): Promise<string>;
  /** Rejects with the message of what is wrong with a document. */
  check(document: LabDocument): Promise<void>;
}

type Request = StepOrder['kind'];

interface Explained {
  readonly document: LabDocument;
  readonly data: StepData;
}

/** `sample`: the file's row that is shown if a batch has too many samples for all of them. */
export function createExplainer(document: () => LabDocument | undefined, sample: () => number | undefined): Explainer {
  const [explained, setExplained] = createSignal<Explained>();
  const [gradients, setGradients] = createSignal<{ readonly document: LabDocument; readonly data: GradientData }>();
  const [problem, setProblem] = createSignal<Message>();
  const [isBusy, setBusy] = createSignal(false);
  const workers: Worker[] = [];
  onCleanup(() => {
    for (const each of workers) each.terminate();
  });
  const start = () => {
    const started = startWorker('explain');
    started.onmessage = ({ data: report }: MessageEvent<StepReport>) => receive(report);
    workers.push(started);
    return started;
  };
  const worker = start();
  /** Central differences take longer than a step: the next step does not wait for them. */
  let comparer: Worker | undefined;

  const pending = new Map<number, { readonly kind: Request; readonly done?: (report: StepReport) => void }>();
  let count = 0;
  let isExplaining = false;
  let waits: LabDocument | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));

  const send = (order: StepOrder, done?: (report: StepReport) => void, to = worker) => {
    pending.set(order.id, { kind: order.kind, done });
    to.postMessage(order);
  };
  /** One explanation at a time; of the documents that come meanwhile, the last. */
  const explain = (next: LabDocument) => {
    clearTimeout(timer);
    if (isExplaining) {
      waits = next;
      return;
    }
    isExplaining = true;
    setBusy(true);
    const order = { kind: 'explain', id: ++count, document: plain(next), sample: untrack(sample) } as const;
    send(order, (report) => show(report, next));
  };
  let compared = 0;
  const compare = () => {
    const now = document();
    if (now === undefined) return;
    comparer ??= start();
    const id = ++count;
    compared = id;
    const done = (report: StepReport) => {
      // of several, the last counts
      if (id === compared) setGradients(report.kind === 'gradients' ? { document: now, data: report.data } : undefined);
    };
    send({ kind: 'gradients', id, document: plain(now) }, done, comparer);
  };
  const show = (report: StepReport, of: LabDocument) => {
    isExplaining = false;
    if (waits !== undefined) {
      const next = waits;
      waits = undefined;
      explain(next);
    } else setBusy(false);
    if (report.kind === 'explained') {
      setProblem(undefined);
      setExplained({ document: of, data: report.data });
      if (!isExplaining) timer = setTimeout(compare, settle);
    } else if (report.kind === 'failed') setProblem(report.message);
  };
  const receive = (report: StepReport) => {
    const asked = pending.get(report.id);
    pending.delete(report.id);
    asked?.done?.(report);
  };
  worker.onerror = () =>
    setProblem({
      kind: 'error',
      what: 'The thread that explains has ended: its file could not be loaded, or it ran out of memory.',
      fix: 'Load the page again; for a large network, open a smaller one.',
    });

  const answer = (order: StepOrder) =>
    new Promise<string>((resolve, reject) => {
      send(order, (report) => {
        if (report.kind === 'written') resolve(report.text);
        else reject(new MessageError(report.kind === 'failed' ? report.message : unknownFault));
      });
    });

  createEffect(
    on(document, (now) => {
      if (now !== undefined) explain(now);
    }),
  );
  createEffect(
    on(
      sample,
      (row) => {
        const now = document();
        const { batch, samples } = untrack(explained)?.data ?? {};
        const isMissing = row !== undefined && batch?.includes(row) && !samples?.includes(row);
        if (now !== undefined && isMissing) explain(now);
      },
      { defer: true },
    ),
  );

  return {
    data: createMemo(() => explained()?.data),
    shown: () => explained()?.document,
    gradients: createMemo(() => gradients()?.data),
    isComparing: () => gradients()?.document !== document(),
    problem,
    isBusy,
    write: async (what) => {
      const now = document();
      return now === undefined ? '' : answer({ kind: 'write', id: ++count, document: plain(now), what });
    },
    check: async (other) => {
      await answer({ kind: 'check', id: ++count, document: plain(other) });
    },
  };
}

const unknownFault: Message = { kind: 'error', what: 'The thread that explains did not answer.' };

const plain = (document: LabDocument): LabDocument => JSON.parse(JSON.stringify(document));
