/** Messages to the person: what happened, and how to fix it. */
import { InputError } from 'chainrule';

export interface Message {
  readonly kind: 'error' | 'note';
  readonly what: string;
  readonly fix?: string;
}

/** An error whose message is known, such as one of a worker. */
export class MessageError extends Error {
  readonly shown: Message;

  constructor(shown: Message) {
    super(shown.what);
    this.shown = shown;
  }
}

/** The message of any error: an InputError says how to fix it. */
export function messageOf(error: unknown): Message {
  if (error instanceof MessageError) return error.shown;
  if (error instanceof InputError) {
    const [first, ...rest] = error.message.split('\n');
    return { kind: 'error', what: first, fix: rest.join(' ').trim() || undefined };
  }
  return { kind: 'error', what: error instanceof Error ? error.message : String(error) };
}
