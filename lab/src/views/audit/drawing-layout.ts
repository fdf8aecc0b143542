/** Where the units of a small network stand in its drawing. Large layers show their first units. */

export interface Unit {
  readonly x: number;
  readonly y: number;
  /** The number of the unit in its layer, from 1. */
  readonly number: number;
}

export interface Edge {
  readonly from: Unit;
  readonly to: Unit;
  /** The weight where the experiment gives it. */
  readonly weight?: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly layers: readonly { readonly title: string; readonly units: readonly Unit[]; readonly more: number }[];
  readonly edges: readonly Edge[];
}

const maxUnits = 6;
const [columnWidth, rowHeight, margin] = [120, 52, 28];

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The drawing of an experiment with dense layers; undefined for anything else. */
export function layoutOf(experiment: unknown): Layout | undefined {
  const network = isRecord(experiment) ? experiment.network : undefined;
  if (!isRecord(network) || !Array.isArray(network.layers) || network.layers.length > 8) return undefined;
  const dense = network.layers.map((layer) => (isRecord(layer) && isCount(layer.dense) ? layer : undefined));
  if (!isCount(network.inputs) || dense.includes(undefined)) return undefined;
  const columns = [
    { title: 'inputs', count: network.inputs },
    ...dense.map((layer) => ({ title: titleOf(layer!.activation), count: layer!.dense as number })),
  ];
  const tallest = Math.max(...columns.map(({ count }) => Math.min(count, maxUnits)));
  const layers = columns.map(({ title, count }, c) => {
    const shown = Math.min(count, maxUnits);
    const top = 26 + ((tallest - shown) * rowHeight) / 2;
    const units = Array.from({ length: shown }, (_, i) => ({
      x: margin + c * columnWidth,
      y: top + (i + 0.5) * rowHeight,
      number: i + 1,
    }));
    return { title, units, more: count - shown };
  });
  const edges = layers
    .slice(1)
    .flatMap(({ units }, l) =>
      layers[l].units.flatMap((from, i) =>
        units.map((to, j) => ({ from, to, weight: weightAt(dense[l]!.weight, i, j) })),
      ),
    );
  return {
    width: 2 * margin + (columns.length - 1) * columnWidth,
    height: 26 + tallest * rowHeight + 20,
    layers,
    edges,
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function titleOf(activation: unknown): string {
  if (typeof activation === 'string') return activation;
  return isRecord(activation) && typeof activation.name === 'string' ? activation.name : 'linear';
}

function weightAt(weight: unknown, i: number, j: number): number | undefined {
  const value = Array.isArray(weight) && Array.isArray(weight[i]) ? weight[i][j] : undefined;
  return typeof value === 'number' ? value : undefined;
}
