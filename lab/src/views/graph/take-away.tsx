/** What a person takes away: the vectors in a format of their choice, pictures of the map, and the command that does the same. */
import { createSignal, For } from 'solid-js';
import type { Message } from '../../state/message.ts';
import { messageOf } from '../../state/message.ts';
import type { GraphClient } from './client.ts';
import type { MapHandle } from './map/map.tsx';
import { commandOf, type GraphSettings } from './settings.ts';

const formats = [
  { ending: '.vec', title: 'word2vec text (.vec)' },
  { ending: '.tsv', title: 'Embedding Projector (.tsv, two files)' },
  { ending: '.npy', title: 'NumPy (.npy, and the names)' },
  { ending: '.parquet', title: 'Parquet' },
  { ending: '.csv', title: 'CSV' },
  { ending: '.jsonl', title: 'JSON Lines' },
  { ending: '.safetensors', title: 'safetensors' },
] as const;

export interface TakeAwayProps {
  readonly client: GraphClient;
  readonly settings: GraphSettings;
  readonly map: MapHandle | undefined;
  onProblem(message: Message): void;
}

export function TakeAway(props: TakeAwayProps) {
  const [ending, setEnding] = createSignal<string>('.vec');
  const base = () =>
    props.settings.data.name.replace(/(\.edges)?\.[a-z0-9]+$/i, '').replaceAll(/[^\p{L}\p{N}_-]+/gu, '-');
  const attempt = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      props.onProblem(messageOf(error));
    }
  };
  const vectors = async () => {
    for (const { name, bytes } of await props.client.ask('files', { name: `${base()}${ending()}` })) {
      save(new Blob([bytes]), name);
    }
  };
  const hasVectors = () => props.client.frame() !== undefined;
  return (
    <section class="graph-take" aria-labelledby="graph-take">
      <h2 id="graph-take">Take away</h2>
      <div class="graph-row controls">
        <select aria-label="Format of the vectors" value={ending()} onChange={(event) => setEnding(event.target.value)}>
          <For each={formats}>{(format) => <option value={format.ending}>{format.title}</option>}</For>
        </select>
        <button type="button" disabled={!hasVectors()} onClick={() => void attempt(vectors)}>
          Download the vectors
        </button>
        <button
          type="button"
          disabled={!hasVectors()}
          onClick={() => void attempt(async () => save(await props.map!.png(), `${base()}.png`))}
        >
          Map as PNG
        </button>
        <button
          type="button"
          disabled={!hasVectors()}
          onClick={() =>
            void attempt(() => save(new Blob([props.map!.svg()], { type: 'image/svg+xml' }), `${base()}.svg`))
          }
        >
          Map as SVG
        </button>
      </div>
      <p class="graph-note">
        {props.client.phase() === 'ended'
          ? 'The command line makes the same vectors, to the bit:'
          : 'The training has not ended: the file has the vectors of now. At its end, they are those of this command, to the bit:'}
      </p>
      <section class="scroll graph-command" tabindex="0" aria-label="The command">
        <code>{commandOf(props.settings, `${base()}${ending()}`)}</code>
      </section>
    </section>
  );
}

function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
