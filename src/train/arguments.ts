/** What a caller in JavaScript may have left out of `train(network, data, options)` and its likes. */
import { fail } from '../base/errors.ts';
import { isAsync } from '../data/read/collect-table.ts';

/**
 * Throws an InputError for a network or data that are not there, and for data that come in parts where `call`, which is how
 * the function is called, takes none.
 */
export function checkGiven(network: unknown, data: unknown, call: string): void {
  for (const [value, where] of [
    [network, 'network'],
    [data, 'data'],
  ] as const) {
    if (typeof value === 'object' && value !== null) continue;
    fail({
      what: 'it is missing',
      where,
      fix: `Call ${call}(network, { inputs, targets }, { loss, optimizer, stop }).`,
    });
  }
  const { table, batches } = data as { readonly table?: unknown; readonly batches?: unknown };
  const inParts = 'batches' in (data as object) || isAsync(table);
  if (inParts && call !== 'train') {
    fail({
      what: `they come in parts, and ${call} takes data that are there as a whole`,
      where: 'batches' in (data as object) ? 'data.batches' : 'data.table',
      fix: 'Give { inputs, targets }, or a table that was read.',
    });
  }
  const isIterable = isAsync(batches) || Array.isArray(batches);
  if ('batches' in (data as object) && !isIterable) {
    fail({
      what: 'it is no asynchronous iterable',
      where: 'data.batches',
      fix: 'Give what yields { inputs, targets }, such as an async function*.',
    });
  }
  if ('table' in (data as object) && (typeof table !== 'object' || table === null)) {
    fail({ what: 'it is no table', where: 'data.table', fix: 'Give what readTable or readTableFile gives.' });
  }
}

/** Whether it is what `experiment` gives: all at once. */
export const isSetup = (what: unknown): boolean => typeof what === 'object' && what !== null && 'schedule' in what;
