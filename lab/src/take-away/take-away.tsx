/** The menu "Take away": what is on the page as files and programs. Any view can show it. */
import './take-away.css';
import { type HistoryRow, historyCsv } from 'chainrule';
import { createSignal, For, onCleanup, Show } from 'solid-js';
import type { LabDocument } from '../state/document.ts';
import type { Lab } from '../state/lab.ts';
import { messageOf } from '../state/message.ts';
import { CodeDialog, type Program } from './code-dialog.tsx';
import { download } from './download.ts';
import { documentName } from './names.ts';
import { inWorker } from './working.ts';

export interface TakeAwayProps {
  readonly lab: Lab;
  /** The present document; undefined while there is none. */
  readonly document: () => LabDocument | undefined;
  /** The trained model as `save` wrote it; undefined before there is one. */
  readonly model?: () => Uint8Array | undefined;
  /** The history of its training. */
  readonly history?: () => readonly HistoryRow[] | undefined;
  /** Table files that the document names but does not hold. */
  readonly tables?: () => Readonly<Record<string, Blob>>;
}

interface Item {
  readonly title: string;
  readonly about: string;
  /** Whether it needs a trained model. */
  readonly trained?: boolean;
  readonly take: (document: LabDocument) => unknown;
}

export function TakeAway(props: TakeAwayProps) {
  const [program, setProgram] = createSignal<Program>();
  const [busy, setBusy] = createSignal<string>();
  const [copied, setCopied] = createSignal('');
  let menu!: HTMLDetailsElement;
  const model = () => props.model?.();
  const history = () => props.history?.();
  const order = (document: LabDocument) => ({ document: plain(document), tables: props.tables?.() });

  const items: readonly Item[] = [
    {
      title: 'Experiment file',
      about: 'JSON for chainrule train',
      take: (document) => {
        const { $schema: _, ...experiment } = document.experiment;
        download(`${documentName(document)}.json`, `${JSON.stringify(experiment, undefined, 2)}\n`, 'application/json');
        for (const [name, text] of Object.entries(document.files)) download(name, text, 'text/csv');
      },
    },
    {
      title: 'Model, safetensors',
      about: 'for chainrule predict',
      trained: true,
      take: () => download('model.safetensors', model()!),
    },
    {
      title: 'Model, ONNX',
      about: 'for other runtimes',
      trained: true,
      take: async () => download('model.onnx', await inWorker({ kind: 'onnx', model: model()! })),
    },
    {
      title: 'Program, TypeScript',
      about: 'trains the same with npm i chainrule',
      take: async (document) => {
        const { typescriptProgram } = await import('./typescript-program.ts');
        setProgram({
          title: 'TypeScript program',
          about: 'It trains the same network on the same rows. Run it with: npm i chainrule && npx tsx train.ts',
          code: typescriptProgram(document.experiment),
          files: () => [{ name: 'train.ts', content: typescriptProgram(document.experiment) }],
        });
      },
    },
    {
      title: 'Program, PyTorch',
      about: 'trains the same in Python',
      take: async (document) => {
        const files = await inWorker({ kind: 'pytorch', ...order(document) });
        setProgram({
          title: 'PyTorch program',
          about: 'It starts with the same weights and has the same encoded rows. Its first lines say what differs.',
          code: files.python,
          files: () => [{ name: 'train-pytorch.zip', content: files.zip }],
        });
      },
    },
    {
      title: 'History',
      about: 'CSV, a row for each epoch',
      trained: true,
      take: () => download('history.csv', historyCsv(history() ?? []), 'text/csv'),
    },
    {
      title: 'Link',
      about: 'holds the whole state',
      take: async () => {
        await navigator.clipboard.writeText(await props.lab.link());
        setCopied('The link is copied.');
      },
    },
  ];

  const take = async (item: Item) => {
    const document = props.document();
    if (document === undefined) return;
    setBusy(item.title);
    setCopied('');
    try {
      await item.take(document);
    } catch (error) {
      props.lab.say(messageOf(error));
    } finally {
      setBusy(undefined);
    }
  };

  /** Closes the menu and returns to its button: the chosen one may be disabled while it works. */
  const close = () => {
    menu.open = false;
    menu.querySelector('summary')?.focus();
  };
  const closeOutside = (event: PointerEvent) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  };
  addEventListener('pointerdown', closeOutside);
  onCleanup(() => removeEventListener('pointerdown', closeOutside));

  return (
    <>
      <details
        ref={menu}
        class="take-away"
        onKeyDown={(event) => {
          if (event.key === 'Escape' && menu.open) close();
        }}
        onFocusOut={(event) => {
          if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
        }}
      >
        <summary>Take away</summary>
        <ul class="controls">
          <For each={items}>
            {(item) => (
              <li>
                <button
                  type="button"
                  class="plain"
                  disabled={
                    props.document() === undefined || (item.trained && model() === undefined) || busy() === item.title
                  }
                  onClick={() => {
                    close();
                    void take(item);
                  }}
                >
                  <span>{item.title}</span>
                  <small>{item.trained && model() === undefined ? 'after the training' : item.about}</small>
                </button>
              </li>
            )}
          </For>
        </ul>
        <p role="status" class="soft">
          {busy() === undefined ? copied() : 'Writing …'}
        </p>
      </details>
      <Show when={program()}>{(shown) => <CodeDialog program={shown()} onClose={() => setProgram(undefined)} />}</Show>
    </>
  );
}

/** Plain data: a document can be part of a store, whose proxies cannot be sent. */
const plain = (document: LabDocument): LabDocument => JSON.parse(JSON.stringify(document));
