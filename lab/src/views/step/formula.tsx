/** A typeset formula, whose numbers can be selected. Until it is typeset, its text is shown. */
import { createEffect, onCleanup } from 'solid-js';
import { isReady, later, typeset } from './typeset.ts';

export interface FormulaProps {
  readonly tex: string;
  /** For the time until it is typeset. */
  readonly text?: string;
  /** Typeset at once, not when there is time. */
  readonly urgent?: boolean;
}

export function Formula(props: FormulaProps) {
  let holder!: HTMLSpanElement;
  createEffect(() => {
    const { tex, urgent } = props;
    if (!isReady()) {
      holder.textContent = props.text ?? '';
      return;
    }
    const show = () => holder.replaceChildren(typeset(tex));
    if (urgent) show();
    else onCleanup(later(show));
  });
  return <span class="step-formula" ref={holder} />;
}
