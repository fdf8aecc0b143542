/** The audit of a worked example's file. */
import { fail } from '../base/errors.ts';
import { type ExperimentOptions, experiment } from '../net/setup.ts';
import { type Audit, audit } from './index.ts';

export type { Audit as AuditOfExample } from './index.ts';

/**
 * Checks the printed numbers of a worked example, the JSON of its file.
 * Throws an InputError where it is not of that form, and where a quantity is not there.
 */
export function auditExample(example: unknown, options: ExperimentOptions = {}): Audit {
  const setup = experiment(example, { file: 'worked example', ...options });
  if (setup.worked === undefined) {
    fail({
      what: 'nothing is printed in it, so there is nothing to check',
      where: 'printed',
      fix: 'Write { "experiment": …, "printed": [{ "quantity": "loss", "value": "0.234" }] }.',
    });
  }
  return audit(setup, setup.worked.printed);
}
