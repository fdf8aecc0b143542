/** What the playground starts with. */
import type { ExperimentJson } from 'chainrule';
import type { Lab } from '../../state/lab.ts';
import { type Config, defaultConfig, readConfig } from './config.ts';
import { noCurves, unpackedCurves } from './curves.ts';
import { allPoints, experimentOf, fits, fromExperiment } from './experiment.ts';

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
    curves: unpackedCurves(settings?.curve),
    kept: settings?.kept === undefined ? undefined : unpackedCurves(settings.kept),
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

const sameApartFromWeights = (json: ExperimentJson, config: Config): boolean => {
  const own = experimentOf(config);
  const bare = JSON.stringify(json, (key, value) => (key === 'weight' || key === 'bias' ? undefined : value));
  return JSON.stringify(own) === bare && allPoints(config).length > 0;
};
