import { trainBoth } from './train-both.js';

console.log(JSON.stringify(await trainBoth()));
