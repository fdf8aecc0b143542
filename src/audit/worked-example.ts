/** The audit of a worked example's file. */
import { aCount, anObject, optional } from '../base/arguments.ts';
import { fail } from '../base/errors.ts';
import { type ExperimentOptions, experiment } from '../net/setup.ts';
import { type Audit, type AuditOptions, audit } from './index.ts';

export type { Audit as AuditOfExample } from './index.ts';

/**
 * Checks the printed numbers of a worked example, given as the JSON of its file. Throws an InputError if it does not
 * have that form, or if a quantity does not exist.
 */
export function auditExample(example: unknown, options: ExperimentOptions & AuditOptions = {}): Audit {
  anObject(options, 'audit: options');
  const { maxListed, ...ofExperiment } = options;
  optional(aCount)(maxListed, 'audit: options.maxListed');
  const setup = experiment(example, { file: 'worked example', withoutStop: true, ...ofExperiment });
  if (setup.worked === undefined) {
    fail({
      what: 'it has no printed numbers to check',
      where: 'printed',
      fix: 'Write { "experiment": …, "printed": [{ "quantity": "loss", "value": "0.234" }] }.',
    });
  }
  return audit(setup, setup.worked.printed, options);
}
