/**
 * Worked examples of graph methods: an update of skip-gram or LINE whose numbers are printed, and printed walks. The file has
 * the form of a network's worked example; the one key of its `experiment` says what it is about.
 */

import * as z from 'zod/mini';
import { type Audit, type AuditOptions, auditSubject, type PrintedQuantity } from '../../audit/index.ts';
import type { Subject } from '../../audit/subject.ts';
import { auditExample } from '../../audit/worked-example.ts';
import { anObject, aText, kind } from '../../base/arguments.ts';
import { fail, InputError } from '../../base/errors.ts';
import type { Check } from '../../explain/check.ts';
import type { ExplainedStep } from '../../explain/explained.ts';
import { checkAgainst } from '../../net/complaint.ts';
import { describe } from '../../net/form.ts';
import { workedExampleForm } from '../../net/schema.ts';
import type { ExperimentOptions } from '../../net/setup.ts';
import { fromEdges } from '../edges/from-edges.ts';
import { pairSubject } from './audit-pairs.ts';
import { auditWalks, type WalkAudit, walkSubject } from './audit-walks.ts';
import { checkPairs } from './check-pairs.ts';
import { explainPairs } from './explain-pairs.ts';
import { explainWalks } from './explain-walks.ts';
import { lineForm, lineStep, type PairStep, skipGramForm, skipGramStep } from './pair-step.ts';
import type { WalkModel } from './walk-graph.ts';

const nodeId = () => z.union([z.string(), z.number()]);
const parameter = () =>
  describe(z.union([z.number().check(z.gt(0)), z.literal('infinity')]), 'a positive number, or "infinity"');

/** `{ "edges": [["a", "b"], ["b", "c", 2]], "p": 1, "q": 0.5, "walks": [["a", "b", "c"]] }` */
const walksForm = z.strictObject({
  edges: describe(
    z.array(z.union([z.tuple([nodeId(), nodeId()]), z.tuple([nodeId(), nodeId(), z.number()])])).check(z.minLength(1)),
    'pairs of nodes, perhaps with a weight',
  ),
  directed: z.optional(describe(z.boolean(), 'default false')),
  p: z.optional(describe(parameter(), 'return parameter: a step back has the weight 1/p; default 1')),
  q: z.optional(describe(parameter(), 'in-out parameter: a step away has the weight 1/q; default 1')),
  walks: describe(z.array(z.array(nodeId()).check(z.minLength(2))).check(z.minLength(1)), 'the nodes of each walk'),
});

/** A worked example of a graph method, read and checked. */
export interface GraphExample {
  readonly title?: string;
  readonly source?: string;
  readonly printed: readonly PrintedQuantity[];
  /** The JSON of the experiment, checked. */
  readonly experiment: unknown;
  readonly subject: Subject;
  /** Whether a text is the address of a number of the example. */
  readonly isAddress: (quantity: string) => boolean;
  /** Of an update: the step, to be explained and checked. */
  readonly step?: PairStep;
  /** Of walks: the graph, p, q and the walks. */
  readonly walks?: WalkModel;
}

interface ExampleForm {
  readonly key: string;
  /** Reads the value of the key. Throws an InputError for numbers that do not fit together. */
  readonly read: (experiment: never) => Pick<GraphExample, 'subject' | 'step' | 'walks'>;
  readonly form: z.ZodMiniType;
}

const ofStep = (step: PairStep) => ({ step, subject: pairSubject(step) });

const forms: readonly ExampleForm[] = [
  { key: 'skipGram', form: skipGramForm, read: (json: z.infer<typeof skipGramForm>) => ofStep(skipGramStep(json)) },
  { key: 'line', form: lineForm, read: (json: z.infer<typeof lineForm>) => ofStep(lineStep(json)) },
  {
    key: 'walks',
    form: walksForm,
    read: (json: z.infer<typeof walksForm>) => {
      const walks = walkModel(json);
      return { walks, subject: walkSubject(walks) };
    },
  },
];

