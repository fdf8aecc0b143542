/** The worker of the audit: it computes, explains and typesets, so that the page's thread only draws. */
import { messageOf } from '../../state/message.ts';
import { Answerer } from './answer.ts';
import type { Question, Reply } from './protocol.ts';
import { typeset } from './typeset.ts';

const answerer = new Answerer(typeset);

addEventListener('message', ({ data: { id, question } }: MessageEvent<{ id: number; question: Question }>) => {
  let reply: Reply;
  try {
    reply = { id, answer: answerer.answer(question) };
  } catch (error) {
    reply = { id, error: messageOf(error) };
  }
  postMessage(reply);
});
