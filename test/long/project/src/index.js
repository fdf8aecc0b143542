// a page that has a worker train, and shows what came of it
const worker = new Worker(new URL('./training.js', import.meta.url), { type: 'module' });
const show = (text) => {
  document.body.append(Object.assign(document.createElement('pre'), { textContent: text }));
};
worker.onmessage = ({ data }) => show(data);
worker.onerror = ({ message }) => show(`failed: ${message}`);
