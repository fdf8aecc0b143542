/** Choices for a table, apart from the library: from an experiment, and for a table that was just opened. */
import type { ExperimentJson } from 'chainrule';
import type { Choices } from './protocol.ts';

/** The name of a recipe, or of its form with options. */
export function nameOf(recipe: string | { readonly name: string } | undefined): string | undefined {
  return typeof recipe === 'string' ? recipe : recipe?.name;
}

/**
 * The choices that an experiment was made from: the way back, for a document of a link or another view. What an experiment
 * leaves out has its default there, which is not what is proposed for a table: all rows in one batch, and no validation rows.
 */
export function choicesOf({ network, data, training, seed = 1 }: ExperimentJson): Choices | undefined {
  if (!('file' in data)) return undefined;
  const simple = simpleLayers(network.layers);
  return {
    data: { ...data, split: { validation: 0, ...data.split } },
    ...(simple ?? { layers: network.layers }),
    training: { batchSize: 'full', ...(simple === undefined ? training : withoutUsualLoss(training)) },
    seed,
  };
}

/** Hidden layers with one activation before the output, which follows from the target. */
function simpleLayers(layers: ExperimentJson['network']['layers']): Pick<Choices, 'hidden' | 'activation'> | undefined {
  const hidden = layers.slice(0, -1).map((layer) => {
    const isPlain = 'dense' in layer && Object.keys(layer).every((key) => key === 'dense' || key === 'activation');
    return isPlain && typeof layer.activation === 'string'
      ? { units: layer.dense, activation: layer.activation }
      : undefined;
  });
  const [first] = hidden;
  const last = layers.at(-1);
  const isUsual =
    first !== undefined &&
    hidden.every((each) => each?.activation === first.activation) &&
    last !== undefined &&
    'dense' in last &&
    Object.keys(last).length === 2 &&
    ['softmax', 'linear'].includes(String(last.activation));
  return isUsual ? { hidden: hidden.map((each) => each!.units), activation: first.activation } : undefined;
}

/** The loss that the target decides is left to the proposal, so that another target can be chosen. */
function withoutUsualLoss(training: ExperimentJson['training']): Choices['training'] {
  const { loss, ...rest } = training;
  return loss === 'crossEntropy' || loss === 'mse' ? rest : training;
}

const usualNames = /^(target|label|class|species|outcome|result|y|diagnosis|survived|price|quality|category|type)$/i;

/** A column that a person is likely to predict: one with a usual name, else the last that can be a target. */
export function proposeTarget(
  columns: readonly { readonly name: string; readonly asTarget: string }[],
): string | undefined {
  const possible = columns.filter(({ asTarget }) => !asTarget.startsWith('error'));
  return (possible.find(({ name }) => usualNames.test(name)) ?? possible.at(-1))?.name;
}
