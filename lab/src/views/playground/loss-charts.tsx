/** The curves of the run: loss, gradient norm of each layer, learning rate. */
import { createSignal, Show } from 'solid-js';
import { drawChart, type Series } from '../../parts/chart.ts';
import { palette } from '../../parts/palette.ts';
import { Plot } from '../../parts/plot.tsx';
import type { Curves } from './curves.ts';
import { KeptRun } from './kept-run.tsx';
import type { Playground } from './playground-state.ts';
import { RateChart } from './rate-chart.tsx';
import { short } from './remarks.ts';

export const pairs = (rows: Curves['rows'], value: (row: Curves['rows'][number]) => number | undefined): number[] =>
  rows.flatMap((row) => [row.epoch, value(row) ?? Number.NaN]);

export function LossCharts(props: { readonly state: Playground }) {
  const { state } = props;
  const [isLogarithmic, setLogarithmic] = createSignal(false);
  const last = () => state.curves().rows.at(-1);

  const losses = (): Series[] => {
    const colors = palette();
    const now = state.curves().rows;
    const kept = state.kept()?.curves.rows ?? [];
    const hasHeldOut = now.some((row) => row.validationLoss !== undefined);
    return [
      ...(kept.some((row) => row.validationLoss !== undefined)
        ? [
            {
              name: 'kept run, held out',
              points: pairs(kept, (row) => row.validationLoss),
              color: colors.soft,
              dash: [2, 2],
            },
          ]
        : []),
      ...(kept.length > 0
        ? [{ name: 'kept run, training', points: pairs(kept, (row) => row.loss), color: colors.soft, dash: [6, 4] }]
        : []),
      ...(hasHeldOut
        ? [
            {
              name: 'held out',
              points: pairs(now, (row) => row.validationLoss),
              color: colors.update,
              dash: [2, 2],
            },
          ]
        : []),
      { name: 'training', points: pairs(now, (row) => row.loss), color: colors.loss },
    ];
  };
  const norms = (): Series[] => {
    const { norms: rows } = state.curves();
    const layers = (rows.at(-1)?.length ?? 1) - 1;
    const colors = palette();
    const dashes = [[], [7, 3], [2, 3], [7, 3, 2, 3], [1, 2], [10, 3], [4, 4]];
    return Array.from({ length: layers }, (_, l) => ({
      name: l === layers - 1 ? 'output' : `layer ${l + 1}`,
      points: rows.filter((row) => row.length === layers + 1).flatMap((row) => [row[0], row[l + 1]]),
      color: l === layers - 1 ? colors.text : colors.backward,
      dash: dashes[l % dashes.length],
    }));
  };
  const marks = () => state.curves().marks.map(({ epoch, text }) => ({ x: epoch, text }));
  const label = () =>
    `Loss over ${last()?.epoch ?? 0} epochs: now ${short(last()?.loss ?? Number.NaN)} on training points${
      last()?.validationLoss === undefined ? '' : `, ${short(last()!.validationLoss!)} on held-out points`
    }${state
      .curves()
      .marks.map(({ epoch, text }) => `; after epoch ${epoch}: ${text}`)
      .join('')}`;

  return (
    <section class="playground-curves" aria-labelledby="playground-loss">
      <div class="playground-heading">
        <h2 id="playground-loss">Loss</h2>
        <label>
          <input type="checkbox" checked={isLogarithmic()} onChange={(event) => setLogarithmic(event.target.checked)} />{' '}
          logarithmic
        </label>
      </div>
      <p class="playground-about number">
        <Show when={last()} fallback="Each epoch adds a point to the curves.">
          {(row) => (
            <>
              After epoch {row().epoch.toLocaleString('en-US')}: training <b>{short(row().loss)}</b>
              <Show when={row().validationLoss !== undefined}>
                , held out <b>{short(row().validationLoss!)}</b>
              </Show>
            </>
          )}
        </Show>
      </p>
      <Plot
        name="playground-loss"
        label={label()}
        shape={{ height: 190 }}
        draw={(painter) =>
          drawChart(
            painter,
            {
              series: losses(),
              isLogarithmic: isLogarithmic(),
              xName: 'epochs',
              marks: marks(),
              empty: 'No epoch yet',
            },
            palette(),
          )
        }
      />
      <KeptRun state={state} />
      <h3>Gradient norm of each layer</h3>
      <Plot
        name="playground-gradients"
        label={`Norm of the gradient in each layer: ${norms()
          .map(({ name, points }) => `${name} ${short(points.at(-1) ?? Number.NaN)}`)
          .join(', ')}`}
        shape={{ height: 130 }}
        draw={(painter) =>
          drawChart(
            painter,
            { series: norms(), isLogarithmic: true, xName: 'epochs', empty: 'No epoch yet' },
            palette(),
          )
        }
      />
      <RateChart state={state} />
    </section>
  );
}
