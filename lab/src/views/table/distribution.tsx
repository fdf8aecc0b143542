/** A small picture of a column: a histogram, or the shares of the most frequent values. Its text stands beside it. */
import { For, Match, Switch } from 'solid-js';
import type { ColumnInfo } from './protocol.ts';

const [width, height] = [96, 26];

export function Distribution(props: { readonly column: ColumnInfo }) {
  const bars = () => {
    const counts = props.column.histogram?.counts ?? [];
    const most = Math.max(1, ...counts);
    const step = width / Math.max(1, counts.length);
    return counts.map((rows, i) => {
      const size = rows === 0 ? 0 : Math.max(1, (rows / most) * height);
      return { x: i * step, y: height - size, width: Math.max(0.5, step - 1), height: size };
    });
  };
  const shares = () => {
    const { top = [], present } = props.column;
    let x = 0;
    return top.map(({ rows }, i) => {
      const size = (rows / present) * width;
      const bar = { x, y: 8, width: Math.max(0, size - 1), height: height - 8, opacity: 0.9 - 0.16 * i };
      x += size;
      return bar;
    });
  };
  return (
    <svg class="table-distribution" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <Switch>
        <Match when={props.column.histogram}>
          <For each={bars()}>{(bar) => <rect {...bar} />}</For>
        </Match>
        <Match when={props.column.top}>
          <For each={shares()}>{(bar) => <rect {...bar} />}</For>
        </Match>
      </Switch>
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
    </svg>
  );
}
