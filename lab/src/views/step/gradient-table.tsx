/** The true gradient and the rule of averaged factors side by side, and beside each the central difference of the loss. */
import { For, Index, Show } from 'solid-js';
import { shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import type { GradientRow } from './protocol.ts';
import type { Step } from './state.ts';

export function GradientTable(props: { readonly step: Step }) {
  const data = () => props.step.explainer.gradients();
  const rule = () => props.step.data()?.rule;
  const hasAveraged = () => data()?.withoutAveraged === undefined;
  const used = (is: string) => (rule() === is ? ' (this step)' : '');
  return (
    <section class="step-gradients" aria-label="Gradients compared">
      <h2>The gradient, three ways</h2>
      <p class="soft">
        The central difference measures the slope of the loss without the chain rule: it changes each number a little,
        both ways. The true gradient agrees with it. Averaged factors, a textbook shortcut, agree only by chance or for
        one sample.
      </p>
      <Show when={data()?.withoutAveraged}>{(why) => <p class="soft">Without averaged factors: {why()}</p>}</Show>
      <Show when={data()} fallback={<p class="soft">Computing …</p>}>
        <section class="scroll" tabindex="0" aria-label="Table of gradients">
          <table>
            <thead>
              <tr>
                <th scope="col">Gradient of</th>
                <th scope="col">true gradient{used('exact')}</th>
                <th scope="col">central difference</th>
                <Show when={hasAveraged()}>
                  <th scope="col">averaged factors{used('averagedFactors')}</th>
                  <th scope="col">minus central difference</th>
                </Show>
              </tr>
            </thead>
            <tbody>
              <Index each={data()!.rows}>
                {(row) => <Row step={props.step} row={row()} hasAveraged={hasAveraged()} />}
              </Index>
            </tbody>
          </table>
        </section>
      </Show>
      <For each={data()?.notes ?? []}>{(note) => <p class="soft">{note}</p>}</For>
    </section>
  );
}

function Row(props: { readonly step: Step; readonly row: GradientRow; readonly hasAveraged: boolean }) {
  const id = () => props.step.ids().get(props.row.key);
  const number = () => (id() === undefined ? undefined : props.step.numberAt(id()!));
  const differs = () => {
    const { averaged, central } = props.row;
    return (
      averaged !== undefined && Math.abs(averaged - central) > 1e-6 * Math.max(Math.abs(averaged), Math.abs(central))
    );
  };
  return (
    <tr>
      <th scope="row">
        <Show when={number()} fallback={props.row.key}>
          {(known) => (
            <button
              type="button"
              class="plain"
              data-n={id()}
              aria-label={known().name}
              onClick={() => props.step.select(id())}
            >
              <Formula tex={known().tex} text={known().name} />
            </button>
          )}
        </Show>
      </th>
      <td>{shortNumber(props.row.exact)}</td>
      <td>
        {shortNumber(props.row.central)}
        <Show when={props.row.kink}>{(kink) => <span class="soft"> (corner at {kink()})</span>}</Show>
      </td>
      <Show when={props.hasAveraged}>
        <td>{props.row.averaged === undefined ? '' : shortNumber(props.row.averaged)}</td>
        <td class={differs() ? 'differs' : ''}>
          {props.row.averaged === undefined
            ? ''
            : differs()
              ? `differs by ${shortNumber(props.row.averaged - props.row.central, 3)}`
              : 'agrees'}
        </td>
      </Show>
    </tr>
  );
}
