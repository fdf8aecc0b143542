/** Checks a value against a schema, and words the first issue: its path, the value, the nearest known name. */
import * as z from 'zod/mini';
import { didYouMean, fail } from '../base/errors.ts';
import { clip } from '../base/printable.ts';
import { inside, type Where } from '../base/reference.ts';
import { show } from '../base/show.ts';
import { namedKinds } from './form.ts';
import { inFile, type Written, whole } from './in-file.ts';
import { UnknownRecipe } from './recipe-json.ts';

type Issue = z.core.$ZodIssue;

/** The maximum length of a name that a message repeats. */
const maxNameLength = 60;

/** The maximum number of lists and objects inside each other. Everything that chainrule writes is far below. */
const maxDepth = 64;

/** The path of the first list or object that is nested more deeply than that. */
function tooDeep(value: unknown): readonly PropertyKey[] | undefined {
  const left: { readonly value: object; readonly path: readonly PropertyKey[] }[] = [];
  const add = (inner: unknown, path: () => readonly PropertyKey[]) => {
    if (Array.isArray(inner) || isPlain(inner)) left.push({ value: inner as object, path: path() });
  };
  add(value, () => []);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value: held, path } = next;
    if (path.length > maxDepth) return path;
    if (Array.isArray(held)) held.forEach((inner, i) => void add(inner, () => [...path, i]));
    else for (const [key, inner] of Object.entries(held)) add(inner, () => [...path, key]);
  }
  return undefined;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The branch of a union that was probably meant: the one with the fewest issues, at the deepest paths. */
function meant(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Issue[] {
  const penalty = (branch: Issue[]): number =>
    branch.reduce((sum, { code, path, ...rest }) => {
      const { errors = [] } = rest as { errors?: Issue[][] };
      if (code === 'invalid_union' && path.length === 0 && errors.length > 0)
        return sum + Math.min(...errors.map(penalty));
      if (code === 'unrecognized_keys') return sum + (rest as { keys: string[] }).keys.length;
      // A value that breaks a rule or a bound is of the right type.
      if (path.length === 0) return sum + (['custom', 'too_small', 'too_big'].includes(code) ? 1 : 100);
      // a missing key suggests another branch
      const missing = code === 'invalid_type' && !Object.hasOwn(Object(value), path[0]);
      return sum + (missing ? 10 : 1);
    }, 0);
  return issue.errors.reduce((a, b) => (penalty(b) < penalty(a) ? b : a));
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    const held = Object(inner) as Record<PropertyKey, unknown>;
    return Object.hasOwn(held, key) ? held[key] : undefined;
  }, value);
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

/** What a branch of a union accepts instead of a value that is wrong as a whole; undefined for a choice of names. */
function wantedHere({ code, path, ...issue }: Issue): string | undefined {
  if (path.length > 0) return undefined;
  if (code === 'invalid_type') {
    const { expected } = issue as { expected: string };
    return article[expected] ?? expected;
  }
  const { values = [] } = issue as { values?: readonly unknown[] };
  return code === 'invalid_value' && values.length === 1 ? JSON.stringify(values[0]) : undefined;
}

/** The error for a name that no recipe has, if the issue is about a recipe: it then has the kind of recipe as its message. */
function unknownRecipe(
  { message, errors }: Extract<Issue, { code: 'invalid_union' }>,
  value: unknown,
  where: Where,
): UnknownRecipe | undefined {
  const kind = namedKinds.find((each) => each === message);
  if (kind === undefined) return undefined;
  const isText = typeof value === 'string';
  const name = isText ? value : (value as { name?: unknown } | null)?.name;
  const known = ((errors[0]?.[0] as { values?: readonly unknown[] } | undefined)?.values ?? []).map(String);
  if (typeof name !== 'string' || known.includes(name)) return undefined;
  return new UnknownRecipe(kind, clip(name, maxNameLength), { where: isText ? where : inside(where, 'name'), known });
}

/** `unknown engine "wsam"`: for a name that its key does not allow. */
function unknownValue(path: readonly PropertyKey[], value: unknown, shown: string): string {
  const key = path.findLast((each) => typeof each === 'string');
  return typeof value === 'string' && key !== undefined ? `unknown ${key} ${shown}` : `${shown} is not a known value`;
}

