/** The worker of the table view: reads tables, proposes experiments, appraises models and answers for rows of a form. */
import { load, type Setup } from 'chainrule';
import type { Table } from 'chainrule/data';
import { load as loadSmall } from 'chainrule/predict';
import { messageOf } from '../../state/message.ts';
import { readTableBlob } from '../../training/table-file.ts';
import { appraise, rowOf } from './appraise.ts';
import { inspect } from './inspect.ts';
import { planFor } from './plan.ts';
import type { Answers, Appraisal, Request, TableInfo } from './protocol.ts';

let table: Table | undefined;
let info: TableInfo | undefined;
let known: { readonly json: string; readonly setup: Setup } | undefined;
let appraisal: Appraisal | undefined;
let model: ReturnType<typeof loadSmall> | undefined;
let target = '';

const handlers: { readonly [K in Request['kind']]: (request: Request & { kind: K }) => Promise<Answers[K]> } = {
  async open({ file, name }) {
    let shown = 0;
    // a file that cannot be read leaves the table that is open
    const read = await readTableBlob(file, {
      name,
      onProgress: ({ bytes, rows }) => {
        if (performance.now() - shown < 100) return;
        shown = performance.now();
        postMessage({ kind: 'progress', bytes, rows });
      },
    });
    info = await inspect(read, file);
    table = read;
    known = undefined;
    return info;
  },
  async plan({ choices }) {
    const { plan, setup } = planFor(opened(), choices);
    known = { json: JSON.stringify(plan.experiment), setup };
    return plan;
  },
  async appraise({ experiment, model: bytes }) {
    const { data, training: _ } = experiment;
    if (known?.json !== JSON.stringify(experiment)) throw new Error('The table has changed since the training began.');
    appraisal = await appraise(known.setup, load(bytes), info!.columns);
    model = loadSmall(bytes);
    target = 'target' in data ? String([data.target].flat()[0]) : '';
    return appraisal;
  },
  async row({ index }) {
    const { rows } = opened();
    const at = ((index % rows) + rows) % rows;
    return { index: at, ...rowOf(opened(), at, appraisal?.fields ?? [], target) };
  },
  async ask({ row, variations }) {
    if (model === undefined) throw new Error('There is no model yet.');
    const ready = model;
    return {
      prediction: ready.predictRow(row),
      variations: variations.map(({ field, values }) =>
        ready.predict(values.map((value) => ({ ...row, [field]: value }))),
      ),
    };
  },
};

function opened(): Table {
  if (table === undefined) throw new Error('No table is open.');
  return table;
}

/** Requests are answered one after the other. */
let turn: Promise<unknown> = Promise.resolve();

addEventListener('message', ({ data: { id, request } }: MessageEvent<{ id: number; request: Request }>) => {
  turn = turn.then(async () => {
    try {
      const answer = await (handlers[request.kind] as (request: Request) => Promise<unknown>)(request);
      postMessage({ kind: 'answer', id, answer });
    } catch (error) {
      postMessage({ kind: 'failed', id, message: messageOf(error) });
    }
  });
});
