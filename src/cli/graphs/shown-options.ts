/** The options of a run as they are printed and recorded. */

/** Tables of numbers, such as features of nodes, are shown by the names of their columns. */
export const shownOptions = (options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : value,
    ]),
  );
