/** The state that all views share: the open view, the document, each view's own settings, and messages to the person. */
import { batch, createSignal } from 'solid-js';
import { viewNamed, views } from '../views.ts';
import type { LabDocument } from './document.ts';
import { readLink, writeLink } from './link.ts';
import { type Message, messageOf } from './message.ts';

/** What a link holds. */
interface Saved {
  readonly version: 1;
  readonly document?: LabDocument;
  /** By the name of the view. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Lab {
  /** The name of the open view. */
  readonly view: () => string;
  open(view: string): void;
  /** How often a link was opened in this page: 0 until the address was read. A view starts anew with each. */
  readonly restored: () => number;
  /** The open document; undefined until a view opens its own. */
  readonly document: () => LabDocument | undefined;
  setDocument(document: LabDocument): void;
  /** A view's own part of the state, as it left it or as a link gave it: checked by the view. */
  settings(view: string): unknown;
  setSettings(view: string, value: unknown): void;
  readonly message: () => Message | undefined;
  /** Shows an error to the person. */
  fail(error: unknown): void;
  say(message: Message | undefined): void;
  /** The address that restores everything. */
  link(): Promise<string>;
}

/** Milliseconds after which a changed state is written to the address. */
const settle = 400;

export function createLab(): Lab {
  // the view is known at once, its state only after the link was unpacked
  const named = viewNamed(location.hash.slice(1).split('/', 1)[0]);
  const [view, setView] = createSignal((named ?? views[0]).name);
  const [restored, setRestored] = createSignal(0);
  const [document, setDocument] = createSignal<LabDocument>();
  const [settings, setSettings] = createSignal<Readonly<Record<string, unknown>>>({});
  const [message, say] = createSignal<Message>();
  const fail = (error: unknown) => void say(messageOf(error));
  /** Whether the message is about the address: it stays when a view opens its first data, until the person does something. */
  let aboutAddress = false;
  for (const event of ['pointerdown', 'keydown']) {
    addEventListener(
      event,
      () => {
        aboutAddress = false;
      },
      { capture: true },
    );
  }

  const saved = (): Saved | undefined => {
    const own = pick(settings(), view());
    if (document() === undefined && Object.keys(own).length === 0) return undefined;
    return { version: 1, document: document(), settings: own };
  };
  const fragment = () => writeLink({ view: view(), state: saved() });

  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The fragment that this page wrote last, so that its own change is not read back. */
  let written: string | undefined;
  const write = async (method: 'pushState' | 'replaceState') => {
    try {
      const next = await fragment();
      if (next === location.hash) return;
      written = next;
      history[method](null, '', next);
    } catch {
      // the browser limits the length and the number of such changes: the link button still gives the address
    }
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void write('replaceState'), settle);
  };

  const restore = async () => {
    if (location.hash === written) return;
    aboutAddress = false;
    say(undefined);
    try {
      const link = await readLink(location.hash);
      const known = viewNamed(link.view);
      if (link.view !== '' && known === undefined) {
        aboutAddress = true;
        say({
          kind: 'error',
          what: `There is no view "${link.view.slice(0, 40)}".`,
          fix: 'Choose one of those above.',
        });
      }
      if (link.state !== undefined) {
        const { document: opened, settings: own } = readSaved(link.state);
        if (opened !== undefined) setDocument(opened);
        setSettings((old) => ({ ...old, ...own }));
      }
      batch(() => {
        setView((known ?? views[0]).name);
        if (link.state !== undefined || restored() === 0) setRestored(restored() + 1);
      });
    } catch (error) {
      aboutAddress = true;
      fail(error);
      if (restored() === 0) setRestored(1);
    }
  };
  addEventListener('hashchange', () => void restore());
  void restore();

  return {
    view,
    restored,
    open: (name) => {
      say(undefined);
      setView(name);
      void write('pushState');
    },
    document,
    setDocument: (value) => {
      setDocument(value);
      changed();
    },
    settings: (name) => settings()[name],
    setSettings: (name, value) => {
      setSettings((old) => ({ ...old, [name]: value }));
      changed();
    },
    message,
    fail,
    say: (value) => {
      if (value === undefined && aboutAddress) return;
      say(value);
    },
    link: async () => new URL(await fragment(), location.href).href,
  };
}

function pick(all: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return all[name] === undefined ? {} : { [name]: all[name] };
}

/** Checks the outer form of a link's state; the experiment is checked where it is used, with its path in the error. */
function readSaved(state: unknown): Saved {
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(state) || state.version !== 1) {
    throw new Error('This link was made by another version of the lab, so it cannot be opened here.');
  }
  const { document: opened, settings = {} } = state;
  if (!isRecord(settings)) throw new Error('This link is damaged: its settings are not an object.');
  if (opened === undefined) return { version: 1, settings };
  if (!isRecord(opened) || !isRecord(opened.experiment)) {
    throw new Error('This link is damaged: it has no experiment.');
  }
  const { title, experiment, files = {}, updates = 0 } = opened;
  const texts = isRecord(files) && Object.values(files).every((text) => typeof text === 'string');
  if (!texts || !Number.isSafeInteger(updates) || (updates as number) < 0) {
    throw new Error('This link is damaged: its files or its number of updates are wrong.');
  }
  return {
    version: 1,
    settings,
    document: {
      ...(typeof title === 'string' && { title }),
      experiment: experiment as never,
      files: files as Record<string, string>,
      updates: updates as number,
    },
  };
}
