/** The view "Graph": node vectors that train in the page, their map as it forms, and one update in numbers. */
import './graph.css';
import { createEffect, createMemo, createSignal, on, onCleanup, Show, untrack } from 'solid-js';
import { messageOf } from '../../state/message.ts';
import { type ViewProps, viewNamed } from '../../views.ts';
import { fetchBuiltIn } from './built-in.ts';
import { createGraphClient, Refusal } from './client.ts';
import { createDark } from './dark.ts';
import { DataChooser } from './data-chooser.tsx';
import { openFiles } from './files.ts';
import { Legend } from './legend.tsx';
import { GraphMap, type MapHandle } from './map/map.tsx';
import type { Scene, ShownWalk } from './map/scene.ts';
import { MethodForm } from './method-form.tsx';
import { createNearest } from './nearest.ts';
import { NodePanel } from './node-panel.tsx';
import type { GraphSource, GroupKind, Groups } from './protocol.ts';
import { type DataChoice, firstSettings, type GraphSettings, readSettings } from './settings.ts';
import { Status } from './status.tsx';
import { TakeAway } from './take-away.tsx';
import { TrainingBar } from './training-bar.tsx';
import { UpdateView } from './update-view.tsx';

/** Milliseconds after a change of an option, before the training starts again. */
const settle = 250;

