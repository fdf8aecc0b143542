/** The playground's part of the shared state: what it writes into the address and the document, and what it takes from there. */
import type { ExperimentJson } from 'chainrule';
import { createEffect, on } from 'solid-js';
import type { Lab } from '../../state/lab.ts';
import { dataSetNamed } from './data-sets.ts';
import { fromExperiment } from './experiment.ts';
import { restore, type settingsOf } from './restore.ts';

interface Shown {
  readonly settings: ReturnType<typeof settingsOf>;
  /** Undefined without points. */
  readonly experiment: ExperimentJson | undefined;
}

interface SharingOptions {
  /** What the playground shows now. */
  readonly shown: () => Shown;
  /** Shows the state of a link that was opened while the view is shown. */
  readonly adopt: (state: ReturnType<typeof restore>) => void;
}

export function createSharing(lab: Lab, { shown, adopt }: SharingOptions) {
  /** The document as the playground wrote it: another one came from a link or another view. */
  let own = lab.document();
  /** Whether the playground may replace the open document: not by being looked at alone, if that is of another view. */
  const isOurs = () => own === undefined || fromExperiment(own.experiment) !== undefined;
  let mayPublish = isOurs();

  createEffect(
    on(lab.document, (document) => {
      if (document === undefined || document === own) return;
      // the settings of a link come after its document
      queueMicrotask(() => {
        if (lab.view() !== 'playground') return;
        own = lab.document();
        mayPublish = isOurs();
        adopt(restore(lab));
      });
    }),
  );

  const publish = () => {
    if (!mayPublish || lab.document() !== own) return;
    const { settings, experiment } = shown();
    lab.setSettings('playground', settings);
    if (experiment === undefined) return;
    own = { title: `Playground: ${dataSetNamed(settings.set)?.title ?? ''}`, experiment, files: {}, updates: 0 };
    lab.setDocument(own);
  };

  return {
    publish,
    /** A person has changed something: the playground may replace the document of another view. */
    claim: () => {
      mayPublish = true;
    },
    /** Replaces whatever document is open, and opens the step view with it. */
    walk: () => {
      mayPublish = true;
      own = lab.document();
      publish();
      lab.open('step');
    },
  };
}
