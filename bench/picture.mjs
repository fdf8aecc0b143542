/** The results as a picture: a row of dots for each workload, with microseconds on a logarithmic scale. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const style = { background: '#ffffff', color: '#222222', fontSize: '12px', fontFamily: 'system-ui, sans-serif' };

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
    marginBottom: 45,
    style,
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
  return standalone(plot);
}

function standalone(plot) {
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${plot.outerHTML}\n`;
}

/** How a step's cost grows: a panel for each doubled quantity, with logarithmic axes. */
export function growthPicture(points) {
  const colours = { 'wasm float64': '#6e6e6e', 'wasm float32': '#1f6feb' };
  const place = { fx: 'what', x: 'value', y: 'microseconds' };
  const colour = ({ name }) => colours[name];
  const labels = points.filter(({ what, value }) => what === 'rows' && value === 512);
  const { document } = parseHTML('<html></html>');
  const plot = Plot.plot({
    document,
    width: 900,
    height: 320,
    marginLeft: 50,
    marginTop: 40,
    style,
    fx: { label: null, domain: [...new Set(points.map(({ what }) => what))] },
    x: {
      type: 'log',
      base: 2,
      label: null,
      ticks: [4, 64, 1024, 16384],
      tickFormat: (x) => x.toLocaleString('en'),
    },
    y: { type: 'log', label: 'microseconds a step', grid: true, tickFormat: (y) => y.toLocaleString('en') },
    marks: [
      Plot.line(points, { ...place, stroke: colour, z: 'name' }),
      Plot.dot(points, { ...place, fill: colour, r: 2.5 }),
      Plot.text(labels, {
        ...place,
        text: 'name',
        fill: colour,
        dy: -9,
      }),
    ],
  });
  return standalone(plot);
}
