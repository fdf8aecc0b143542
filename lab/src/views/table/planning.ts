/** The choices of a person, and the experiment that the worker proposes for them. */
import { batch, createSignal } from 'solid-js';
import { type Message, messageOf } from '../../state/message.ts';
import { Cancelled, Failed, type TableWorker } from './asking.ts';
import type { Choices, Plan } from './protocol.ts';

/** `onPlan` is called with each new plan. */
export function createPlanning(worker: TableWorker, { onPlan }: { readonly onPlan: () => void }) {
  const [choices, setChoices] = createSignal<Choices>();
  const [plan, setPlan] = createSignal<Plan>();
  const [problem, setProblem] = createSignal<Message>();
  let asked = 0;
  let proposed: Promise<void> = Promise.resolve();

  const proposeNow = async () => {
    const chosen = choices();
    if (chosen === undefined) return;
    const mine = ++asked;
    try {
      const found = await worker.ask({ kind: 'plan', choices: chosen });
      if (mine !== asked) return;
      batch(() => {
        setProblem(undefined);
        setPlan(found);
      });
      onPlan();
    } catch (error) {
      if (mine !== asked || error instanceof Cancelled) return;
      batch(() => {
        setPlan(undefined);
        setProblem(error instanceof Failed ? error.shown : messageOf(error));
      });
    }
  };

  return {
    choices,
    setChoices,
    plan,
    problem,
    /** Asks the worker for the experiment of the choices. */
    propose: () => {
      proposed = proposeNow();
      return proposed;
    },
    /** The last proposal that was asked for: a training waits for it. */
    proposed: () => proposed,
    reset: () => {
      setPlan(undefined);
      setProblem(undefined);
    },
  };
}
