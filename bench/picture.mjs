/** The results as a picture: a row of dots for each workload, microseconds on a log scale. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export function picture({ workloads: results }) {
  const points = Object.entries(results).flatMap(([workload, rows]) =>
    rows.map(({ name, best }, rank) => ({ workload, best, rank, name, ours: name.startsWith('chainrule') })),
  );
  const { document } = parseHTML('<html></html>');
  const most = Math.max(...points.map(({ rank }) => rank));
  const color = ({ ours }) => (ours ? '#1f6feb' : '#6e6e6e');
  const place = { x: 'best', y: 'rank', fy: 'workload', fill: color };
  const plot = Plot.plot({
    document,
    width: 900,
    height: Object.keys(results).length * (most + 2) * 13 + 60,
    marginLeft: 45,
    marginRight: 150,
    style: { background: '#ffffff', color: '#222222', fontSize: '12px', fontFamily: 'system-ui, sans-serif' },
    x: {
      type: 'log',
      label: 'microseconds a training step (log scale)',
      grid: true,
      tickFormat: (x) => x.toLocaleString('en'),
    },
    fy: { label: null },
    y: { axis: null, domain: [-0.7, most + 0.7], reverse: true },
    marks: [
      Plot.frame({ stroke: '#dddddd' }),
      Plot.dot(points, { ...place, r: 4 }),
      Plot.text(points, { ...place, text: 'name', dx: 8, textAnchor: 'start', fontSize: 10 }),
    ],
  });
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${plot.outerHTML}\n`;
}
