// a page that has a worker train, then trains with `worker: true`, and shows what came of both
import { trainBoth } from './train-both.js';

const worker = new Worker(new URL('./training.js', import.meta.url), { type: 'module' });
const show = (text) => {
  document.body.append(Object.assign(document.createElement('pre'), { textContent: text }));
};
worker.onmessage = async ({ data }) => {
  if (data.startsWith('failed')) return show(data);
  try {
    show(JSON.stringify({ own: JSON.parse(data), option: await trainBoth({ worker: true }) }));
  } catch ({ message }) {
    show(`failed: ${message}`);
  }
};
worker.onerror = ({ message }) => show(`failed: ${message}`);
