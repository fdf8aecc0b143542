/** What the playground starts with, and what a link holds of it. */
import type { ExperimentJson } from 'chainrule';
import type { Lab } from '../../state/lab.ts';
import { type Config, defaultConfig, readConfig } from './config.ts';
import { type Curves, noCurves, packed, packedMarks, unpackedCurves } from './curves.ts';
import { allPoints, experimentOf, fits, fromExperiment } from './experiment.ts';

/** A run that is kept to compare with. */
export interface KeptRun {
  readonly curves: Curves;
  readonly config: Config;
}

/** The state of a link or of an earlier visit, another view's document, or the defaults. */
export function restore(lab: Lab) {
  const settings = lab.settings('playground') as Readonly<Record<string, unknown>> | undefined;
  const config = readConfig(settings);
  const opened = lab.document();
  const fresh = {
    config: defaultConfig,
    curves: noCurves,
    kept: undefined,
    weights: undefined,
    epoch: 0,
    isFresh: true,
  };
  const own = {
    config,
    curves: unpackedCurves(settings?.curve, settings?.marks),
    kept: keptOf(settings),
    epoch: typeof settings?.epoch === 'number' && settings.epoch >= 0 ? Math.floor(settings.epoch) : 0,
    weights: undefined,
    isFresh: false,
  };
  const shown = opened && fromExperiment(opened.experiment);
  if (shown === undefined) return settings === undefined ? fresh : { ...own, epoch: 0, curves: noCurves };
  if (settings !== undefined && sameApartFromWeights(opened!.experiment, config)) {
    const { weights } = shown;
    return weights && fits(weights, config) ? { ...own, weights } : { ...own, epoch: 0, curves: noCurves };
  }
  return { ...fresh, config: shown.config, weights: shown.weights, isFresh: false };
}

/** The run that is kept to compare with. */
function keptOf(settings: Readonly<Record<string, unknown>> | undefined): KeptRun | undefined {
  const curves = unpackedCurves(settings?.kept, settings?.keptMarks);
  return curves.rows.length === 0 ? undefined : { curves, config: readConfig(settings?.keptConfig) };
}

const sameApartFromWeights = (json: ExperimentJson, config: Config): boolean => {
  const own = experimentOf(config);
  const bare = JSON.stringify(json, (key, value) => (key === 'weight' || key === 'bias' ? undefined : value));
  return JSON.stringify(own) === bare && allPoints(config).length > 0;
};

/** What a link holds besides the document. */
export function settingsOf(
  config: Config,
  { epoch, curves, kept }: { readonly epoch: number; readonly curves: Curves; readonly kept: KeptRun | undefined },
) {
  return {
    ...config,
    epoch,
    curve: packed(curves),
    marks: packedMarks(curves),
    ...(kept && { kept: packed(kept.curves), keptMarks: packedMarks(kept.curves), keptConfig: kept.config }),
  };
}
