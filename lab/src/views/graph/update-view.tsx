/** One update of skip-gram or LINE in numbers: a small example in two dimensions, and the next update of this graph's training. */
import { createEffect, createMemo, createResource, createSignal, For, on, onCleanup, onMount, Show } from 'solid-js';
import { messageOf } from '../../state/message.ts';
import type { GraphClient } from './client.ts';
import { StepLines } from './lines.tsx';
import { MessageView } from './message-view.tsx';
import type { ExplainedUpdate } from './protocol.ts';
import { type Arrow, VectorsPicture } from './vectors-picture.tsx';
import { WalkStrip } from './walk-strip.tsx';

type Tab = 'example' | 'walks' | 'graph' | 'message';

const tabs: readonly { readonly name: Tab; readonly title: string }[] = [
  { name: 'example', title: 'In two dimensions' },
  { name: 'walks', title: 'Walks, p and q' },
  { name: 'graph', title: 'This graph, now' },
  { name: 'message', title: 'A message (GCN)' },
];

export interface UpdateViewProps {
  readonly client: GraphClient;
  readonly selected: number | undefined;
  /** The update that the map should show. */
  onUpdate(update: ExplainedUpdate | undefined): void;
}

export function UpdateView(props: UpdateViewProps) {
  let section!: HTMLElement;
  const [tab, setTab] = createSignal<Tab>('example');
  // formulas are typeset when somebody comes near them
  const [isNear, setNear] = createSignal(false);
  onMount(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true),
      { rootMargin: '200px' },
    );
    observer.observe(section);
    onCleanup(() => observer.disconnect());
  });
  /** The map comes first: what explains an update is loaded after it. */
  const isMoving = () => {
    const { graph, frame, phase } = props.client;
    return graph() !== undefined && (frame() !== undefined || phase() === 'failed');
  };
  createEffect(() => {
    if (tab() !== 'graph') props.onUpdate(undefined);
  });

  return (
    <section class="graph-update" ref={section} aria-labelledby="graph-update-title">
      <h2 id="graph-update-title">One update, number by number</h2>
      <p>
        Skip-gram reads a walk. The node in the middle of a window, the center, is to be predicted from the others, and
        not from a few negatives drawn at random. LINE does the same with the two ends of an edge. Every number of that
        is here.
      </p>
      <fieldset class="graph-row controls" aria-label="What to explain">
        <For each={tabs}>
          {({ name, title }) => (
            <button type="button" aria-pressed={tab() === name} onClick={() => setTab(name)}>
              {title}
            </button>
          )}
        </For>
      </fieldset>
      <Show when={isNear() && isMoving()}>
        <Show when={tab() === 'example'}>
          <Example client={props.client} which="pairs" />
        </Show>
        <Show when={tab() === 'walks'}>
          <Example client={props.client} which="walks" />
        </Show>
        <Show when={tab() === 'graph'}>
          <Now {...props} />
        </Show>
        <Show when={tab() === 'message'}>
          <MessageView client={props.client} selected={props.selected} />
        </Show>
      </Show>
    </section>
  );
}

/** The worked examples of the package. */
const examples = {
  pairs: () => import('../../../../examples/skip-gram-2d.json'),
  walks: () => import('../../../../examples/walks-four-nodes.json'),
};

function Example(props: { readonly client: GraphClient; readonly which: keyof typeof examples }) {
  const [loaded] = createResource(async () => {
    const { default: json } = await examples[props.which]();
    return { json, explained: await props.client.ask('example', { json }) };
  });
  return (
    <Show when={loaded()} fallback={<Waiting error={loaded.error} />}>
      {(found) => (
        <div class="graph-example">
          <div>
            <p class="soft graph-note">{found().json.source}</p>
            <Show when={props.which === 'pairs'}>
              <VectorsPicture arrows={arrowsOf(found().json as never, found().explained.groups)} />
            </Show>
            <Show when={props.which === 'walks'}>
              <ul class="graph-note soft">
                <For each={found().explained.setting}>{(sentence) => <li>{sentence}</li>}</For>
              </ul>
            </Show>
          </div>
          <StepLines example={found().explained} />
        </div>
      )}
    </Show>
  );
}

