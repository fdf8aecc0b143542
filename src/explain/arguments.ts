/** What the functions that write explanations are given: rows and steps, as `explanation` makes them. */
import { aBoolean, aFloat, aList, anObject, aText, listOf, optional, options, record } from '../base/arguments.ts';

/** A row of `explanation`, so far as its writers read it. */
export const aRow = record(
  {
    line: record({ quantity: aText }, { isOpen: true }),
    variable: anObject,
    formula: optional(anObject),
    marked: aBoolean,
    value: aFloat,
  },
  { isOpen: true },
);

/** An explained step, so far as its writers read it. */
export const anExplainedStep = record(
  {
    title: aText,
    setting: listOf(aText),
    leftOut: listOf(aText),
    observations: aList,
    parameters: aList,
    table: anObject,
    rows: listOf(aRow),
    functions: aList,
  },
  { isOpen: true },
);

export const renderOptions = options({ blank: aBoolean });
