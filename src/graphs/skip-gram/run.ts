/** Skip-gram as the training of a method: resumed, and started from other vectors. */
import type { EmbeddingContext, EmbeddingMethod } from '../method.ts';
import { skipGramSeconds } from './calibrate.ts';
import type { SkipGramOptions } from './options.ts';
import { type SkipGramHooks, trainSkipGram } from './train.ts';

type SkipGramRun<Options> = Pick<
  EmbeddingMethod<Options>,
  'isResumable' | 'positionUnit' | 'warmStarts' | 'seconds' | 'embed'
>;

/** The functions of a method that trains skip-gram, whose options follow from the method's own. */
export const skipGramRun = <Options>(optionsOf: (options: Options) => SkipGramOptions): SkipGramRun<Options> => ({
  isResumable: true,
  positionUnit: 'walks',
  warmStarts: true,
  seconds: (graph, options, seed, now) => skipGramSeconds(graph, optionsOf(options), seed, now),
  async embed(graph, options, context) {
    const { input } = await trainSkipGram(graph, optionsOf(options), context, skipGramHooks(context));
    return input;
  },
});

/** What resumes and saves a training of skip-gram, and what it starts from. */
export const skipGramHooks = ({ resume, onBreak, start }: EmbeddingContext): SkipGramHooks => ({
  start,
  ...(resume !== undefined && {
    resume: { position: resume.position, input: resume.tables.input, output: resume.tables.output },
  }),
  ...(onBreak !== undefined && {
    onBreak: (state) =>
      onBreak(() => {
        const { position, ...tables } = state();
        return { position, tables };
      }),
  }),
});
