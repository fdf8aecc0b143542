/** The gradient of one parameter, sample by sample: the factors of the chain rule, their product, and what both rules make of them. */
import { createMemo, For, Index, Show } from 'solid-js';
import { shortNumber } from './format.ts';
import { Formula } from './formula.tsx';
import { type PartColumn, type Parts, withoutSample } from './parts.ts';
import { ruleNames } from './rule-choice.tsx';
import type { Step } from './state.ts';
import { ValueButton } from './value-button.tsx';

/** The maximum number of rows that are drawn: of a larger batch, the first. */
const maxRows = 400;

export function GradientParts(props: { readonly step: Step; readonly parts: Parts }) {
  const parameter = () => {
    const id = props.step.idUnder('exact', [`gradient(${props.parts.row.key})`]);
    return id === undefined ? undefined : props.step.numberAt(id);
  };
  const rows = createMemo(() => Array.from({ length: Math.min(props.parts.samples.length, maxRows) }, (_, s) => s));
  const used = (rule: 'exact' | 'averagedFactors') => (props.step.data()?.rule === rule ? ', which updates' : '');
  return (
    <section class="step-parts" id="step-parts" aria-label="One gradient, sample by sample">
      <h3>
        <Formula tex={parameter()?.tex ?? ''} text={`∂E/∂ ${props.parts.row.key}`} urgent /> sample by sample
      </h3>
      <section class="scroll step-parts-table" tabindex="0" aria-label="Factors of each sample">
        <table>
          <thead>
            <tr>
              <th scope="col">sample</th>
              <For each={props.parts.columns}>
                {(column, c) => (
                  <th scope="col">
                    {c() > 0 ? '· ' : ''}
                    <Head step={props.step} column={column} samples={props.parts.samples} />
                    <span class="soft"> {column.title}</span>
                  </th>
                )}
              </For>
              <th scope="col">= product</th>
            </tr>
          </thead>
          <tbody>
            <For each={rows()}>
              {(s) => {
                const row = () => props.parts.samples[s];
                return (
                  <tr aria-current={row() === props.step.sample() ? 'true' : undefined}>
                    <th scope="row">{row() + 1}</th>
                    <For each={props.parts.columns}>
                      {(column) => (
                        <td>
                          <Factor step={props.step} column={column} row={row()} value={column.values[s]} />
                        </td>
                      )}
                    </For>
                    <td class="number">{shortNumber(props.parts.products[s])}</td>
                  </tr>
                );
              }}
            </For>
          </tbody>
        </table>
      </section>
      <Show when={props.parts.samples.length > maxRows}>
        <p class="soft">{props.parts.samples.length - maxRows} more samples, which the sum includes</p>
      </Show>
      <dl class="step-rules">
        <dt>True gradient{used('exact')}</dt>
        <dd>
          <Sum parts={props.parts} /> ={' '}
          <ValueButton
            step={props.step}
            id={props.step.idUnder('exact', [`gradient(${props.parts.row.key})`])}
            value={props.parts.row.exact}
          />
          <span class="soft"> multiply in each sample, then add</span>
        </dd>
        <Show when={props.parts.productOfMeans !== undefined && props.parts.row.averaged !== undefined}>
          <dt>Averaged factors{used('averagedFactors')}</dt>
          <dd>
            <Index each={props.parts.columns}>
              {(column, c) => (
                <>
                  {c > 0 ? ' · ' : ''}
                  <ValueButton
                    step={props.step}
                    id={props.step.idUnder('averagedFactors', column().meanKeys)}
                    value={column().mean!}
                  />
                  <span class="soft"> ({column().how})</span>
                </>
              )}
            </Index>
            <Rest value={props.parts.row.averaged! - props.parts.productOfMeans!} of={props.parts.row.averaged!} />
            {' = '}
            <ValueButton
              step={props.step}
              id={props.step.idUnder('averagedFactors', [`gradient(${props.parts.row.key})`])}
              value={props.parts.row.averaged!}
            />
            <span class="soft"> add or average first, then multiply</span>
          </dd>
        </Show>
        <dt>Central difference</dt>
        <dd>
          <span class="number">{shortNumber(props.parts.row.central)}</span>
          <span class="soft"> measured, without the chain rule: it agrees with the {ruleNames.exact}</span>
        </dd>
      </dl>
    </section>
  );
}

/** The symbol of a column, as the lines of the step write it. */
function Head(props: { readonly step: Step; readonly column: PartColumn; readonly samples: readonly number[] }) {
  const number = () => {
    const shown = props.step.data()?.samples ?? [];
    for (const sample of shown) {
      const id = props.step.idUnder('exact', props.column.keys(sample));
      if (id !== undefined) return props.step.numberAt(id);
    }
    return undefined;
  };
  return <Show when={number()}>{(shown) => <Formula tex={withoutSample(shown())} text={shown().name} urgent />}</Show>;
}

/** One factor of one sample: a button that selects it, and shows its sample if another one is shown. */
function Factor(props: {
  readonly step: Step;
  readonly column: PartColumn;
  readonly row: number;
  readonly value: number;
}) {
  const id = () => props.step.idUnder('exact', props.column.keys(props.row));
  /** The key of the same number of the sample that is shown, which tells how the number of this one is called. */
  const shownKey = () => {
    const shown = props.step.sample();
    const of = props.step.idUnder('exact', props.column.keys(shown));
    const key = of === undefined ? undefined : props.step.numberAt(of)?.key;
    return key?.replaceAll(`[${shown}][`, `[${props.row}][`);
  };
  return (
    <ValueButton
      step={props.step}
      id={id()}
      value={props.value}
      onSelect={() => {
        const key = shownKey();
        if (key !== undefined) props.step.chooseSample(props.row, key);
      }}
      canSelect={shownKey() !== undefined}
    />
  );
}

/** The maximum number of products that are written in the sum. */
const maxTerms = 4;

function Sum(props: { readonly parts: Parts }) {
  const shown = () => {
    const { products } = props.parts;
    return products.length <= maxTerms + 1 ? products : products.slice(0, maxTerms);
  };
  const left = () => props.parts.products.length - shown().length;
  return (
    <span class="number">
      {shown()
        .map((value, i) => (i === 0 ? shortNumber(value, 4) : signed(value)))
        .join(' ')}
      {left() > 0 ? ` + … (${left()} more)` : ''}
      <Show when={props.parts.penalty !== 0}> {signed(props.parts.penalty)} (penalty)</Show>
    </span>
  );
}

/** What a rule adds to the product, such as a penalty. */
function Rest(props: { readonly value: number; readonly of: number }) {
  return <Show when={Math.abs(props.value) > 1e-9 * Math.abs(props.of)}> {signed(props.value)} (penalty)</Show>;
}

const signed = (value: number): string => (value < 0 ? `− ${shortNumber(-value, 4)}` : `+ ${shortNumber(value, 4)}`);
