/** What a model needs for tables and rows as objects, which models of numbers do without. */
export { aTable } from '../table/table.ts';
export { decode } from './decode.ts';
export { Findings } from './findings.ts';
export { encodeObjects, rowPredictions } from './row-objects.ts';
export { encodeRows, streamLabelled } from './rows.ts';
