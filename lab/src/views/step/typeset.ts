/**
 * Typesets TeX as MathML, with temml, which is loaded on first use. Formulas on the screen come first; the others wait, so that
 * no task is long.
 */
import { createSignal } from 'solid-js';
import type temmlModule from 'temml';

const [temml, setTemml] = createSignal<typeof temmlModule>();
let isLoading = false;

/** Whether formulas can be typeset now; starts loading. */
export function isReady(): boolean {
  if (!isLoading) {
    isLoading = true;
    void import('temml').then((loaded) => setTemml(() => loaded.default));
  }
  return temml() !== undefined;
}

/** Only the mark of a number is allowed of what TeX can do to a page. */
const trust = ({ command, attributes }: { command: string; attributes?: Record<string, string> }) =>
  command === '\\data' &&
  Object.entries(attributes ?? {}).every(([name, value]) => name === 'data-n' && /^\d+$/.test(value));

const known = new Map<string, Element>();

/** The MathML of TeX. Call it after `isReady`. */
export function typeset(tex: string): Element {
  let made = known.get(tex);
  if (made === undefined) {
    const holder = document.createElement('span');
    try {
      temml()!.render(`\\displaystyle ${tex}`, holder, {
        throwOnError: true,
        annotate: false,
        strict: false,
        maxExpand: 100,
        maxSize: [20, 100],
        trust,
      } as Parameters<typeof temmlModule.render>[2]);
    } catch {
      // a symbol that the typesetter does not know is shown as its source
      holder.textContent = tex;
    }
    made = (holder.firstElementChild as Element | null) ?? holder;
    if (known.size > 5000) known.clear();
    known.set(tex, made);
  }
  return made.cloneNode(true) as Element;
}

type Job = () => void;
const jobs = new Set<Job>();
let isScheduled = false;

/** Runs a job in a later frame, a few milliseconds of jobs in each. */
export function later(job: Job): () => void {
  jobs.add(job);
  schedule();
  return () => jobs.delete(job);
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    const end = performance.now() + 6;
    for (const job of jobs) {
      jobs.delete(job);
      job();
      if (performance.now() > end) break;
    }
    if (jobs.size > 0) schedule();
  });
}
