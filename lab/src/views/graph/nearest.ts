/** The nearest nodes of the node in focus, asked again as the vectors change, one question at a time. */
import { type Accessor, createEffect, createSignal } from 'solid-js';
import { messageOf } from '../../state/message.ts';
import type { GraphClient } from './client.ts';

export interface NearNode {
  readonly node: number;
  /** The cosine. */
  readonly similarity: number;
}

const count = 10;
/** Milliseconds between two questions about the same node while it trains. */
const pause = 200;

export function createNearest(client: GraphClient, focus: Accessor<number | undefined>) {
  const [list, setList] = createSignal<readonly NearNode[]>([]);
  const [problem, setProblem] = createSignal<string>();
  let isAsking = false;
  let isStale = false;
  let shown: number | undefined;

  const ask = async () => {
    const node = focus();
    if (node === undefined || client.frame() === undefined) {
      shown = undefined;
      setList([]);
      return;
    }
    if (isAsking) {
      isStale = true;
      return;
    }
    isAsking = true;
    isStale = false;
    const isSame = node === shown;
    try {
      const found = await client.ask('neighbors', { node, count });
      if (focus() === node) {
        shown = node;
        setList(found);
        setProblem(undefined);
      }
    } catch (error) {
      setList([]);
      setProblem(messageOf(error).what);
    }
    if (isSame) await new Promise((resolve) => setTimeout(resolve, pause));
    isAsking = false;
    if (isStale) void ask();
  };
  createEffect(() => {
    focus();
    client.frame();
    client.phase();
    void ask();
  });
  return { list, problem };
}
