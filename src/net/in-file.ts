/** Errors in files that people do not write by hand: they name the file, and what to do about the whole of it. */
import { fail, InputError } from '../base/errors.ts';
import { UnknownRecipe } from './recipe-json.ts';

/** A file that people do not write by hand: its name, the place of the value in it, and the fix for any fault in it. */
export interface Written {
  readonly file: string;
  /** The path of the value in the file: `experiment`. */
  readonly at?: string;
  readonly fix: string;
  /** The function that reads the file with recipes of one's own, such as `load`: the fix for an unknown recipe. */
  readonly call?: string;
}

/** The name of a value that is a file's whole content. */
export const whole = 'the whole';

/** Runs a check of a value in a file. An InputError of it gets the name of the file, and the fix for the whole file. */
export function inFile<T>({ file, at: place, fix, call }: Written, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const path = error.where === whole || error.where === place ? [] : [error.where];
    const where = [...(place === undefined ? [] : [place]), ...path].join('.');
    return fail({
      what: error.what,
      where: where === '' ? file : `${file}: ${where}`,
      fix:
        error instanceof UnknownRecipe && call !== undefined
          ? `If it is your own ${error.kind}, pass it: ${call}(bytes, { recipes: [${error.recipe}] }).`
          : fix,
    });
  }
}
