/** Checking a value against a form, and saying what is wrong with it: the path, the value, the nearest known name. */
import * as z from 'zod/mini';
import { didYouMean, fail } from '../base/errors.ts';

type Issue = z.core.$ZodIssue;

/** `network.layers[1].weight`. */
function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
}

/** Of a union's branches, the one that was meant: the one whose complaints are fewest and deepest. */
function meant(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Issue[] {
  const penalty = (branch: Issue[]): number =>
    branch.reduce((sum, { code, path, ...rest }) => {
      const { errors = [] } = rest as { errors?: Issue[][] };
      if (code === 'invalid_union' && path.length === 0 && errors.length > 0)
        return sum + Math.min(...errors.map(penalty));
      if (code === 'unrecognized_keys') return sum + (rest as { keys: string[] }).keys.length;
      if (path.length === 0) return sum + 100;
      // a key that is not there at all tells of another branch
      const missing = code === 'invalid_type' && !(String(path[0]) in Object(value));
      return sum + (missing ? 10 : 1);
    }, 0);
  return issue.errors.reduce((a, b) => (penalty(b) < penalty(a) ? b : a));
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

const article: Record<string, string> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  int: 'an integer',
  number: 'a number',
  string: 'a text in quotes',
  boolean: 'true or false',
};

/** What a branch of a union wants in place of a value that is wrong as a whole; of a choice of names nothing. */
function wantedHere({ code, path, ...issue }: Issue): string | undefined {
  if (path.length > 0) return undefined;
  if (code === 'invalid_type') {
    const { expected } = issue as { expected: string };
    return article[expected] ?? expected;
  }
  const { values = [] } = issue as { values?: readonly unknown[] };
  return code === 'invalid_value' && values.length === 1 ? JSON.stringify(values[0]) : undefined;
}

/** Throws the InputError of one complaint; `formAt` gives the form that belongs at a path. */
function complain(
  issue: Issue,
  root: unknown,
  base: readonly PropertyKey[],
  formAt: (path: readonly PropertyKey[]) => JsonSchema | undefined,
  file: string,
): never {
  const path = [...base, ...issue.path];
  const where = showPath(path) || file;
  const value = at(root, path);
  // JSON has no word for 1e400
  const shown = (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')).slice(0, 60);
  if (value === undefined && issue.code !== 'unrecognized_keys') {
    const { options = [] } = issue as { options?: string[] };
    if (options.length > 0) {
      return fail({ what: 'it is missing', where, mend: `Add it. There are: ${options.join(', ')}.` });
    }
    const wanted = issue.code === 'invalid_type' ? (article[issue.expected] ?? issue.expected) : 'a value';
    return fail({ what: 'it is missing', where, mend: `Add it: ${formAt(path)?.description ?? wanted}.` });
  }
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key] = issue.keys;
      return fail({
        what: `unknown key "${key}"`,
        where: showPath([...path, key]),
        mend: didYouMean(key, Object.keys(formAt(path)?.properties ?? {})),
      });
    }
    case 'invalid_type': {
      const kind = article[issue.expected] ?? issue.expected;
      const wanted = typeof value === 'number' && issue.expected === 'number' ? 'a finite number' : kind;
      return fail({ what: `${shown} is not ${wanted}`, where, mend: `Write ${wanted} here.` });
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const mend =
        typeof value === 'string' && values.length > 1
          ? didYouMean(value, values)
          : `Write one of: ${values.join(', ')}.`;
      return fail({ what: `${shown} is not known here`, where, mend });
    }
    case 'invalid_union': {
      if (issue.errors.length === 0) {
        const { options = [] } = issue as { options?: string[] };
        return fail({
          what: `${shown} is not known here`,
          where,
          mend: didYouMean(String(value), options.map(String)),
        });
      }
      const wanted = issue.errors.map(([first]) => wantedHere(first));
      if (wanted.every((each) => each !== undefined)) {
        const alternatives = wanted.join(' or ');
        return fail({ what: `${shown} is not ${alternatives}`, where, mend: `Write ${alternatives} here.` });
      }
      const branch = meant(issue, value);
      const first = branch.find(({ code }) => code === 'unrecognized_keys') ?? branch[0];
      return complain(first, root, path, formAt, file);
    }
    case 'too_small':
    case 'too_big': {
      if (Array.isArray(value)) return fail({ what: 'the list is empty', where, mend: 'Give at least one entry.' });
      const bound = 'minimum' in issue ? issue.minimum : issue.maximum;
      const words =
        issue.code === 'too_small' ? (issue.inclusive ? 'at least' : 'above') : issue.inclusive ? 'at most' : 'below';
      return fail({ what: `${shown} is not ${words} ${bound}`, where, mend: `Give a number ${words} ${bound}.` });
    }
    default:
      return fail({
        what: `${shown} does not fit (${issue.code})`,
        where,
        mend: 'See the JSON Schema of the experiment file.',
      });
  }
}

/**
 * Checks a value against a schema and returns it typed. The first complaint becomes an InputError whose `where` is its
 * path (`network.layers[1].activation`), with the nearest known name where a name is wrong. `file` stands for the path of
 * the whole.
 */
export function checkAgainst<T extends z.ZodMiniType>(schema: T, value: unknown, file: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const json = z.toJSONSchema(schema, { unrepresentable: 'any' });
  const formAt = (path: readonly PropertyKey[]) => knownForm(json as JsonSchema, path, value);
  // an unknown key is the likeliest cause of the rest
  const { issues } = result.error;
  const first = issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0];
  return complain(first, value, [], formAt, file);
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** The form at a path; of several, the one that shares most keys with what stands there. */
function knownForm(schema: JsonSchema, path: readonly PropertyKey[], root: unknown): JsonSchema | undefined {
  const open = (list: readonly JsonSchema[]): JsonSchema[] =>
    list.flatMap((form) => (form.anyOf || form.oneOf ? open([...(form.anyOf ?? []), ...(form.oneOf ?? [])]) : [form]));
  let forms: JsonSchema[] = [schema];
  for (const key of path) {
    forms = open(forms).flatMap((form) => {
      const next = typeof key === 'number' ? form.items : form.properties?.[String(key)];
      return next === undefined ? [] : [next];
    });
  }
  const value = at(root, path);
  if (typeof value !== 'object' || value === null) return forms[0];
  const score = (form: JsonSchema) =>
    Object.entries(form.properties ?? {}).reduce((sum, [key, inner]) => {
      if (!(key in value)) return sum;
      return (
        sum + (inner.const === undefined ? 1 : inner.const === (value as Record<string, unknown>)[key] ? 100 : -100)
      );
    }, 0);
  const all = open(forms);
  const best = all.reduce<JsonSchema | undefined>(
    (a, b) => (a === undefined || score(b) > score(a) ? b : a),
    undefined,
  );
  // nothing tells which is meant: any of their keys may be
  if (best !== undefined && score(best) <= 0) {
    return { properties: Object.assign({}, ...all.map(({ properties }) => properties)) };
  }
  return best;
}
