/** The loss of each epoch, on the training rows and on the validation rows. */
import type { HistoryRow } from 'chainrule';
import { createMemo, For, Show } from 'solid-js';
import type { KeptRow } from './kept.ts';
import { short } from './numbers.ts';
import { linearScale, logScale, pathOf, thinned } from './scale.ts';
import { createWidth } from './width.ts';

const height = 200;
const margin = { left: 46, right: 12, top: 12, bottom: 26 };
const maxPoints = 500;

interface CurveProps {
  readonly rows: readonly HistoryRow[];
  /** The rows of a run that is kept to compare with. */
  readonly reference: readonly KeptRow[];
  readonly isLog: boolean;
  /** The epoch whose weights the model has. */
  readonly kept?: number;
}

export function Curve(props: CurveProps) {
  const { width, measure } = createWidth(520);
  const shown = createMemo(() => thinned(props.rows, maxPoints));
  const lines = createMemo(() => {
    const rows = shown();
    const { reference } = props;
    const values = [...rows, ...reference]
      .flatMap(({ loss, validationLoss }) => [loss, validationLoss ?? Number.NaN])
      .filter(Number.isFinite);
    const positive = values.filter((value) => value > 0);
    const isLog = props.isLog && positive.length > 0;
    const right = width() - margin.right;
    const bottom = height - margin.bottom;
    const high = Math.max(...values, 0) || 1;
    const x = linearScale(
      1,
      Math.max(2, rows.at(-1)?.epoch ?? 2, reference.at(-1)?.epoch ?? 2),
      margin.left,
      right,
      Math.max(2, Math.floor(width() / 110)),
    );
    const y = isLog
      ? logScale(Math.min(...positive), Math.max(...positive, Math.min(...positive) * 1.01), bottom, margin.top)
      : linearScale(0, high, bottom, margin.top);
    const valid = (value: number | undefined) =>
      value === undefined || (isLog && value <= 0) ? Number.NaN : y.at(value);
    const line = (of: (row: KeptRow) => number | undefined, from: readonly KeptRow[] = rows) =>
      pathOf(from.map((row) => [x.at(row.epoch), valid(of(row))]));
    return {
      x,
      y,
      right,
      bottom,
      training: line(({ loss }) => loss),
      validation: line(({ validationLoss }) => validationLoss),
      reference: line(({ loss }) => loss, reference),
      referenceValidation: line(({ validationLoss }) => validationLoss, reference),
    };
  });
  const label = () => {
    const [first, last] = [props.rows[0], props.rows.at(-1)];
    if (first === undefined || last === undefined) return 'The loss of each epoch: nothing was trained yet.';
    const end = props.reference.at(-1);
    const kept = end === undefined ? '' : ` The kept run ends at ${short(end.loss)} in epoch ${end.epoch}.`;
    const validation = last.validationLoss === undefined ? '' : `, validation loss ${short(last.validationLoss)}`;
    return `The loss of each epoch: from ${short(first.loss)} in epoch ${first.epoch} to ${short(last.loss)} in epoch ${last.epoch}${validation}.${kept}`;
  };
  return (
    <svg
      ref={(element) => measure(element)}
      class="table-curve"
      role="img"
      aria-label={label()}
      viewBox={`0 0 ${width()} ${height}`}
      height={height}
    >
      <For each={lines().y.ticks}>
        {(tick) => (
          <g class="table-tick">
            <line x1={margin.left} x2={lines().right} y1={lines().y.at(tick)} y2={lines().y.at(tick)} />
            <text x={margin.left - 7} y={lines().y.at(tick) + 4} text-anchor="end">
              {short(tick)}
            </text>
          </g>
        )}
      </For>
      <For each={lines().x.ticks.filter((tick) => tick >= 1 && Number.isInteger(tick))}>
        {(tick) => (
          <text class="table-tick" x={lines().x.at(tick)} y={height - 8} text-anchor="middle">
            {tick}
          </text>
        )}
      </For>
      <Show when={props.kept}>
        {(epoch) => (
          <g class="table-kept">
            <line x1={lines().x.at(epoch())} x2={lines().x.at(epoch())} y1={margin.top} y2={lines().bottom} />
            <text
              x={lines().x.at(epoch()) + (lines().x.at(epoch()) > width() / 2 ? -5 : 5)}
              y={margin.top + 10}
              text-anchor={lines().x.at(epoch()) > width() / 2 ? 'end' : 'start'}
            >
              {`kept: epoch ${epoch()}`}
            </text>
          </g>
        )}
      </Show>
      <path class="table-reference" d={lines().reference} />
      <path class="table-reference table-reference-validation" d={lines().referenceValidation} />
      <path class="table-loss" d={lines().training} />
      <path class="table-validation" d={lines().validation} />
    </svg>
  );
}
