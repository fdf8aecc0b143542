/** The explanation: every number of a training step, shown and checked. Runs in browsers. */

export type { Audit, AuditRow, AuditStatus, Candidate, PrintedQuantity } from './audit/index.ts';
export { type Check, type CheckOptions, type CheckRow, check } from './check.ts';
export type { DerivationStep } from './derivation.ts';
export { type ExplainOptions, type Explanation, explain, explanation } from './explanation.ts';
export type { FunctionPage } from './functions.ts';
export type { Line, Phase } from './lines.ts';
export type { Observation, ObservationKind } from './observations.ts';
export { blankSheet, type SheetRow } from './sheet.ts';
export { auditExample as audit } from './worked.ts';
