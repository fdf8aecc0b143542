/** The true gradient and the rule of averaged factors side by side, and beside each the central difference of the loss. */
import { createMemo, For, Index, Show } from 'solid-js';
import { shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import { GradientParts } from './gradient-parts.tsx';
import { partsOf } from './parts.ts';
import type { GradientData, GradientRow, Rule } from './protocol.ts';
import { ruleNames } from './rule-choice.tsx';
import type { Step } from './state.ts';
import { ValueButton } from './value-button.tsx';

export function GradientTable(props: { readonly step: Step }) {
  const data = () => props.step.explainer.gradients();
  return (
    <section class="step-gradients" aria-label="Gradients compared" aria-busy={props.step.explainer.isComparing()}>
      <h2>
        The gradient, three ways
        <Show when={data() !== undefined && props.step.explainer.isComparing()}>
          <span class="step-computing"> computing …</span>
        </Show>
      </h2>
      <p class="soft">
        The central difference measures the slope of the loss without the chain rule: it changes each number a little,
        both ways. The true gradient agrees with it. Averaged factors, a textbook shortcut, agree only by chance or for
        one sample. Select a parameter to see the parts of both.
      </p>
      <Show when={data()?.withoutAveraged}>{(why) => <p class="soft">Without averaged factors: {why()}</p>}</Show>
      <Show when={data()} fallback={<p class="soft">Computing …</p>}>
        {(shown) => <Compared step={props.step} data={shown()} />}
      </Show>
      <For each={data()?.notes ?? []}>{(note) => <p class="soft">{note}</p>}</For>
    </section>
  );
}

function Compared(props: { readonly step: Step; readonly data: GradientData }) {
  const hasAveraged = () => props.data.withoutAveraged === undefined;
  /** The parameter whose parts are shown: the chosen one, or the first of the last layer. */
  const chosen = createMemo((): string | undefined => {
    const { rows } = props.data;
    const own = props.step.settings().parameter;
    if (rows.some(({ key }) => key === own)) return own;
    const layer = rows.at(-1)?.key.split('.')[1];
    const ofLast = rows.filter(({ key }) => key.split('.')[1] === layer);
    return (ofLast.find(({ key }) => key.includes('.weight[')) ?? ofLast[0])?.key;
  });
  const parts = createMemo(() => {
    const key = chosen();
    return key === undefined ? undefined : partsOf(props.data, key);
  });
  return (
    <>
      <section class="scroll step-gradient-table" tabindex="0" aria-label="Table of gradients">
        <table>
          <thead>
            <tr>
              <th scope="col">Gradient of</th>
              <Head step={props.step} rule="exact" />
              <th scope="col">central difference</th>
              <Show when={hasAveraged()}>
                <Head step={props.step} rule="averagedFactors" />
                <th scope="col">minus central difference</th>
              </Show>
            </tr>
          </thead>
          <tbody>
            <Index each={props.data.rows}>
              {(row) => (
                <Row step={props.step} row={row()} hasAveraged={hasAveraged()} isChosen={row().key === chosen()} />
              )}
            </Index>
          </tbody>
        </table>
      </section>
      <Show when={parts()} fallback={<p class="soft">The parts of this gradient are in its line of the walk.</p>}>
        {(shown) => <GradientParts step={props.step} parts={shown()} />}
      </Show>
    </>
  );
}

/** The name of a rule, and whether it updates or how to make it. */
function Head(props: { readonly step: Step; readonly rule: Rule }) {
  return (
    <th scope="col">
      {ruleNames[props.rule]}{' '}
      <Show when={props.step.data()?.rule !== props.rule} fallback={<span class="step-updates">updates</span>}>
        <button type="button" class="plain" onClick={() => props.step.setRule(props.rule)}>
          update with it
        </button>
      </Show>
    </th>
  );
}

function Row(props: {
  readonly step: Step;
  readonly row: GradientRow;
  readonly hasAveraged: boolean;
  readonly isChosen: boolean;
}) {
  const parameter = () => {
    const id = props.step.ids().get(props.row.key);
    return id === undefined ? undefined : props.step.numberAt(id);
  };
  const idOf = (rule: Rule) => props.step.idUnder(rule, [`gradient(${props.row.key})`]);
  const differs = () => {
    const { averaged, central } = props.row;
    return (
      averaged !== undefined && Math.abs(averaged - central) > 1e-6 * Math.max(Math.abs(averaged), Math.abs(central))
    );
  };
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="step-parameter"
          aria-pressed={props.isChosen}
          aria-label={`${parameter()?.name ?? props.row.key}: show the parts of its gradient`}
          onClick={() => props.step.change({ parameter: props.row.key })}
        >
          <Show when={parameter()} fallback={props.row.key}>
            {(known) => <Formula tex={known().tex} text={known().name} />}
          </Show>
        </button>
      </th>
      <td>
        <ValueButton step={props.step} id={idOf('exact')} value={props.row.exact} />
      </td>
      <td class="number">
        {shortNumber(props.row.central)}
        <Show when={props.row.kink}>{(kink) => <span class="soft"> (corner at {kink()})</span>}</Show>
      </td>
      <Show when={props.hasAveraged}>
        <td>
          <Show when={props.row.averaged !== undefined}>
            <ValueButton step={props.step} id={idOf('averagedFactors')} value={props.row.averaged!} />
          </Show>
        </td>
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
