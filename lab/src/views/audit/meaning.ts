/** What an address means, in words: `layers.0.weight[0][1]` is the weight from input 1 to unit 2 of layer 1. */

/** The words for an address of a network or a graph method; undefined for one without words. */
export function meaningOf(quantity: string): string | undefined {
  const text = quantity.trim();
  const gradient = /^gradient\((.+)\)$/.exec(text);
  if (gradient !== null) {
    const of = meaningOf(gradient[1]);
    return of === undefined ? undefined : `derivative of the loss with respect to the ${of}`;
  }
  const factor = /^factor\((.+), (.+)\)$/.exec(text);
  if (factor !== null) {
    const [of, by] = [meaningOf(factor[1]), meaningOf(factor[2])];
    return of === undefined || by === undefined
      ? undefined
      : `derivative of the ${of}${of.includes(',') ? ',' : ''} with respect to the ${by}`;
  }
  const [, name, tail] = /^([\w.]+)((?:\[\w+\])*)$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const index = [...tail.matchAll(/\[(\w+)\]/g)].map(([, i]) => (i === 'mean' ? undefined : Number(i) + 1));
  const inLayer = /^layers\.(\d+)\.(\w+)$/.exec(name);
  if (inLayer !== null) return ofLayer(Number(inLayer[1]) + 1, inLayer[2], index);
  return others[name]?.(index);
}

type Index = readonly (number | undefined)[];

/** `, sample 2`, or the average of all samples. */
const sampleText = (index: number | undefined) =>
  index === undefined ? ', averaged over samples' : `, sample ${index}`;

function ofLayer(layer: number, name: string, index: Index): string | undefined {
  const [first, second] = index;
  switch (name) {
    case 'input':
      return layer === 1
        ? `input ${second}${sampleText(first)}`
        : `input ${second} of layer ${layer}${sampleText(first)}`;
    case 'sum':
      return `sum of unit ${second} in layer ${layer}${sampleText(first)}`;
    case 'output':
      return `output of unit ${second} in layer ${layer}${sampleText(first)}`;
    case 'weight':
      return `weight from ${layer === 1 ? 'input' : 'unit'} ${first} to unit ${second} of layer ${layer}`;
    case 'bias':
      return `bias of unit ${first} in layer ${layer}`;
    default:
      return undefined;
  }
}

/** With several centers, a pair has the numbers of both. */
const pairText = (index: Index) => `pair ${index.join(', ')}`;
const elementText = (what: string) => (index: Index) =>
  index.length === 1
    ? `element ${index[0]} of the ${what}’s vector`
    : `element ${index[1]} of the vector of ${what} ${index[0]}`;

const others: Readonly<Record<string, (index: Index) => string>> = {
  loss: (index) => {
    if (index.length === 0) return 'loss';
    return index.length === 2
      ? `term of the loss of sample ${index[0]}, output ${index[1]}`
      : `term of the loss of ${pairText(index)}`;
  },
  target: (index) => (index.length === 1 ? elementText('target')(index) : `target ${index[1]}${sampleText(index[0])}`),
  dot: (index) => `dot product of ${pairText(index)}`,
  sigmoid: (index) => `sigmoid of the dot product of ${pairText(index)}`,
  label: (index) => `label of ${pairText(index)}`,
  error: (index) => `error (sigmoid − label) of ${pairText(index)}`,
  centre: elementText('center'),
  context: elementText('context'),
  negative: elementText('negative'),
  source: elementText('source'),
  probability: ([walk, step]) => `probability of step ${(step ?? 1) - 1} of walk ${walk}`,
  likelihood: ([walk]) => (walk === undefined ? 'likelihood of all walks' : `likelihood of walk ${walk}`),
  logLikelihood: ([walk]) =>
    walk === undefined ? 'logarithm of the likelihood of all walks' : `logarithm of the likelihood of walk ${walk}`,
};

/** The phase of a step that a number belongs to: before the update there are a forward and a backward pass. */
export function phaseOf(quantity: string, after: number): 'walk' | 'forward' | 'loss' | 'backward' | 'update' {
  if (/^(probability|likelihood|logLikelihood)\b/.test(quantity)) return 'walk';
  if (/^(gradient|factor|error)\b/.test(quantity)) return 'backward';
  if (/^loss\b/.test(quantity)) return 'loss';
  if (/^(target|dot|sigmoid|label|layers\.\d+\.(input|sum|output))\b/.test(quantity)) return 'forward';
  return after > 0 ? 'update' : 'forward';
}

/** `before the update`, `after 10,000 updates`. Numbers of walks belong to no update. */
export function whenText(quantity: string, after: number): string {
  if (phaseOf(quantity, after) === 'walk') return '';
  if (after === 0) return 'before the update';
  return `after ${after.toLocaleString('en-US')} update${after === 1 ? '' : 's'}`;
}
