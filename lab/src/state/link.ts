/**
 * The whole state as a link: `#step/<payload>`. The payload is JSON, compressed (raw DEFLATE, RFC 1951) and written in the
 * letters of base64url (RFC 4648), so it never leaves the browser: what follows # is not sent to a server.
 */

export interface Link {
  readonly view: string;
  /** Undefined for a link to a view alone. */
  readonly state?: unknown;
}

/** The maximum number of bytes of a state that a link unpacks to. */
const maxBytes = 16 * 2 ** 20;

/** The fragment of an address. */
export async function writeLink({ view, state }: Link): Promise<string> {
  if (state === undefined) return `#${view}`;
  const stream = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return `#${view}/${base64url(new Uint8Array(await new Response(stream).arrayBuffer()))}`;
}

/** Reads a fragment. Throws an Error whose message tells a person what is wrong with the link. */
export async function readLink(fragment: string): Promise<Link> {
  const [view, payload] = fragment.replace(/^#/, '').split('/', 2);
  if (payload === undefined || payload === '') return { view };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = fromBase64url(payload);
  } catch {
    throw new Error('This link is damaged: it has characters that a link of the lab cannot have.');
  }
  const text = await inflated(bytes);
  try {
    return { view, state: JSON.parse(text) };
  } catch {
    throw new Error('This link is damaged: its content is not JSON. Part of it may have been cut off.');
  }
}

/** Unpacks, with a limit: a short link can stand for gigabytes. */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    let turn: Awaited<ReturnType<typeof reader.read>>;
    try {
      turn = await reader.read();
    } catch {
      throw new Error('This link is damaged: it cannot be unpacked. Part of it may have been cut off.');
    }
    if (turn.done) return text + decoder.decode();
    size += turn.value.length;
    if (size > maxBytes) {
      await reader.cancel().catch(() => {});
      throw new Error(`This link unpacks to more than ${maxBytes / 2 ** 20} MB. Open the data as a file instead.`);
    }
    text += decoder.decode(turn.value, { stream: true });
  }
}

function base64url(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
