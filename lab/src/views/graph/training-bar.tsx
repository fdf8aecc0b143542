/** The training's buttons, its progress, and its loss as a curve. */
import { createMemo, Show } from 'solid-js';
import type { GraphClient } from './client.ts';
import type { Pace } from './protocol.ts';

export interface TrainingBarProps {
  readonly client: GraphClient;
  onAgain(): void;
}

export function TrainingBar(props: TrainingBarProps) {
  const { client } = props;
  const isRunning = () => client.phase() === 'running';
  const isPaused = () => client.pace() === 'paused';
  let before: Pace = 'normal';
  const toggle = () => {
    if (!isRunning()) return props.onAgain();
    if (isPaused()) return client.setPace(before);
    before = client.pace();
    client.setPace('paused');
  };
  const done = () => (client.phase() === 'ended' ? 1 : (client.frame()?.done ?? 0));
  return (
    <div class="graph-bar controls">
      <button type="button" class="primary graph-play" disabled={client.graph() === undefined} onClick={toggle}>
        {isRunning() ? (isPaused() ? 'Continue' : 'Pause') : 'Train again'}
      </button>
      <button type="button" disabled={!isRunning() || !isPaused()} onClick={() => client.step()}>
        Step
      </button>
      <select
        aria-label="Pace of the training"
        value={isPaused() ? before : client.pace()}
        onChange={(event) => {
          before = event.target.value as Pace;
          if (!isPaused()) client.setPace(before);
        }}
      >
        <option value="slow">slowly</option>
        <option value="normal">to watch</option>
        <option value="fast">at full speed</option>
      </select>
      <progress aria-label="Progress of the training" max="1" value={done()} />
      <span class="number graph-progress">{Math.round(100 * done())} %</span>
      <LossCurve losses={client.losses()} />
    </div>
  );
}

const [width, height] = [80, 30];

/** The mean of the losses of recent reports: one walk's loss alone is noisy. */
function smoothed(losses: readonly (readonly [number, number])[]): [number, number][] {
  let mean = losses[0]?.[1] ?? 0;
  return losses.map(([done, loss]) => {
    mean += 0.25 * (loss - mean);
    return [done, mean];
  });
}

function LossCurve(props: { readonly losses: readonly (readonly [number, number])[] }) {
  const curve = createMemo(() => smoothed(props.losses));
  const path = createMemo(() => {
    const values = curve().map(([, loss]) => loss);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const y = (loss: number) => 2 + ((high - loss) / Math.max(high - low, 1e-9)) * (height - 4);
    return curve()
      .map(([done, loss], i) => `${i === 0 ? 'M' : 'L'}${(done * width).toFixed(1)} ${y(loss).toFixed(1)}`)
      .join('');
  });
  const last = () => curve().at(-1)?.[1];
  return (
    <Show when={last() !== undefined}>
      <span class="graph-loss">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          width={width}
          height={height}
          role="img"
          aria-label="The loss over the training"
        >
          <path d={path()} />
        </svg>
        <span class="number" title="Mean loss of the windows of recent walks, before their updates">
          loss {last()!.toFixed(3)}
        </span>
      </span>
    </Show>
  );
}
