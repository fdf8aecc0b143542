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
  const penalty = (branch: Issue[]) =>
    branch.reduce((sum, { code, path, ...rest }) => {
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
  array: 'a list',
  int: 'an integer',
  number: 'a number',
  string: 'a text in quotes',
  boolean: 'true or false',
};

/** The allowed keys of an object schema at a path, for naming the nearest. */
function complain(
  issue: Issue,
  root: unknown,
  base: readonly PropertyKey[],
  keysAt: (path: readonly PropertyKey[]) => string[],
  file: string,
): never {
  const path = [...base, ...issue.path];
  const where = showPath(path) || file;
  const value = at(root, path);
  const shown = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 60);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key] = issue.keys;
      return fail({
        what: `unknown key "${key}"`,
        where: showPath([...path, key]),
        mend: didYouMean(key, keysAt(path)),
      });
    }
    case 'invalid_type':
      if (value === undefined) {
        return fail({ what: 'is missing', where, mend: `Add it: ${article[issue.expected] ?? issue.expected}.` });
      }
      return fail({
        what: `${shown} is not ${article[issue.expected] ?? issue.expected}`,
        where,
        mend: `Write ${article[issue.expected] ?? issue.expected} here.`,
      });
    case 'invalid_value': {
      const values = issue.values.map(String);
      const mend = typeof value === 'string' ? didYouMean(value, values) : `Write one of: ${values.join(', ')}.`;
      return fail({ what: value === undefined ? 'is missing' : `${shown} is not known here`, where, mend });
    }
    case 'invalid_union': {
      if (issue.errors.length === 0) {
        const { options = [] } = issue as { options?: string[] };
        return fail({
          what: value === undefined ? 'is missing' : `${shown} is not known here`,
          where,
          mend: didYouMean(String(value), options.map(String)),
        });
      }
      const branch = meant(issue, value);
      return complain(branch[0], root, path, keysAt, file);
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
  const keysAt = (path: readonly PropertyKey[]) => knownKeys(json as JsonSchema, path, value);
  // an unknown key is the likeliest cause of the rest
  const { issues } = result.error;
  const first = issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0];
  return complain(first, value, [], keysAt, file);
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** The keys that objects at a path may have; of several forms, those of the one that shares most with what stands there. */
function knownKeys(schema: JsonSchema, path: readonly PropertyKey[], root: unknown): string[] {
  let forms: JsonSchema[] = [schema];
  const open = (list: JsonSchema[]): JsonSchema[] =>
    list.flatMap((form) => (form.anyOf || form.oneOf ? open([...(form.anyOf ?? []), ...(form.oneOf ?? [])]) : [form]));
  for (const key of path) {
    forms = open(forms).flatMap((form) => {
      const next = typeof key === 'number' ? form.items : form.properties?.[String(key)];
      return next === undefined ? [] : [next];
    });
  }
  const value = at(root, path) as Record<string, unknown>;
  const score = (form: JsonSchema) =>
    Object.entries(form.properties ?? {}).reduce((sum, [key, inner]) => {
      if (!(key in value)) return sum;
      return sum + (inner.const === undefined ? 1 : inner.const === value[key] ? 100 : -100);
    }, 0);
  const best = open(forms).reduce<JsonSchema | undefined>(
    (a, b) => (a === undefined || score(b) > score(a) ? b : a),
    undefined,
  );
  return Object.keys(best?.properties ?? {});
}
