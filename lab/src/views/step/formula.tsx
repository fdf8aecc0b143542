/** A typeset formula, whose numbers can be selected. Until it is typeset, its text is shown. */
import { createEffect, createMemo, onCleanup } from 'solid-js';
import { isReady, later, typeset } from './typeset.ts';

export interface FormulaProps {
  readonly tex: string;
  /** The terms of a long sum, between which a line can break. */
  readonly terms?: readonly string[];
  /** For the time until it is typeset. */
  readonly text?: string;
  /** Typeset at once, not when there is time. */
  readonly urgent?: boolean;
}

export function Formula(props: FormulaProps) {
  let holder!: HTMLSpanElement;
  // a change of other numbers leaves this formula as it is
  const wanted = createMemo(() => (long(props.terms) ? props.terms!.join('\n') : props.tex));
  createEffect(() => {
    const tex = wanted();
    const { urgent } = props;
    if (!isReady()) {
      holder.textContent = props.text ?? '';
      return;
    }
    const show = () => holder.replaceChildren(...tex.split('\n').flatMap(term));
    if (urgent) show();
    else onCleanup(later(show));
  });
  return <span class="step-formula" ref={holder} />;
}

const long = (terms: readonly string[] | undefined) => terms !== undefined && terms.length > 2;

/** A term, with a place before it where the line can break. Its sign has the space of one between two terms. */
function term(tex: string, at: number): Node[] {
  const made = typeset(tex);
  if (at === 0) return [made];
  const sign = made.querySelector('mo');
  for (const [name, value] of Object.entries({ form: 'infix', lspace: '0.22em', rspace: '0.22em' })) {
    sign?.setAttribute(name, value);
  }
  return [document.createElement('wbr'), made];
}
