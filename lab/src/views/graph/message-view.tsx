/** One message of a graph convolution to the selected node, in numbers: the mean, and the sum normalized by degrees. */
import { createResource, For, Show } from 'solid-js';
import { messageOf } from '../../state/message.ts';
import type { GraphClient } from './client.ts';
import type { GraphMessage } from './protocol.ts';
import { Side, Tex } from './tex.tsx';

const number = (value: number) => {
  const text = String(Number(value.toPrecision(5)));
  const [mantissa, power] = text.split('e');
  return power === undefined ? mantissa : `${mantissa} \\cdot 10^{${Number(power)}}`;
};
/** The formulas of a message: a name, then sides of an equation, each a list of terms between which a line can break. */
function formulasOf({ nodes: [own, ...others], neighborCount, mean, normalized }: GraphMessage) {
  const dots = neighborCount > others.length ? [`+ \\dots \\text{ ${neighborCount - others.length} more}`] : [];
  const count = neighborCount + 1;
  const plus = (term: string, i: number) => (i === 0 ? term : `+ ${term}`);
  return own.vector.map((value, k) => ({
    mean: {
      name: `m_${k + 1}`,
      sides: [
        [`\\frac{1}{d} \\sum_{u} x_{u,${k + 1}}`],
        [...others.map(({ vector }, i) => plus(`\\frac{${number(vector[k])}}{${neighborCount}}`, i)), ...dots],
        [number(mean[k])],
      ],
    },
    normalized: {
      name: `h_${k + 1}`,
      sides: [
        [`\\frac{x_{v,${k + 1}}}{d + 1}`, `+ \\sum_{u} \\frac{x_{u,${k + 1}}}{\\sqrt{(d + 1)(d_u + 1)}}`],
        [
          `\\frac{${number(value)}}{${count}}`,
          ...others.map(
            ({ vector, degree }) => `+ \\frac{${number(vector[k])}}{\\sqrt{${count} \\cdot ${degree + 1}}}`,
          ),
          ...dots,
        ],
        [number(normalized[k])],
      ],
    },
  }));
}

export function MessageView(props: { readonly client: GraphClient; readonly selected: number | undefined }) {
  const names = () => props.client.graph()!.names;
  const [message] = createResource(
    () => (props.selected !== undefined && props.client.frame() !== undefined ? { node: props.selected } : undefined),
    (ask) => props.client.ask('message', ask),
  );
  return (
    <Show
      when={props.selected !== undefined}
      fallback={<p class="soft">Select a node on the map or in the list: its neighbors send it a message.</p>}
    >
      <Show when={message.error}>
        <p class="soft">{messageOf(message.error).what}</p>
      </Show>
      <Show when={message.error === undefined && message()}>
        {(found) => (
          <>
            <p>
              A layer of a graph network gives a node v what its neighbors u have. Here the features x are the vectors
              of now, the first {found().nodes[0].vector.length} of {found().dimensions} numbers; the node is{' '}
              <b>{names()[found().nodes[0].node]}</b> with d = {found().neighborCount} neighbors. No weight matrix is
              applied.
            </p>
            <Show when={found().neighborCount > 0} fallback={<p class="soft">It has no neighbors.</p>}>
              <section class="scroll" tabindex="0" aria-label="The message in numbers">
                <h3>The mean over the neighbors (GraphSAGE)</h3>
                <For each={formulasOf(found())}>{({ mean }) => <Equation {...mean} />}</For>
                <h3>The sum normalized by degrees (GCN)</h3>
                <For each={formulasOf(found())}>{({ normalized }) => <Equation {...normalized} />}</For>
              </section>
              <p class="soft graph-note">
                Neighbors in the order of the formulas:{' '}
                {found()
                  .nodes.slice(1)
                  .map(({ node, degree }) => `${names()[node]} (degree ${degree})`)
                  .join(', ')}
                {found().neighborCount > found().nodes.length - 1 ? ' …' : ''}. Hamilton and others (2017); Kipf and
                Welling (2017).
              </p>
            </Show>
          </>
        )}
      </Show>
    </Show>
  );
}

function Equation(props: { readonly name: string; readonly sides: readonly (readonly string[])[] }) {
  return (
    <div class="graph-line" data-phase="forward">
      <span class="graph-phase">
        forward<small>now</small>
      </span>
      <span class="graph-line-name">
        <Tex tex={props.name} />
      </span>
      <div>
        <For each={props.sides}>{(side, i) => <Side terms={side} isResult={i() === props.sides.length - 1} />}</For>
      </div>
    </div>
  );
}
