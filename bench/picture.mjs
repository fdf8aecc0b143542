/** The results as a picture: a row of dots for each workload, microseconds on a log scale. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export function picture({ workloads: results }, workloads) {
  const points = Object.entries(results).flatMap(([workload, rows]) =>
    rows.map(({ name, best }) => ({ workload, best, name, ours: name.startsWith('chainrule') })),
  );
  const { document } = parseHTML('<html></html>');
  const plot = Plot.plot({
    document,
    width: 900,
    height: 90 * Object.keys(results).length + 60,
    marginLeft: 50,
    style: { background: '#ffffff', color: '#222222', fontSize: '12px', fontFamily: 'system-ui, sans-serif' },
    x: { type: 'log', label: 'microseconds a training step (log scale)', grid: true },
    fy: { label: null },
    y: { axis: null, domain: [0, 4] },
    marks: [
      Plot.dot(points, {
        x: 'best',
        y: (_, i) => i % 4,
        fy: 'workload',
        r: 5,
        fill: (d) => (d.ours ? '#1f6feb' : '#9a9a9a'),
      }),
      Plot.text(points, {
        x: 'best',
        y: (_, i) => i % 4,
        fy: 'workload',
        text: 'name',
        dx: 8,
        textAnchor: 'start',
        fill: (d) => (d.ours ? '#1f6feb' : '#444444'),
        fontSize: 9,
      }),
    ],
  });
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  void workloads;
  return `${plot.outerHTML}\n`;
}
