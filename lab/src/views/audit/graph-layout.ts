/** The graph of an example with walks: its nodes on a circle. */

export interface GraphLayout {
  readonly size: number;
  readonly nodes: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  /** Pairs of positions in `nodes`. */
  readonly edges: readonly (readonly [number, number])[];
}

/** More nodes are not drawn. */
const maxNodes = 14;

/** The drawing of `experiment.walks.edges`; undefined for anything else, and for a large graph. */
export function graphLayoutOf(experiment: unknown): GraphLayout | undefined {
  const edges = (experiment as { walks?: { edges?: unknown } } | null | undefined)?.walks?.edges;
  if (!Array.isArray(edges)) return undefined;
  const pairs = edges.filter((edge): edge is [unknown, unknown] => Array.isArray(edge) && edge.length >= 2);
  const ids = [...new Set(pairs.flatMap(([a, b]) => [String(a), String(b)]))];
  if (ids.length === 0 || ids.length > maxNodes) return undefined;
  const radius = Math.max(52, ids.length * 12);
  const middle = radius + 22;
  const nodes = ids.map((id, i) => {
    const angle = (2 * Math.PI * i) / ids.length - Math.PI / 2;
    return { id, x: middle + radius * Math.cos(angle), y: middle + radius * Math.sin(angle) };
  });
  return {
    size: 2 * middle,
    nodes,
    edges: pairs.map(([a, b]) => [ids.indexOf(String(a)), ids.indexOf(String(b))] as const),
  };
}
