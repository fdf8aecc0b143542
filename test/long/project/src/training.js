import { trainBoth } from './train-both.js';

trainBoth().then(
  (result) => postMessage(JSON.stringify(result)),
  (error) => postMessage(`failed: ${error.message}`),
);
