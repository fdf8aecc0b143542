/** Questions to the worker as resources: an answer belongs to the question that was asked, and an error becomes a message. */
import { type Accessor, createResource, createSignal } from 'solid-js';
import type { Message } from '../../state/message.ts';
import { AuditFailure, type Auditor } from './auditor.ts';
import type { Answers, Question } from './protocol.ts';

export interface Asking<K extends keyof Answers> {
  /** The newest answer; undefined until there is one, and after an error. */
  readonly answer: Accessor<Answers[K] | undefined>;
  readonly problem: Accessor<Message | undefined>;
}

/**
 * Asks whenever the question changes; undefined asks nothing and forgets the answer. The answer to the question before is kept
 * until the new one is there if `keep` says that it still serves.
 */
export function createAsking<K extends Question['kind']>(
  auditor: Auditor,
  question: Accessor<Extract<Question, { kind: K }> | undefined>,
  { keep = false } = {},
): Asking<K> {
  const [problem, setProblem] = createSignal<Message>();
  interface Found {
    readonly question: Question;
    readonly answer?: Answers[K];
  }
  const [found] = createResource(question, async (asked, { value }): Promise<Found> => {
    try {
      const answer = await auditor.ask<K>(asked);
      setProblem(undefined);
      // one that was replaced leaves what there was
      return answer === undefined ? ((value as Found | undefined) ?? { question: asked }) : { question: asked, answer };
    } catch (error) {
      setProblem(
        error instanceof AuditFailure
          ? error.shown
          : { kind: 'error', what: String((error as Error).message ?? error) },
      );
      return { question: asked };
    }
  });
  return {
    answer: () => {
      const now = question();
      const latest = found.latest;
      if (now === undefined || latest === undefined) return undefined;
      return keep || latest.question === now ? latest.answer : undefined;
    },
    problem: () => (question() === undefined ? undefined : problem()),
  };
}
