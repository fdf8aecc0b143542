/** Texts that mark a missing value. */

/**
 * The texts that always mark a missing value. "NaN" is not among them: the result of a failed calculation is an error in a
 * numeric column, unless the caller passes `missing: ['NaN']`.
 */
export const missingMarks: readonly string[] = ['', 'NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', '?', '.'];
