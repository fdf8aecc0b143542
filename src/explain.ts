/** The explanation: every number of a training step, shown and checked. Runs in browsers. */

export type { Audit, AuditOptions, AuditRow, AuditStatus, Candidate, PrintedQuantity } from './audit/index.ts';
export type { SheetMark, SheetOptions, SheetStatus } from './audit/sheet/mark-sheet.ts';
export { type Check, type CheckOptions, type CheckRow, check } from './explain/check.ts';
export { codeOfRow } from './explain/code.ts';
export type { DerivationStep } from './explain/derivation.ts';
export { type ExplainOptions, type Explanation, explain, explanation, underRule } from './explain/explanation.ts';
export type { FunctionPage } from './explain/functions/page.ts';
export type { Line, Phase, ReadNumber, Row } from './explain/lines/line.ts';
export type { Observation, ObservationKind } from './explain/observations.ts';
export type { QuantityName } from './explain/quantity-names.ts';
export { explanationHtml, explanationLatex } from './explain/render/documents.ts';
export { type MarkedNumber, type RowTex, type RowTexOptions, texOfRow } from './explain/render/row-tex.ts';
export type { RenderOptions } from './explain/render/view.ts';
export { blankSheet, type SheetRow } from './explain/sheet.ts';
export { type TypesetGiven, type TypesetLine, typesetGiven, typesetLines } from './explain/typeset.ts';
export { type OpenExample, openExample } from './graphs/explain/open-example.ts';
export {
  auditAnyExample as audit,
  checkGraphExample,
  explainGraphExample,
  type GraphExample,
  graphExample,
} from './graphs/explain/worked-examples.ts';
