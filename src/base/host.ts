/** The features of the runtime beyond ECMAScript. They are looked up, never imported, so that the code runs in browsers too. */

/** Optional features of a host. */
export interface Host {
  readonly process?: {
    readonly platform?: string;
    readonly permission?: { has(scope: string): boolean };
    getBuiltinModule?(name: string): unknown;
  };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly document?: object;
}

export const host: Host = globalThis as Host;

/** A module of Node, or undefined elsewhere. */
export const nodeModule = (name: string): Record<string, unknown> | undefined =>
  host.process?.getBuiltinModule?.(name) as Record<string, unknown> | undefined;
