/**
 * The functions by which models take tables. A page that trains on numbers does not load them: whoever learns or reads an
 * encoding provides them, because a model needs an encoding to take tables.
 */
import { fail } from '../../base/errors.ts';

type ForTables = typeof import('./for-tables.ts');

let provided: ForTables | undefined;

/** Gives the functions to this thread's models. */
export function provideTables(functions: ForTables): void {
  provided = functions;
}

/** The functions. Throws an InputError if an encoding was neither learned nor read here, but written by hand. */
export function forTables(): ForTables {
  if (provided !== undefined) return provided;
  return fail({
    what: 'the encoding did not come from a file or from training',
    where: 'model: encoding',
    fix: 'Call load, or prepareTable of chainrule/data, before a model takes tables.',
  });
}
