/** The audit of a worked example's file. */
import { anObject } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { type ExperimentOptions, experiment } from '../net/setup.ts';
import { type Audit, audit } from './index.ts';

export type { Audit as AuditOfExample } from './index.ts';

/**
 * Checks the printed numbers of a worked example, given as the JSON of its file. Throws an InputError if it does not
 * have that form, or if a quantity does not exist.
 */
export function auditExample(example: unknown, options: ExperimentOptions = {}): Audit {
  anObject(options, 'audit: options');
  const setup = experiment(example, { file: 'worked example', ...options });
  if (setup.worked === undefined) {
    fail({
      what: 'it has no printed numbers to check',
      where: 'printed',
      fix: 'Write { "experiment": …, "printed": [{ "quantity": "loss", "value": "0.234" }] }.',
    });
  }
  return audit(setup, setup.worked.printed);
}
