/** Which rule of the gradient updates: the true gradient, or the product of averaged factors. */
import { For } from 'solid-js';
import type { Rule } from './protocol.ts';
import type { Step } from './state.ts';

export const ruleNames: Readonly<Record<Rule, string>> = {
  exact: 'true gradient',
  averagedFactors: 'averaged factors',
};

export function RuleChoice(props: { readonly step: Step }) {
  const used = () => props.step.data()?.rule;
  const isMissing = (rule: Rule) => used() !== rule && props.step.data()?.withoutOther !== undefined;
  return (
    <fieldset class="step-rule" title={props.step.data()?.withoutOther}>
      <legend>Update with the</legend>
      <For each={Object.keys(ruleNames) as Rule[]}>
        {(rule) => (
          <label class={isMissing(rule) ? 'soft' : ''}>
            <input
              type="radio"
              name="step-rule"
              value={rule}
              checked={used() === rule}
              disabled={isMissing(rule)}
              onChange={() => props.step.setRule(rule)}
            />{' '}
            {ruleNames[rule]}
          </label>
        )}
      </For>
    </fieldset>
  );
}