export default function Graph(props: ViewProps) {
  const { lab } = props;
  const client = createGraphClient((message) => lab.say(message));
  const [settings, setSettings] = createSignal<GraphSettings>(firstSettings);
  const [groups, setGroups] = createSignal<Groups>();
  const [emphasized, setEmphasized] = createSignal<number>();
  const [hovered, setHovered] = createSignal<number>();
  const [walk, setWalk] = createSignal<ShownWalk>();
  const [layout, setLayout] = createSignal<{ readonly x: Float32Array; readonly y: Float32Array }>();
  const [isLayingOut, setLayingOut] = createSignal(false);
  const [handle, setHandle] = createSignal<MapHandle>();
  const isDark = createDark();
  let isGone = false;
  /** Whether a person opened the graph that is being read from below the map. */
  let isOpened = false;
  onCleanup(() => {
    isGone = true;
  });

  /** The settings that this view wrote last, so that its own are not taken for those of a link. */
  let own: unknown;
  const change = (part: Partial<GraphSettings>) => {
    setSettings((all) => ({ ...all, ...part }));
    own = settings();
    lab.setSettings('graph', own);
  };
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!isGone) lab.say(error instanceof Refusal ? error.reason : messageOf(error));
    }
  };

  const show = (source: GraphSource, data: DataChoice) => {
    lab.say(undefined);
    setEmphasized(undefined);
    setHovered(undefined);
    setWalk(undefined);
    setLayout(undefined);
    if (data !== settings().data) change({ data, selected: undefined, colors: undefined });
    client.load(source, settings().colors);
  };
  const openData = (data: DataChoice) =>
    attempt(async () => {
      if (data.kind === 'text') return show({ ...data }, data);
      if (data.kind === 'file') {
        throw new Error(`The link names the file ${data.name}, which it does not hold. Open the file again.`);
      }
      const source = await fetchBuiltIn(data.name);
      if (!isGone) show(source, data);
    });
  const openDropped = (files: readonly File[]) =>
    attempt(async () => {
      const { source, data } = await openFiles(files);
      isOpened = true;
      show(source, data);
    });

  createEffect(
    on(
      () => lab.settings('graph'),
      (given) => {
        if (given === own && own !== undefined) return;
        own = given;
        try {
          setSettings(readSettings(given));
        } catch (error) {
          setSettings(firstSettings);
          lab.fail(error);
          const reason = lab.message();
          void openData(firstSettings.data).then(() => lab.say(reason));
          return;
        }
        void openData(settings().data);
      },
    ),
  );

  const train = () => {
    const { method, options, seed } = settings();
    setLayout(undefined);
    client.train({ method, options, seed });
  };
  createEffect(
    on(client.graph, (graph) => {
      setGroups(graph?.groups);
      if (graph === undefined) return;
      if (isOpened) handle()?.reveal();
      isOpened = false;
      train();
    }),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const retrain = (part: Partial<GraphSettings>) => {
    change(part);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (client.graph() === undefined) return;
      lab.say(undefined);
      train();
    }, settle);
  };
  onCleanup(() => clearTimeout(timer));

  const wantsUmap = createMemo(() => client.phase() === 'ended' && settings().map === 'umap');
  createEffect(() => {
    setLayout(undefined);
    if (!wantsUmap()) return;
    let isStale = false;
    onCleanup(() => {
      isStale = true;
      setLayingOut(false);
    });
    setLayingOut(true);
    void attempt(async () => {
      const found = await client.ask('map', { kind: 'umap', seed: untrack(settings).seed });
      if (!isStale) setLayout(found);
    }).finally(() => !isStale && setLayingOut(false));
  });

  const selected = createMemo(() => {
    const { selected: name } = settings();
    const at = name === undefined ? -1 : (client.graph()?.names.indexOf(name) ?? -1);
    return at < 0 ? undefined : at;
  });
  const select = (node: number | undefined) =>
    change({ selected: node === undefined ? undefined : client.graph()?.names[node] });
  const nearest = createNearest(client, () => hovered() ?? selected());
  const setColors = (by: GroupKind) =>
    attempt(async () => {
      setEmphasized(undefined);
      change({ colors: by });
      setGroups(await client.ask('groups', { by }));
    });

  const scene = createMemo((): Scene | undefined => {
    const graph = client.graph();
    const shown = groups();
    if (graph === undefined || shown === undefined) return undefined;
    return {
      graph,
      groups: shown,
      isDark: isDark(),
      emphasized: emphasized(),
      hovered: hovered(),
      selected: selected(),
      near: nearest.list().map(({ node }) => node),
      walk: walk(),
    };
  });
  const label = () => {
    const graph = client.graph();
    if (graph === undefined) return 'Map of the nodes.';
    const names = groups()?.names ?? [];
    const by = names.length > 0 ? `, in ${names.length} groups: ${names.slice(0, 6).join(', ')}` : '';
    return `Map of ${graph.names.length} nodes and ${graph.edgeCount} edges${by}. The lists beside it say the same.`;
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void openDropped([...(event.dataTransfer?.files ?? [])]);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can be dropped anywhere; the button does the same
    <div class="graph-view" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <h1>Graph</h1>
      <p class="graph-about">{viewNamed('graph')!.about} Nodes with similar surroundings get similar vectors.</p>
      <div class="graph-main">
        <figure>
          <TrainingBar client={client} onAgain={train} />
          <GraphMap
            scene={scene()}
            places={layout() ?? client.frame()}
            label={label()}
            onHover={setHovered}
            onSelect={select}
            ready={setHandle}
          />
          <figcaption class="graph-caption">
            <Status client={client} isUmap={layout() !== undefined} isLayingOut={isLayingOut()} />
            <fieldset class="graph-row controls" aria-label="Kind of map">
              <button type="button" aria-pressed={settings().map === 'pca'} onClick={() => change({ map: 'pca' })}>
                PCA, live
              </button>
              <button type="button" aria-pressed={settings().map === 'umap'} onClick={() => change({ map: 'umap' })}>
                UMAP, at the end
              </button>
            </fieldset>
          </figcaption>
        </figure>
        <div class="graph-side-panel">
          <Show when={client.graph()}>
            {(graph) => (
              <>
                <NodePanel
                  graph={graph()}
                  groups={groups() ?? graph().groups}
                  isDark={isDark()}
                  hovered={hovered()}
                  selected={selected()}
                  near={nearest.list()}
                  problem={nearest.problem()}
                  onSelect={select}
                />
                <Legend
                  groups={groups() ?? graph().groups}
                  hasLabels={graph().hasLabels}
                  isDark={isDark()}
                  emphasized={emphasized()}
                  onEmphasize={setEmphasized}
                  onColors={(by) => void setColors(by)}
                />
              </>
            )}
          </Show>
        </div>
        <div class="graph-settings">
          <DataChooser
            data={settings().data}
            onBuiltIn={(name) => void openData(builtInData(name))}
            onFiles={(files) => void openDropped(files)}
            onText={(source) => {
              isOpened = true;
              show(source, { kind: 'text', ...source });
            }}
          />
          <MethodForm
            methods={client.methods()}
            settings={settings()}
            onMethod={(method) => retrain({ method, options: {} })}
            onOption={(name, value) => {
              const { [name]: _, ...others } = settings().options;
              retrain({ options: value === undefined ? others : { ...others, [name]: value } });
            }}
            onSeed={(seed) => retrain({ seed })}
          />
        </div>
      </div>
      <UpdateView client={client} selected={selected()} onUpdate={setWalk} />
      <TakeAway client={client} settings={settings()} map={handle()} onProblem={(message) => lab.say(message)} />
    </div>
  );
}

const builtInData = (name: Extract<DataChoice, { kind: 'built-in' }>['name']): DataChoice => ({
  kind: 'built-in',
  name,
});
