/** Files to take away: the derivation, a worksheet, the experiment. */
import { createSignal, For } from 'solid-js';
import type { TakeAway } from './protocol.ts';
import type { Step } from './state.ts';

interface Kind {
  readonly title: string;
  readonly file: (step: number) => string;
  readonly type: string;
  readonly what?: TakeAway;
}

const kinds: readonly Kind[] = [
  { title: 'Derivation (HTML)', file: (step) => `step-${step}.html`, type: 'text/html', what: 'html' },
  { title: 'Derivation (LaTeX)', file: (step) => `step-${step}.tex`, type: 'application/x-tex', what: 'latex' },
  { title: 'Worksheet (HTML)', file: (step) => `worksheet-${step}.html`, type: 'text/html', what: 'worksheetHtml' },
  { title: 'Worksheet (LaTeX)', file: (step) => `worksheet-${step}.tex`, type: 'application/x-tex', what: 'worksheet' },
  {
    title: 'Worksheet to be marked (JSON)',
    file: (step) => `worksheet-${step}.json`,
    type: 'application/json',
    what: 'sheet',
  },
  { title: 'Experiment file', file: () => 'experiment.json', type: 'application/json' },
];

export function TakeAwayList(props: { readonly step: Step }) {
  const [said, say] = createSignal('');
  const take = async ({ file, type, what }: Kind) => {
    const { step } = props;
    try {
      const text =
        what === undefined
          ? `${JSON.stringify(step.document()!.experiment, null, 2)}\n`
          : await step.explainer.write(what);
      const name = file(step.updates() + 1);
      download(name, text, type);
      say(`${name} is in your downloads.`);
    } catch (error) {
      step.lab.fail(error);
    }
  };
  return (
    <section class="step-take-away" aria-label="Take away">
      <h2>Take away</h2>
      <p class="step-buttons">
        <For each={kinds}>
          {(kind) => (
            <button type="button" onClick={() => void take(kind)}>
              {kind.title}
            </button>
          )}
        </For>
      </p>
      <p role="status" class="soft">
        {said()}
      </p>
    </section>
  );
}

function download(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
