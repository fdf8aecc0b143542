/** Formulas, typeset a few at a time so that the page stays responsive. The typesetter is loaded with the first formula. */
import { createEffect, For, onCleanup } from 'solid-js';

type Typesetter = { render(tex: string, element: HTMLElement, options: object): void };
interface Job {
  readonly element: HTMLElement;
  readonly tex: string;
  readonly continues: boolean;
  isGone: boolean;
}

/** Milliseconds of typesetting in one go. */
const slice = 10;
/** No link, no style, no growing macro: names of nodes are users' texts, and are escaped before they become TeX. */
const bounds = {
  throwOnError: false,
  annotate: false,
  trust: false,
  strict: false,
  maxExpand: 100,
  maxSize: [20, 100],
};

const queue: Job[] = [];
let typesetter: Promise<Typesetter> | undefined;
let isWorking = false;

async function work(): Promise<void> {
  if (isWorking) return;
  isWorking = true;
  typesetter ??= import('temml').then(({ default: temml }) => temml as unknown as Typesetter);
  const temml = await typesetter;
  while (queue.length > 0) {
    const start = performance.now();
    while (queue.length > 0 && performance.now() - start < slice) {
      const { element, tex, continues, isGone } = queue.shift()!;
      if (isGone) continue;
      temml.render(tex, element, bounds);
      if (continues) makeInfix(element);
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  isWorking = false;
}

/** A term that begins with its sign continues a sum: the sign has space on both sides. */
function makeInfix(element: HTMLElement): void {
  const sign = element.querySelector('mo');
  if (sign === null || !/^[+−]$/.test(sign.textContent)) return;
  sign.setAttribute('form', 'infix');
  sign.setAttribute('lspace', '0.22em');
  sign.setAttribute('rspace', '0.22em');
}

/** A formula; `continues`: a term of a sum that is not the first. Until it is typeset, its source is read by nobody. */
export function Tex(props: { readonly tex: string; readonly display?: boolean; readonly continues?: boolean }) {
  let element!: HTMLSpanElement;
  createEffect(() => {
    const tex = props.display ? `\\displaystyle ${props.tex}` : props.tex;
    const job: Job = { element, tex, continues: props.continues === true, isGone: false };
    queue.push(job);
    void work();
    onCleanup(() => {
      job.isGone = true;
    });
  });
  return <span ref={element} class="graph-tex" />;
}

/** A side of an equation, which can be broken between its terms. */
export function Side(props: { readonly terms: readonly string[]; readonly isResult?: boolean }) {
  return (
    <div class="graph-side" classList={{ 'graph-result': props.isResult }}>
      <Tex tex="=" />
      <For each={props.terms}>
        {(term, i) => (
          <>
            {' '}
            <Tex tex={term} display continues={i() > 0} />
          </>
        )}
      </For>
    </div>
  );
}