/**
 * The worked example that a file's JSON holds, if its `experiment` is one of a graph method; else undefined.
 * Throws an InputError naming the path of what is wrong.
 */
export function graphExample(json: unknown, file = 'worked example'): GraphExample | undefined {
  aText(file, 'graphExample: file');
  const experiment = (json as { experiment?: unknown } | null | undefined)?.experiment;
  if (typeof experiment !== 'object' || experiment === null) return undefined;
  const known = forms.find(({ key }) => Object.hasOwn(experiment, key));
  if (known === undefined) return undefined;
  const schema = workedExampleForm(z.strictObject({ [known.key]: known.form }));
  const { experiment: checked, ...rest } = checkAgainst(schema, json, file);
  const found = known.read((checked as Record<string, never>)[known.key]);
  const isAddress = (quantity: string) => {
    try {
      found.subject.parse(quantity, 'quantity');
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  };
  return { ...rest, ...found, experiment: checked, isAddress };
}

/** The result of `graphExample`. */
const aGraphExample = kind(
  'a worked example of a graph method',
  ({ step, walks, subject }: GraphExample) =>
    (step !== undefined || walks !== undefined) && typeof subject === 'object',
  'Pass graphExample(json).',
);

/** Every number of a worked example of a graph method. Throws an InputError for an example that cannot be explained. */
export function explainGraphExample(example: GraphExample): ExplainedStep {
  aGraphExample(example, 'explainGraphExample: example');
  const { step, walks, title } = example;
  if (step !== undefined) return explainPairs(step, { title });
  return explainWalks(walks!);
}

/**
 * The gradients of an update, compared with central differences.
 * Throws an InputError for walks, which have no gradients.
 */
export function checkGraphExample(example: GraphExample): Check {
  aGraphExample(example, 'checkGraphExample: example');
  const { step } = example;
  if (step !== undefined) return checkPairs(step);
  return fail({
    what: 'walks have no gradients',
    where: 'experiment.walks',
    fix: 'Run chainrule audit or chainrule explain with this file.',
  });
}

/** The audit of a worked example of a graph method. Walks come with their likelihoods. */
export function auditGraphExample(
  { subject, printed, walks }: GraphExample,
  options?: AuditOptions,
): Audit & Partial<Pick<WalkAudit, 'walks'>> {
  return walks === undefined ? auditSubject(subject, printed, options) : auditWalks(walks, printed, options);
}

/**
 * Checks the printed numbers of a worked example, the JSON of its file: of a network, of skip-gram or LINE, or of walks.
 * Throws an InputError where it is not of that form, and where a quantity is not there.
 */
export function auditAnyExample(example: unknown, options: ExperimentOptions & AuditOptions = {}): Audit {
  anObject(options, 'audit: options');
  const ofGraph = graphExample(example, options.file);
  return ofGraph === undefined ? auditExample(example, options) : auditGraphExample(ofGraph, options);
}

/** The walks of a form by indices of nodes. Throws an InputError for a node that no edge has. */
function walkModel({ edges, directed = false, p = 1, q = 1, walks }: z.infer<typeof walksForm>): WalkModel {
  const graph = fromEdges(edges, { directed });
  const places = new Map(graph.ids.map((id, node) => [id, node]));
  const number = (value: number | 'infinity') => (value === 'infinity' ? Number.POSITIVE_INFINITY : value);
  return {
    graph,
    p: number(p),
    q: number(q),
    walks: walks.map((walk, w) =>
      walk.map(
        (id, i) =>
          places.get(id) ??
          fail({
            what: `${JSON.stringify(id)} is not a node of the graph`,
            where: `experiment.walks.walks[${w}][${i}]`,
            fix: 'Use the names of nodes as the edges have them; 1 and "1" are different nodes.',
          }),
      ),
    ),
  };
}
