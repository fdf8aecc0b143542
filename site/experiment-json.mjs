/** The arguments of a call of `train` as the JSON of an experiment file, for a link that trains the same. */

/** Options of a run, which an experiment does not have. */
const ofRun = new Set(['worker', 'signal', 'resume', 'probe', 'from', 'metrics']);

/** A recipe, or a family of recipes, as a person would write it in a file: options at their defaults are left out. */
function recipe(value, families) {
  if (typeof value === 'function') return value.family;
  const { name, options = {} } = value;
  const specs = families[name]?.specs ?? {};
  const given = Object.entries(options).filter(([key, each]) => each !== specs[key]?.default);
  if (given.length === 0) return name;
  return { name, ...Object.fromEntries(given.map(([key, each]) => [key, optionJson(each, families)])) };
}

/** An option of a recipe: a plain value, or another recipe such as a schedule. */
const optionJson = (value, families) =>
  typeof value === 'object' && value !== null && 'options' in value ? recipe(value, families) : value;

/** The layers with the numbers that the program gives them. `inputs`: of the first layer, if the data say so. */
function layersJson(network, inputs) {
  let shape = inputs === undefined ? undefined : [inputs];
  return network.layers.map((layer) => {
    if (shape === undefined) return layer.config;
    const given = Object.fromEntries(
      layer
        .parameters(shape)
        .filter(({ start }) => typeof start === 'object' && start.data !== undefined)
        .map(({ name, start }) => [name, rowsOf(start)]),
    );
    shape = layer.shape(shape);
    return { ...layer.config, ...given };
  });
}

function rowsOf({ shape, data }) {
  const numbers = Array.from(data);
  if (shape.length === 1) return numbers;
  const [, width] = shape;
  return Array.from({ length: shape[0] }, (_, i) => numbers.slice(i * width, (i + 1) * width));
}

/**
 * The experiment and the files that it names. `tables` tells of a table the `name` and the `text` of its file, and the `marks` of
 * missing values that it was read with; `families` are the recipes with options, by name. Undefined for data that no file holds.
 */
export function experimentOf(network, data, options, { tables, families }) {
  const training = Object.fromEntries(
    Object.entries(options).filter(([key, value]) => !ofRun.has(key) && !/^on[A-Z]/.test(key) && value !== undefined),
  );
  if (data.batches !== undefined) return undefined;
  const source = data.table === undefined ? undefined : tables(data.table);
  if (data.table !== undefined && source === undefined) return undefined;
  const { table: _, ...choices } = data;
  const inputs = network.inputs ?? (Array.isArray(data.inputs) ? data.inputs[0]?.length : undefined);
  const experiment = {
    network: { ...(network.inputs && { inputs: network.inputs }), layers: layersJson(network, inputs) },
    data: source === undefined ? data : { file: source.name, ...choices, ...source.marks },
    training: { ...training, loss: recipe(training.loss, families), optimizer: recipe(training.optimizer, families) },
    seed: network.seed,
  };
  return {
    experiment: JSON.parse(JSON.stringify(experiment)),
    files: source === undefined ? {} : { [source.name]: source.text },
  };
}
