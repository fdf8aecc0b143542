/** Numbers of the nodes as parts of their initial vectors: a sparse random projection of the properties. */
import { fail, listNames } from '../../base/errors.ts';
import { fillHashed, sparseEntry } from './initial.ts';

/** By property, in the order of the graph's ids: one number a node, or several, node after node. */
export type NodeFeatures = Readonly<Record<string, ArrayLike<number>>>;

interface Columns {
  readonly dimensions: number;
  /** The first of the columns for properties. */
  readonly first: number;
  readonly nodes: number;
  readonly seed: number;
}

const where = 'featureProperties';

/**
 * Adds to each row of `vectors` the sum of its properties, each times the random vector of the property.
 * Throws an InputError for a property without numbers, for numbers of another count, and if there are no properties.
 */
export function addProperties(
  vectors: Float32Array,
  { dimensions, first, nodes, seed }: Columns,
  {
    features = {},
    featureProperties = Object.keys(features),
  }: {
    readonly features?: NodeFeatures;
    readonly featureProperties?: readonly string[];
  },
): void {
  if (featureProperties.length === 0) {
    fail({
      what: 'propertyRatio is above 0, but there are no properties',
      where,
      fix: 'Pass features, or propertyRatio 0.',
    });
  }
  const width = dimensions - first;
  for (const name of featureProperties) {
    const numbers = numbersOf(features, name, nodes);
    const each = numbers.length / nodes;
    const names = Array.from({ length: each }, (_, i) => `${name}.${i}`);
    const projection = new Float64Array(each * width);
    fillHashed(projection, width, names, seed, sparseEntry);
    for (let u = 0; u < nodes; u++) {
      for (let i = 0; i < each; i++) {
        const value = numbers[u * each + i];
        if (value === 0) continue;
        for (let c = 0; c < width; c++) vectors[u * dimensions + first + c] += value * projection[i * width + c];
      }
    }
  }
}

function numbersOf(features: NodeFeatures, name: string, nodes: number): ArrayLike<number> {
  if (!Object.hasOwn(features, name)) {
    const names = Object.keys(features);
    const fix = names.length === 0 ? 'Pass features.' : `Choose one of: ${listNames(names)}.`;
    return fail({ what: `the nodes have no property "${name}"`, where, fix });
  }
  const numbers = features[name];
  if (numbers.length === 0 || numbers.length % nodes !== 0) {
    fail({
      what: `property "${name}" has ${numbers.length} numbers for ${nodes} nodes`,
      where,
      fix: 'Pass the same number of values for each node, in the order of the ids.',
    });
  }
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    fail({
      what: `property "${name}" of node ${Math.floor((i * nodes) / numbers.length)} is ${numbers[i]}`,
      where,
      fix: 'Replace it by a finite number.',
    });
  }
  return numbers;
}
