import { trainBoth } from './train-both.js';

console.log(JSON.stringify({ own: await trainBoth(), option: await trainBoth({ worker: true }) }));