/** Throws the InputError for one issue; `formAt` gives the form that belongs at a path. */
function complain(
  issue: Issue,
  root: unknown,
  base: readonly PropertyKey[],
  formAt: (path: readonly PropertyKey[]) => JsonSchema | undefined,
  file: string,
): never {
  const path = [...base, ...issue.path];
  const where: Where = path.length > 0 ? path : file;
  const value = at(root, path);
  const shown = value === undefined ? 'nothing' : show(value, maxNameLength);
  if (value === undefined && issue.code !== 'unrecognized_keys') {
    const { options = [] } = issue as { options?: string[] };
    if (options.length > 0) {
      return fail({ what: 'it is missing', where, fix: `Add it. Choose one of: ${options.join(', ')}.` });
    }
    const wanted = issue.code === 'invalid_type' ? (article[issue.expected] ?? issue.expected) : 'a value';
    return fail({ what: 'it is missing', where, fix: `Add it: ${formAt(path)?.description ?? wanted}.` });
  }
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key] = issue.keys;
      const known = Object.keys(formAt(path)?.properties ?? {});
      return fail({
        what: `unknown key "${clip(key, maxNameLength)}"`,
        where: [...path, key],
        fix: known.length === 0 ? 'Leave it out.' : didYouMean(clip(key, maxNameLength), known),
      });
    }
    case 'invalid_type': {
      const kind = article[issue.expected] ?? issue.expected;
      const wanted = typeof value === 'number' && issue.expected === 'number' ? 'a finite number' : kind;
      return fail({ what: `${shown} is not ${wanted}`, where, fix: `Write ${wanted} here.` });
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const fix =
        typeof value === 'string' && values.length > 1
          ? didYouMean(clip(value, maxNameLength), values)
          : `Write one of: ${values.join(', ')}.`;
      return fail({ what: unknownValue(path, value, shown), where, fix });
    }
    case 'invalid_union': {
      const unknown = unknownRecipe(issue, value, where);
      if (unknown !== undefined) throw unknown;
      if (issue.errors.length === 0) {
        const { options = [] } = issue as { options?: string[] };
        return fail({
          what: unknownValue(path, value, shown),
          where,
          fix: didYouMean(typeof value === 'string' ? clip(value, maxNameLength) : shown, options.map(String)),
        });
      }
      const wanted = issue.errors.map(([first]) => wantedHere(first));
      if (wanted.every((each) => each !== undefined)) {
        const alternatives = wanted.join(' or ');
        return fail({ what: `${shown} is not ${alternatives}`, where, fix: `Write ${alternatives} here.` });
      }
      const branch = meant(issue, value);
      const first = branch.find(({ code }) => code === 'unrecognized_keys') ?? branch[0];
      return complain(first, root, path, formAt, file);
    }
    case 'too_small':
    case 'too_big': {
      if (Array.isArray(value)) return fail({ what: 'the list is empty', where, fix: 'Give at least one entry.' });
      const bound = 'minimum' in issue ? issue.minimum : issue.maximum;
      const words =
        issue.code === 'too_small' ? (issue.inclusive ? 'at least' : 'above') : issue.inclusive ? 'at most' : 'below';
      return fail({ what: `${shown} is not ${words} ${bound}`, where, fix: `Give a number ${words} ${bound}.` });
    }
    case 'custom': {
      const { fix = 'Correct it.' } = (issue.params ?? {}) as { fix?: string };
      return fail({ what: issue.message, where, fix });
    }
    default:
      return fail({
        what: `${shown} does not fit (${issue.code})`,
        where,
        fix: 'See the JSON Schema of the experiment file.',
      });
  }
}

/**
 * Checks a value against a schema and returns it typed. The first issue becomes an InputError whose `option` is its path
 * (`network.layers[1].activation`), with the nearest known name if a name is wrong. `file` names the whole value; for a file
 * that people do not write, it comes before the path.
 */
export function checkAgainst<T extends z.ZodMiniType>(schema: T, value: unknown, file: string | Written): z.infer<T> {
  if (typeof file === 'object') return inFile(file, () => checkAgainst(schema, value, whole));
  const deep = tooDeep(value);
  if (deep !== undefined) {
    fail({
      what: `more than ${maxDepth} lists or objects are nested in each other`,
      where: deep.length > 0 ? deep.slice(0, 4) : file,
      fix: 'Write it with less nesting.',
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const formAt = (path: readonly PropertyKey[]) => knownForm(jsonSchemaOf(schema), path, value);
  // an unknown key is the most likely cause of the other issues
  const { issues } = result.error;
  const first = issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0];
  return complain(first, value, [], formAt, file);
}

const known = new WeakMap<z.ZodMiniType, JsonSchema>();

/** The JSON Schema of a schema. It is made once, because that takes longer than the check. */
function jsonSchemaOf(schema: z.ZodMiniType): JsonSchema {
  const found = known.get(schema) ?? (z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema);
  known.set(schema, found);
  return found;
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/** The form at a path; of several, the one that shares the most keys with the value there. */
function knownForm(schema: JsonSchema, path: readonly PropertyKey[], root: unknown): JsonSchema | undefined {
  const open = (list: readonly JsonSchema[]): JsonSchema[] =>
    list.flatMap((form) => (form.anyOf || form.oneOf ? open([...(form.anyOf ?? []), ...(form.oneOf ?? [])]) : [form]));
  let forms: JsonSchema[] = [schema];
  for (const key of path) {
    forms = open(forms).flatMap((form) => {
      const { properties = {} } = form;
      const next = typeof key === 'number' ? form.items : Object.hasOwn(properties, key) && properties[String(key)];
      return next ? [next] : [];
    });
  }
  const value = at(root, path);
  if (typeof value !== 'object' || value === null) return forms[0];
  const score = (form: JsonSchema) =>
    Object.entries(form.properties ?? {}).reduce((sum, [key, inner]) => {
      if (!Object.hasOwn(value, key)) return sum;
      return (
        sum + (inner.const === undefined ? 1 : inner.const === (value as Record<string, unknown>)[key] ? 100 : -100)
      );
    }, 0);
  const all = open(forms);
  const best = all.reduce<JsonSchema | undefined>(
    (a, b) => (a === undefined || score(b) > score(a) ? b : a),
    undefined,
  );
  // no form fits better than the others, so each of their keys is allowed
  if (best !== undefined && score(best) <= 0) {
    return { properties: Object.assign({}, ...all.map(({ properties }) => properties)) };
  }
  return best;
}
