/** The worker of the step view, as the page sees it: what it explained last, and requests of which only the newest counts. */
import { createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { LabDocument } from '../../state/document.ts';
import { type Message, MessageError } from '../../state/message.ts';
import { startWorker } from '../../workers.ts';
import type { GradientData, StepData, StepOrder, StepReport, TakeAway } from './protocol.ts';

/** Milliseconds without a change before the gradients are compared. */
const settle = 120;

export interface Explainer {
  readonly data: () => StepData | undefined;
  readonly gradients: () => GradientData | undefined;
  /** What is wrong with the document. */
  readonly problem: () => Message | undefined;
  readonly isBusy: () => boolean;
  write(what: TakeAway): Promise<string>;
  /** Rejects with the message of what is wrong with a document. */
  check(document: LabDocument): Promise<void>;
}

type Request = StepOrder['kind'];

export function createExplainer(document: () => LabDocument | undefined): Explainer {
  const [data, setData] = createSignal<StepData>();
  const [gradients, setGradients] = createSignal<GradientData>();
  const [problem, setProblem] = createSignal<Message>();
  const [isBusy, setBusy] = createSignal(false);
  const worker = startWorker('explain');
  onCleanup(() => worker.terminate());

  const pending = new Map<number, { readonly kind: Request; readonly done?: (report: StepReport) => void }>();
  let count = 0;
  let isExplaining = false;
  let waits: LabDocument | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));

  const send = (order: StepOrder, done?: (report: StepReport) => void) => {
    pending.set(order.id, { kind: order.kind, done });
    worker.postMessage(order);
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
    send({ kind: 'explain', id: ++count, document: plain(next) });
  };
  const compare = () => {
    const now = document();
    if (now !== undefined) send({ kind: 'gradients', id: ++count, document: plain(now) });
  };
  const explained = (report: StepReport) => {
    isExplaining = false;
    if (waits !== undefined) {
      const next = waits;
      waits = undefined;
      explain(next);
    } else setBusy(false);
    if (report.kind === 'explained') {
      setProblem(undefined);
      setData(report.data);
      if (!isExplaining) timer = setTimeout(compare, settle);
    } else if (report.kind === 'failed') setProblem(report.message);
  };

  worker.onmessage = ({ data: report }: MessageEvent<StepReport>) => {
    const asked = pending.get(report.id);
    pending.delete(report.id);
    if (asked?.kind === 'explain') explained(report);
    else if (asked?.kind === 'gradients') setGradients(report.kind === 'gradients' ? report.data : undefined);
    else asked?.done?.(report);
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

  return {
    data,
    gradients,
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
