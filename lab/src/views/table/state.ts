/** The state of the table view: the open table, the choices, the training, its appraisal, and what the link holds of them. */
import type { ExperimentJson } from 'chainrule';
import { batch, createEffect, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { LabDocument } from '../../state/document.ts';
import type { Lab } from '../../state/lab.ts';
import { messageOf } from '../../state/message.ts';
import { createSession } from '../../training/session.ts';
import { Cancelled, Failed, tableWorker } from './asking.ts';
import { choicesOf, proposeTarget } from './choices.ts';
import { createForm } from './form.ts';
import { type KeptRun, keptRun } from './kept.ts';
import { maxFileBytes } from './limits.ts';
import { size } from './numbers.ts';
import { createPlanning } from './planning.ts';
import type { Appraisal, Choices, TableInfo } from './protocol.ts';
import { readSettings, type TableSettings } from './settings.ts';

/** A table file that a person opened. */
interface OpenFile {
  readonly file: Blob;
  readonly name: string;
}

/** The file that was open when the view was left: it is open again when the view is. */
let last: OpenFile | undefined;

export const exampleName = 'penguins.csv';
export const exampleText = async (): Promise<string> => (await import('../../../../examples/penguins.csv?raw')).default;

export type TableState = ReturnType<typeof createTableState>;

export function createTableState(lab: Lab) {
  const [progress, setProgress] = createSignal<{
    readonly name: string;
    readonly size: number;
    readonly bytes: number;
    readonly rows: number;
  }>();
  const [info, setInfo] = createSignal<TableInfo>();
  const [appraisal, setAppraisal] = createSignal<Appraisal>();
  /** The experiment of the training that the page shows. */
  const [trained, setTrained] = createSignal<ExperimentJson>();
  /** A finished run to compare the next ones with. */
  const [kept, setKept] = createSignal<KeptRun>();
  /** The file that a link names but does not hold. */
  const [wanted, setWanted] = createSignal<{ readonly name: string; readonly choices: Choices }>();
  const session = createSession();
  const worker = tableWorker(({ bytes, rows }) => setProgress((old) => old && { ...old, bytes, rows }));
  onCleanup(() => worker.end());
  const planning = createPlanning(worker, { onPlan: () => publish() });
  const { choices, setChoices, plan, problem, propose } = planning;
  const form = createForm(worker, appraisal, { onChange: () => save() });
  let opened: OpenFile | undefined;
  let own: LabDocument | undefined;
  /** What a link says to do when the training can begin. */
  let pending: TableSettings | undefined;

  const failed = (error: unknown) => {
    if (error instanceof Cancelled) return;
    lab.say(error instanceof Failed ? error.shown : messageOf(error));
  };

  /** The document of the page, from the plan. */
  const document = (): LabDocument | undefined => {
    const [now, shown] = [plan(), info()];
    if (now === undefined || shown === undefined) return undefined;
    const files = shown.text === undefined ? {} : { [shown.name]: shown.text };
    return { title: shown.name, experiment: now.experiment, files, updates: 0 };
  };

  const save = () => {
    const epochs =
      trained() === undefined
        ? undefined
        : session.result()?.stop.reason === 'aborted'
          ? session.result()!.stop.epoch
          : 'all';
    lab.setSettings('table', { epochs, row: form.row(), kept: kept() } satisfies TableSettings);
  };

  const publish = () => {
    own = document();
    if (own !== undefined) lab.setDocument(own);
  };

  /** Opens a file. With `keep`, its choices, as far as they suit the columns. */
  const open = async (file: OpenFile, { keep, autoplay = false }: { keep?: Choices; autoplay?: boolean } = {}) => {
    lab.say(undefined);
    if (file.file.size > maxFileBytes) {
      lab.say({
        kind: 'error',
        what: `${file.name} has ${size(file.file.size)}. A page opens tables of at most ${size(maxFileBytes)}.`,
        fix: `Take a part of its rows, or train on the command line: chainrule train ${file.name} --target …`,
      });
      return;
    }
    setProgress({ name: file.name, size: file.file.size, bytes: 0, rows: 0 });
    try {
      const found = await worker.ask({ kind: 'open', ...file });
      opened = file;
      last = file;
      batch(() => {
        reset();
        setWanted(undefined);
        setInfo(found);
        setChoices(keep === undefined ? firstChoices(found) : { ...keep, data: { ...keep.data, file: found.name } });
      });
      await propose();
      if (autoplay && plan() !== undefined) start();
    } catch (error) {
      failed(error);
    } finally {
      setProgress(undefined);
    }
  };

  const reset = () => {
    planning.reset();
    setKept(undefined);
    setAppraisal(undefined);
    setTrained(undefined);
    form.reset();
  };

  const start = ({ waits = false } = {}) => {
    const [now, shown] = [document(), info()];
    if (now === undefined || shown === undefined || opened === undefined) return;
    batch(() => {
      setAppraisal(undefined);
      setTrained(now.experiment);
    });
    session.start(now, { tables: { [shown.name]: opened.file } });
    if (!waits) session.play();
  };

  // the model is appraised when its training has ended
  createEffect(
    on(session.result, async (result) => {
      const experiment = untrack(trained);
      if (result === undefined || experiment === undefined) return;
      try {
        const found = await worker.ask({ kind: 'appraise', experiment, model: result.model });
        if (session.result() !== result) return;
        setAppraisal(found);
        await form.begin(found, pending?.row);
        pending = undefined;
        save();
      } catch (error) {
        failed(error);
      }
    }),
  );

  // a link that was made after a stop: trains as far, and stops there
  createEffect(() => {
    const frame = session.frame();
    const until = pending?.epochs;
    if (typeof until !== 'number' || frame === undefined || untrack(session.phase) !== 'paused') return;
    if (frame.epoch < until) session.advance(until - frame.epoch);
    else session.stop();
  });

  /** Shows the document of a link or another view, if it trains on a table. */
  const adopt = async (opening: LabDocument) => {
    const chosen = choicesOf(opening.experiment);
    if (chosen === undefined || !('file' in opening.experiment.data)) return false;
    const { file: name } = opening.experiment.data;
    const text = Object.hasOwn(opening.files, name) ? opening.files[name] : undefined;
    own = opening;
    if (text === undefined && last?.name !== name) {
      reset();
      setInfo(undefined);
      setChoices(undefined);
      setWanted({ name, choices: chosen });
      return true;
    }
    pending = readSettings(lab.settings('table'));
    await open(text === undefined ? last! : { file: new Blob([text]), name }, { keep: chosen });
    setKept(pending?.kept);
    if (plan() !== undefined && pending?.epochs !== undefined) start({ waits: pending.epochs !== 'all' });
    return true;
  };

  const begin = async () => {
    const shared = lab.document();
    if (shared !== undefined && (await adopt(shared))) return;
    if (last !== undefined) await open(last);
    else await open({ file: new Blob([await exampleText()]), name: exampleName }, { autoplay: true });
  };
  createEffect(
    on(lab.document, (shared) => void (shared !== undefined && shared !== own && adopt(shared).catch(failed)), {
      defer: true,
    }),
  );
  void begin().catch(failed);

  return {
    progress,
    info,
    choices,
    plan,
    problem,
    appraisal,
    trained,
    wanted,
    session,
    form,
    kept,
    /** Keeps the finished run. */
    keep: () => {
      const [result, experiment] = [session.result(), trained()];
      if (result === undefined || experiment === undefined) return;
      setKept(keptRun(result, experiment));
      save();
    },
    forget: () => {
      setKept(undefined);
      save();
    },
    document,
    /** The file of the table by its name, for programs that need its rows. */
    tables: (): Readonly<Record<string, Blob>> => (opened === undefined ? {} : { [opened.name]: opened.file }),
    /** Whether the model on the page was trained with other choices than those that are shown. */
    isStale: () =>
      trained() !== undefined &&
      plan() !== undefined &&
      JSON.stringify(trained()) !== JSON.stringify(plan()!.experiment),
    open: (file: OpenFile) => open(file, { keep: wanted()?.choices }),
    openExample: async () => open({ file: new Blob([await exampleText()]), name: exampleName }, { autoplay: true }),
    cancel: () => {
      worker.end();
      setProgress(undefined);
      // the table that was open before is read again: the worker that held it has ended
      if (opened !== undefined && info() !== undefined) void open(opened, { keep: choices() });
    },
    choose: (change: (old: Choices) => Choices) => {
      setChoices((old) => old && change(old));
      void propose();
    },
    start: async () => {
      await planning.proposed();
      start();
    },
  };
}

/** The choices for a table that was just opened. */
function firstChoices({ name, columns, names }: TableInfo): Choices | undefined {
  const target = proposeTarget(columns) ?? names.at(-1);
  return target === undefined ? undefined : { data: { file: name, target }, training: {}, seed: 1 };
}
