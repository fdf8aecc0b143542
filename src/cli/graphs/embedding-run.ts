/** A run of `embed`: computes vectors, writes them, evaluates and draws them. */
import { basename } from 'node:path';
import { fail } from '../../base/errors.ts';
import { type EmbeddingPlan, type EmbedOptions, embed } from '../../graphs/embed.ts';
import type { LabelOfNode } from '../../graphs/evaluation/index.ts';
import type { NodeMap } from '../../graphs/map/figures.ts';
import type { EmbeddingProgress } from '../../graphs/method.ts';
import type { NodeVectors } from '../../graphs/node-vectors.ts';
import { checkVectorFile, storesPlaces, vectorFiles } from '../../graphs/vector-files/vector-files.ts';
import { nameOf } from '../input/files.ts';
import { commandLine } from '../output/command-line.ts';
import { shellPath } from '../output/shell.ts';
import { count, duration, type Terminal } from '../output/terminal.ts';
import { isInput } from '../system/input-files.ts';
import { writeParts, writeWhole } from '../system/write.ts';
import { type DatabaseFlags, writeToDatabase } from './database-input.ts';
import { edgeCount } from './edge-input.ts';
import type { CheckpointFlags } from './embedding-checkpoints.ts';
import { processorSeconds } from './embedding-estimate.ts';
import { showEmbedding } from './embedding-progress.ts';
import { embeddingRecord, figuresOf, LossCurve } from './embedding-report.ts';
import { checkLabels, type EvaluationTask, evaluateRun, evaluationText } from './evaluation.ts';
import type { GraphSource } from './graph-source.ts';
import { presetText } from './preset-text.ts';
import { type ComputedVectors, extension, resumable, type StartFlags } from './resumable-run.ts';
import { shownOptions } from './shown-options.ts';

export interface RunFlags extends DatabaseFlags, CheckpointFlags, StartFlags {
  readonly out?: string;
  readonly report?: string;
  readonly map?: string;
}

export interface EmbeddingRun {
  readonly path: string;
  readonly flags: RunFlags;
  readonly options: EmbedOptions;
  readonly plan: EmbeddingPlan;
  readonly source: GraphSource;
  /** Vectors to extend, instead of a run of the method. */
  readonly extend: NodeVectors | undefined;
  readonly mapKind: 'pca' | 'umap';
  readonly task: EvaluationTask | undefined;
  readonly labels: readonly LabelOfNode[] | undefined;
  /** The k of hits@k. */
  readonly hitsAt: number;
  readonly seconds: { readonly reading: number };
}

/** Computes, writes and shows, with checkpoints. A signal saves the run and sets the exit code. */
export const runEmbedding = (input: EmbeddingRun, terminal: Terminal): Promise<void> =>
  input.extend === undefined
    ? resumable(input, terminal, (options) => runOnce(input, options, terminal))
    : runOnce(input, {}, terminal);

async function runOnce(
  input: EmbeddingRun,
  resuming: Pick<EmbedOptions, 'signal' | 'checkpoint'>,
  terminal: Terminal,
): Promise<void> {
  const { flags, options, plan, source, mapKind, task, labels } = input;
  const { facts, queried } = source;
  const { out, report } = flags;
  for (const file of [out, report]) if (file !== undefined && isInput(file)) refuseInput(file);
  if (out !== undefined) checkVectorFile(source.graph.ids, out);
  if (task === 'labels' && input.extend === undefined) checkLabels(source.graph, labels);
  const { onProgress, end } = showEmbedding(terminal);
  const curve = new LossCurve();
  let tokens: number | undefined;
  const before = processorSeconds();
  const onEmbedding = (progress: EmbeddingProgress) => {
    tokens = progress.tokens ?? tokens;
    curve.add(progress);
    onProgress(progress);
  };
  const { embedding, graph }: ComputedVectors =
    input.extend === undefined
      ? {
          embedding: await embed(source.graph, { ...options, ...resuming, onProgress: onEmbedding }),
          graph: source.graph,
        }
      : await extension(input.extend, plan, source.graph);
  end();
  const processor = processorSeconds() - before;
  const { ids, dimensions, seconds, seed, threads } = embedding;
  const hasMap = report !== undefined || flags.map !== undefined;
  const figures = hasMap ? await figuresOf({ graph, embedding, kind: mapKind, labels }, terminal) : undefined;
  const files =
    out === undefined ? [] : await writeVectors(out, embedding, flags.map === undefined ? undefined : figures?.map);
  const written =
    flags.writeProperty === undefined ? undefined : await writeToDatabase(queried!, embedding, flags, terminal);
  const evaluation =
    task && (await evaluateRun(task, { graph, embedding, plan, labels, hitsAt: input.hitsAt }, terminal));
  if (report !== undefined) {
    const { renderEmbedding } = await import('../../report/embedding/page.ts');
    const record = embeddingRecord({
      ...{
        name: basename(nameOf(input.path)),
        graph,
        edges: edgeCount(graph),
        embedding,
        figures: figures!,
        curve,
        tokens,
      },
      ...{
        evaluation,
        why: input.extend === undefined ? plan.why : undefined,
        notes: [...source.notes, ...(embedding.preset === undefined ? [] : [presetText(embedding.preset)])],
        warnings: input.extend === undefined ? plan.warnings : [],
        command: commandLine(input.path),
      },
      seconds: { ...input.seconds, training: seconds },
    });
    writeWhole(report, renderEmbedding(record));
    files.push(report);
  }
  const places = [
    ...files.map((file) => terminal.path(file)),
    ...(written === undefined ? [] : [`${count(written, 'node')} of ${queried!.database.address}`]),
  ];
  const next = out === undefined ? '' : `\nNext: chainrule neighbors ${shellPath(out)} ${shellPath(String(ids[0]))}`;
  terminal.result(
    {
      ...{
        graph: facts,
        method: embedding.method,
        options: shownOptions(embedding.options),
        aliases: embedding.aliases,
        preset: embedding.preset,
        why: input.extend === undefined ? plan.why : undefined,
      },
      ...{ seed, threads, dimensions, seconds, processorSeconds: processor, files },
      ...(written !== undefined && { written }),
      ...(evaluation && { evaluation }),
    },
    `${evaluation ? `${evaluationText(evaluation, terminal)}\n\n` : ''}${count(ids.length, 'vector')} of ${count(dimensions, 'number')} by ${embedding.method} in ${duration(seconds)}: ${places.join(', ')}${next}`,
  );
}

/** Writes the vectors, with their places where the format stores them. Returns the files. */
async function writeVectors(
  out: string,
  { ids, vectors, dimensions }: NodeVectors,
  map: NodeMap | undefined,
): Promise<string[]> {
  const isWhole = map !== undefined && map.ids.length === ids.length;
  const files: string[] = [];
  for (const { name, pieces } of vectorFiles(
    { vectors, ids, dimensions, ...(isWhole && storesPlaces(out) && { x: map.x, y: map.y }) },
    out,
  )) {
    await writeParts(name, async (write) => {
      for await (const piece of pieces()) await write(piece);
    });
    files.push(name);
  }
  return files;
}

/** Refuses an output before anything is computed. */
const refuseInput = (file: string): never =>
  fail({ what: 'the output would overwrite an input', where: file, fix: 'Choose another path.' });
