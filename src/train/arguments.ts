/** Checks the arguments of `train(network, data, options)` and similar functions, which JavaScript may call without types. */
import { refuse } from '../base/arguments.ts';
import { isAsync } from '../base/async.ts';
import { isByteStream } from '../base/byte-source.ts';
import { fail, showIn } from '../base/errors.ts';
import { codeNotation } from '../base/reference.ts';
import { aNetwork } from '../net/network.ts';
import { checkDataKeys } from './data-keys.ts';

/**
 * Throws an InputError if the network or the data are missing, if a key of the data is unknown, or if the data come in parts and the function, whose name is
 * `call`, takes whole data only.
 */
export function checkArguments(network: unknown, data: unknown, call: string): void {
  for (const [value, where] of [
    [network, 'network'],
    [data, 'data'],
  ] as const) {
    if (Object.prototype.toString.call(value) === '[object Object]') continue;
    refuse(
      value ?? undefined,
      where,
      where === 'data' ? 'data' : 'a network',
      `Call ${call}(network, { inputs, targets }, { loss, optimizer, stop }).`,
    );
  }
  aNetwork(network, 'network');
  const { table, batches } = data as { readonly table?: unknown; readonly batches?: unknown };
  const inParts = 'batches' in (data as object) || isByteStream(table);
  if (inParts && call !== 'train') {
    fail({
      what: `the data come in batches, but ${call} needs all rows at once`,
      where: 'batches' in (data as object) ? 'data.batches' : 'data.table',
      fix: 'Pass { inputs, targets }, or a table that readTable returned.',
    });
  }
  const isIterable = isAsync(batches) || Array.isArray(batches);
  if ('batches' in (data as object) && !isIterable) {
    fail({
      what: 'it is not an asynchronous iterable',
      where: ['data', 'batches'],
      fix: 'Pass an iterable that yields { inputs, targets }, such as an async function*.',
    });
  }
  if ('table' in (data as object) && (typeof table !== 'object' || table === null)) {
    fail({
      what: 'it is not a table',
      where: ['data', 'table'],
      fix: 'Pass the table that readTable or readTableFile returned.',
    });
  }
  checkDataKeys(data as Readonly<Record<string, unknown>>);
}

/** Runs a function whose options were passed in code: an error writes options as code (`stop`, not `training.stop`). */
export const inCode = async <T>(call: () => Promise<T>): Promise<T> => call().catch(showIn(codeNotation));

/** Whether it is a setup, as `experiment` returns it. */
export const isSetup = (what: unknown): boolean => typeof what === 'object' && what !== null && 'schedule' in what;
