/** A program in a dialog, to read, copy or download. */
import { createSignal, onMount } from 'solid-js';
import { messageOf } from '../state/message.ts';
import { download } from './download.ts';

export interface Program {
  readonly title: string;
  readonly about: string;
  readonly code: string;
  readonly files: () => readonly { readonly name: string; readonly content: string | Uint8Array }[];
}

export function CodeDialog(props: { readonly program: Program; readonly onClose: () => void }) {
  const [status, setStatus] = createSignal('');
  let dialog!: HTMLDialogElement;
  onMount(() => dialog.showModal());
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.program.code);
      setStatus('Copied');
    } catch (error) {
      setStatus(`It could not be copied: ${messageOf(error).what}`);
    }
  };
  return (
    <dialog ref={dialog} class="code-dialog" aria-labelledby="code-title" onClose={() => props.onClose()}>
      <h2 id="code-title">{props.program.title}</h2>
      <p>{props.program.about}</p>
      <section class="code-text" tabindex="0" aria-label="The program">
        <pre>{props.program.code}</pre>
      </section>
      <div class="code-buttons controls">
        <button type="button" class="primary" onClick={() => void copy()}>
          Copy
        </button>
        <button
          type="button"
          onClick={() => {
            for (const { name, content } of props.program.files()) download(name, content);
          }}
        >
          Download
        </button>
        <button type="button" onClick={() => dialog.close()}>
          Close
        </button>
        <span role="status">{status()}</span>
      </div>
    </dialog>
  );
}
