/**
 * `chainrule/predict`: loads a trained model and predicts, to the bits of `chainrule` itself. It has no training, no graphs, no
 * WebAssembly and no readers of tables, so that a page loads a fifth of what training needs, and needs no permission to compile.
 */

export { InputError } from '../base/errors.ts';
export type { Matrix } from '../base/tensor.ts';
export { load } from './load.ts';
export type { Cell, Row, RowPrediction, SmallModel } from './model.ts';
