/** The features of the runtime beyond ECMAScript. They are looked up, never imported, so that the code runs in browsers too. */

interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** A module of Node, or undefined elsewhere. */
export const nodeModule = (name: string): Record<string, unknown> | undefined =>
  (globalThis as Host).process?.getBuiltinModule?.(name) as Record<string, unknown> | undefined;
