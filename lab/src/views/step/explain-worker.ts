/** The worker that explains: the reference engine computes the step, and the library writes its lines. */
import { explanation, explanationHtml, explanationLatex } from 'chainrule/explain';
import { setUp } from '../../state/document.ts';
import { messageOf } from '../../state/message.ts';
import { gradientData } from './gradients.ts';
import type { StepOrder, StepReport, TakeAway } from './protocol.ts';
import { stepData } from './step-data.ts';
import { worksheetOf } from './worksheet.ts';

const report = (message: StepReport) => postMessage(message);

addEventListener('message', ({ data: order }: MessageEvent<StepOrder>) => {
  void obey(order);
});

async function obey(order: StepOrder): Promise<void> {
  const { id, document } = order;
  try {
    const setup = setUp(document);
    switch (order.kind) {
      case 'explain':
        return report({ kind: 'explained', id, data: stepData(setup, document.updates, order.sample) });
      case 'gradients':
        return report({ kind: 'gradients', id, data: gradientData(setup, document.updates) });
      case 'check':
        stepData(setup, 0);
        return report({ kind: 'written', id, text: '' });
      case 'write':
        return report({ kind: 'written', id, text: await written(order.what, order) });
    }
  } catch (error) {
    report({ kind: 'failed', id, message: messageOf(error) });
  }
}

async function written(what: TakeAway, { document }: StepOrder): Promise<string> {
  const explained = explanation(setUp(document), { step: document.updates + 1 });
  if (what === 'sheet') return worksheetOf(document.experiment, explained);
  if (what === 'html' || what === 'worksheetHtml')
    return explanationHtml(explained, { blank: what === 'worksheetHtml' });
  return explanationLatex(explained, { blank: what === 'worksheet' });
}
