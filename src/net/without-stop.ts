/** Experiment files without a stop condition, for commands that train nothing. */
import { type Experiment, resolveFile } from './experiment.ts';
import type { RecipeLists } from './recipes.ts';

type Resolved = ReturnType<typeof resolveFile>;
type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same as `resolveFile`, except that `training.stop` may be left out. The experiment then has no stop conditions. */
export function resolveWithoutStop(value: unknown, file: string, recipes: RecipeLists): Resolved {
  const inner = isObject(value) && 'experiment' in value ? value.experiment : value;
  if (!isObject(inner) || !isObject(inner.training)) return resolveFile(value, file, recipes);
  const { training } = inner;
  const { stop } = training;
  if (stop !== undefined && !isObject(stop)) return resolveFile(value, file, recipes);
  if (stop?.epochs !== undefined || stop?.seconds !== undefined) return resolveFile(value, file, recipes);
  // the end is filled in to check the rest, and taken back
  const filled = { ...inner, training: { ...training, stop: { ...stop, epochs: 1 } } };
  const { experiment, worked } = resolveFile(
    inner === value ? filled : { ...(value as Json), experiment: filled },
    file,
    recipes,
  );
  return { experiment: withStop(experiment, stop), worked };
}

function withStop(experiment: Experiment, stop: Json | undefined): Experiment {
  const { training, ...json } = experiment.json;
  const { stop: _, ...rest } = training;
  return {
    ...experiment,
    json: { ...json, training: { ...rest, ...(stop !== undefined && { stop }) } } as Experiment['json'],
    schedule: { ...experiment.schedule, stop: { ...stop } },
  };
}