interface PairsJson {
  readonly experiment: {
    readonly skipGram: {
      readonly centre: [number, number];
      readonly contexts: { readonly name: string; readonly vector: [number, number] }[];
      readonly negatives: { readonly name: string; readonly vector: [number, number] }[];
    };
  };
}

/** The vectors of the example, and where the update's lines move them. */
function arrowsOf({ experiment }: PairsJson, groups: ExplainedUpdate['groups']): Arrow[] {
  const { centre, contexts, negatives } = experiment.skipGram;
  const values = new Map(
    groups.flatMap(({ lines }) =>
      lines.filter(({ after }) => after > 0).map(({ quantity, value }) => [quantity, value]),
    ),
  );
  const after = (address: string): [number, number] => [values.get(`${address}[0]`)!, values.get(`${address}[1]`)!];
  return [
    { name: 'v', kind: 'centre', before: centre, after: after('centre') },
    ...contexts.map(({ name, vector }, i) => ({
      name,
      kind: 'context' as const,
      before: vector,
      after: after(`context[${i}]`),
    })),
    ...negatives.map(({ name, vector }, i) => ({
      name,
      kind: 'negative' as const,
      before: vector,
      after: after(`negative[${i}]`),
    })),
  ];
}

/** The next update of the training, with the vectors of this moment. */
function Now(props: UpdateViewProps) {
  const [turn, setTurn] = createSignal(0);
  // once: a new frame changes no numbers until the person asks for those of now
  const has = createMemo(() => props.client.frame() !== undefined);
  const [update] = createResource(
    () => ({ node: props.selected, turn: turn(), has: has() }),
    ({ node, has }) => (has ? props.client.ask('explain', { node }) : undefined),
  );
  createEffect(on(update, (found) => props.onUpdate(found)));
  const names = () => props.client.graph()!.names;
  const isOver = () => props.client.phase() === 'ended';
  return (
    <>
      <p class="graph-row controls">
        <button type="button" onClick={() => setTurn(turn() + 1)}>
          Take the vectors of now
        </button>
        <span class="soft">
          {props.selected === undefined
            ? 'The next update of the training. Select a node to see one around it.'
            : `The next update with ${names()[props.selected]} as the ${update()?.kind === 'edge' ? 'source of the edge' : 'center'}.`}
        </span>
      </p>
      <Show when={!update.loading} fallback={<Waiting error={update.error} />}>
        <Show
          when={update.error === undefined && update()}
          fallback={
            <p class="soft" role="status">
              {update.error === undefined
                ? 'This method computes its vectors without such updates, or none of them is of this node. Choose node2vec, DeepWalk or LINE and train.'
                : messageOf(update.error).what}
            </p>
          }
        >
          {(found) => (
            <>
              <WalkStrip update={found()} names={names()} />
              <p class="soft graph-note">
                {isOver()
                  ? `The training has ended: this is what it would do if it took one of its ${found().kind}s again.`
                  : found().walksBefore > 0
                    ? `${found().walksBefore} ${found().kind}s come before this one, and will still change the vectors: the numbers are those of now.`
                    : `It is the next ${found().kind} of the training; the numbers are those of now, before the update.`}{' '}
                {found().setting.find((sentence) => sentence.startsWith('Learning rate'))}.
              </p>
              <StepLines example={found()} />
            </>
          )}
        </Show>
      </Show>
    </>
  );
}

function Waiting(props: { readonly error: unknown }) {
  return (
    <p class="soft" role="status">
      {props.error === undefined ? 'Computing …' : messageOf(props.error).what}
    </p>
  );
}
