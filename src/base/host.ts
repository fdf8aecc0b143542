/** What runs the program, where it has more than ECMAScript: asked for, never imported, so that it runs in browsers too. */

interface Host {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** A module of Node's, where there is one. */
export const nodeModule = (name: string): Record<string, unknown> | undefined =>
  (globalThis as Host).process?.getBuiltinModule?.(name) as Record<string, unknown> | undefined;
