/** The learning rate: what a schedule plans, and the rate of each epoch so far. */
import { drawChart, type Series } from '../../parts/chart.ts';
import { palette } from '../../parts/palette.ts';
import { Plot } from '../../parts/plot.tsx';
import { allPoints, splitOf } from './experiment.ts';
import { pairs } from './loss-charts.tsx';
import type { Playground } from './playground-state.ts';
import { short } from './remarks.ts';
import { drawnEpochs, plannedRates } from './schedule.ts';

export function RateChart(props: { readonly state: Playground }) {
  const { state } = props;
  const rows = () => state.curves().rows;
  const plan = (): number[] => {
    const { schedule, learningRate, batchSize } = state.config();
    if (schedule === undefined) return [];
    const points = splitOf(allPoints(state.config()).length).training.length;
    const stepsPerEpoch = batchSize === 0 ? 1 : Math.max(1, Math.ceil(points / batchSize));
    return plannedRates(learningRate, schedule, {
      stepsPerEpoch,
      epochs: Math.max(drawnEpochs(schedule), rows().at(-1)?.epoch ?? 0),
    });
  };
  const series = (): Series[] => {
    const planned = plan();
    const { update, soft } = palette();
    return [
      ...(planned.length > 0 ? [{ name: 'planned', points: planned, color: soft, dash: [5, 4] }] : []),
      { name: 'learning rate', points: pairs(rows(), (row) => row.learningRate), color: update },
    ];
  };
  const label = () => {
    const { schedule, learningRate } = state.config();
    const now = `Learning rate: ${short(rows().at(-1)?.learningRate ?? learningRate)}`;
    if (schedule === undefined) return now;
    const planned = plan();
    return `${now}; the schedule ${schedule.name} plans ${short(planned[1])} in epoch ${planned[0]} and ${short(planned.at(-1)!)} in epoch ${planned.at(-2)}`;
  };
  return (
    <>
      <h3>Learning rate</h3>
      <Plot
        name="playground-rate"
        label={label()}
        shape={{ height: state.config().schedule === undefined ? 90 : 130 }}
        draw={(painter) =>
          drawChart(
            painter,
            {
              series: series(),
              isLogarithmic: state.config().schedule === undefined,
              xName: 'epochs',
              empty: 'No epoch yet',
            },
            palette(),
          )
        }
      />
    </>
  );
}
