/** The phase of a number, in words and color. */
import type { StepPhase } from './protocol.ts';
import { phaseWords } from './sentences.ts';

export function PhaseTag(props: { readonly phase: StepPhase }) {
  return <span class={`step-phase ${props.phase}`}>{phaseWords[props.phase]}</span>;
}
