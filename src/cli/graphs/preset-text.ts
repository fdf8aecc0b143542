/** A preset that a run uses, as people read it. */
import type { UsedPreset } from '../../graphs/presets.ts';

const valueText = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

/** `Preset deepwalk-blogcatalog: dimensions 128, walksPerNode 80 … (source). Overridden: epochs.` */
export function presetText({ name, source, options, overridden }: UsedPreset): string {
  const set = Object.entries(options).map(([option, value]) => `${option} ${valueText(value)}`);
  return [
    `Preset ${name}: ${set.length === 0 ? 'all of its options are overridden' : set.join(', ')} (${source}).`,
    ...(overridden.length === 0 ? [] : [`Overridden: ${overridden.join(', ')}.`]),
  ].join(' ');
}
