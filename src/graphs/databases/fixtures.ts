/**
 * A server that speaks as much Bolt 4.4 as a driver needs for queries (packstream and messages as neo4j.com/docs/bolt describes
 * them). It answers each query from a list of replies, and can drop a connection in the middle of an answer.
 */
import { createServer, type Server, type Socket } from 'node:net';

type Value = null | number | bigint | string | boolean | readonly Value[] | { readonly [key: string]: Value };

/** How to answer one query: the columns and rows, a failure, or a connection that ends after `dropsAfter` rows. */
export interface Reply {
  readonly fields?: readonly string[];
  readonly rows?: readonly (readonly Value[])[];
  readonly failure?: { readonly code: string; readonly message: string };
  readonly dropsAfter?: number;
}

/** A query as the server got it. */
export interface Asked {
  readonly query: string;
  readonly parameters: Record<string, unknown>;
}

/** Small sizes are part of the marker, others follow it in 8, 16 or 32 bits. */
function sized(tiny: number, markers: readonly number[], size: number): Buffer {
  if (size < 16) return Buffer.from([tiny + size]);
  if (size < 2 ** 8 && markers.length === 3) return Buffer.from([markers[0]!, size]);
  if (size < 2 ** 16) return Buffer.from([markers[markers.length - 2]!, size >> 8, size & 255]);
  const bytes = Buffer.alloc(5);
  bytes[0] = markers[markers.length - 1]!;
  bytes.writeUInt32BE(size, 1);
  return bytes;
}

function packed(value: Value): Buffer {
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([sized(0x80, [0xd0, 0xd1, 0xd2], text.length), text]);
  }
  const bytes = Buffer.alloc(9);
  if (typeof value === 'bigint') {
    bytes[0] = 0xcb;
    bytes.writeBigInt64BE(value, 1);
    return bytes;
  }
  if (typeof value === 'number') {
    bytes[0] = 0xc1;
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (Array.isArray(value)) {
    return Buffer.concat([sized(0x90, [0xd4, 0xd5, 0xd6], value.length), ...value.map(packed)]);
  }
  const pairs = Object.entries(value as Record<string, Value>);
  return Buffer.concat([
    sized(0xa0, [0xd8, 0xd9, 0xda], pairs.length),
    ...pairs.flatMap(([key, each]) => [packed(key), packed(each)]),
  ]);
}

/** Reads one value, and where the next one begins. */
function unpacked(bytes: Buffer, at: number): [value: unknown, next: number] {
  const marker = bytes[at]!;
  const sizeAfter = (width: number): [number, number] => [bytes.readUIntBE(at + 1, width), at + 1 + width];
  const items = (count: number, from: number, perItem: number): [unknown[], number] => {
    const values: unknown[] = [];
    let next = from;
    for (let i = 0; i < count * perItem; i++) {
      const [value, end] = unpacked(bytes, next);
      values.push(value);
      next = end;
    }
    return [values, next];
  };
  const text = ([size, from]: [number, number]): [string, number] => [
    bytes.toString('utf8', from, from + size),
    from + size,
  ];
  const list = ([size, from]: [number, number]) => items(size, from, 1);
  const map = ([size, from]: [number, number]): [unknown, number] => {
    const [flat, next] = items(size, from, 2);
    const pairs = Array.from({ length: size }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
    return [Object.fromEntries(pairs), next];
  };
  // Integers are bigints, so that a test can tell them from floats.
  if (marker < 0x80) return [BigInt(marker), at + 1];
  if (marker >= 0xf0) return [BigInt(marker - 256), at + 1];
  const tiny: [number, number] = [marker & 15, at + 1];
  if (marker >= 0x80 && marker < 0x90) return text(tiny);
  if (marker < 0xa0) return list(tiny);
  if (marker < 0xb0) return map(tiny);
  // A structure: here only a message, whose tag follows.
  if (marker < 0xc0) {
    const [fields, next] = items(tiny[0], at + 2, 1);
    return [{ tag: bytes[at + 1], fields }, next];
  }
  switch (marker) {
    case 0xc0:
      return [null, at + 1];
    case 0xc1:
      return [bytes.readDoubleBE(at + 1), at + 9];
    case 0xc2:
    case 0xc3:
      return [marker === 0xc3, at + 1];
    case 0xc8:
      return [BigInt(bytes.readInt8(at + 1)), at + 2];
    case 0xc9:
      return [BigInt(bytes.readInt16BE(at + 1)), at + 3];
    case 0xca:
      return [BigInt(bytes.readInt32BE(at + 1)), at + 5];
    case 0xcb:
      return [bytes.readBigInt64BE(at + 1), at + 9];
  }
  const width = 2 ** (marker & 3);
  if (marker >= 0xd0 && marker <= 0xd2) return text(sizeAfter(width));
  if (marker >= 0xd4 && marker <= 0xd6) return list(sizeAfter(width));
  if (marker >= 0xd8 && marker <= 0xda) return map(sizeAfter(width));
  throw new Error(`unexpected marker ${marker}`);
}

const chunked = (message: Buffer) => {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(message.length);
  return Buffer.concat([size, message, Buffer.from([0, 0])]);
};
const structure = (tag: number, field: Value) => chunked(Buffer.concat([Buffer.from([0xb1, tag]), packed(field)]));
const success = (fields: Value = {}) => structure(0x70, fields);

/** The complete messages at the beginning of `bytes`, and the rest. */
function messagesIn(bytes: Buffer): [messages: { tag: number; fields: unknown[] }[], rest: Buffer] {
  const messages: { tag: number; fields: unknown[] }[] = [];
  let rest = bytes;
  for (;;) {
    const chunks: Buffer[] = [];
    let at = 0;
    while (rest.length >= at + 2) {
      const size = rest.readUInt16BE(at);
      if (size === 0 && chunks.length > 0) break;
      if (rest.length < at + 2 + size) return [messages, rest];
      chunks.push(rest.subarray(at + 2, at + 2 + size));
      at += 2 + size;
    }
    if (rest.length < at + 2) return [messages, rest];
    messages.push(unpacked(Buffer.concat(chunks), 0)[0] as (typeof messages)[number]);
    rest = rest.subarray(at + 2);
  }
}

const [HELLO, GOODBYE, RESET, RUN, BEGIN, PULL] = [0x01, 0x02, 0x0f, 0x10, 0x11, 0x3f];

function serve(socket: Socket, replies: Reply[], asked: Asked[], password: string) {
  let pending: Buffer = Buffer.alloc(0);
  let isGreeted = false;
  let reply: Reply = {};
  const failure = ({ code, message }: { code: string; message: string }) =>
    socket.write(structure(0x7f, { code, message }));
  const pull = () => {
    const rows = reply.rows ?? [];
    const count = Math.min(rows.length, reply.dropsAfter ?? rows.length);
    for (const row of rows.slice(0, count)) socket.write(structure(0x71, row));
    if (reply.dropsAfter !== undefined) socket.end();
    else socket.write(success({ type: 'r' }));
  };
  const answer = (tag: number, fields: unknown[]) => {
    if (tag === GOODBYE) return socket.end();
    if (tag === HELLO && (fields[0] as { credentials?: string }).credentials !== password) {
      return failure({ code: 'Neo.ClientError.Security.Unauthorized', message: 'The client is unauthorized.' });
    }
    if (tag === HELLO) return socket.write(success({ server: 'Neo4j/4.4.0', connection_id: 'bolt-1' }));
    if (tag === RUN) {
      asked.push({ query: fields[0] as string, parameters: fields[1] as Asked['parameters'] });
      reply = replies.shift() ?? {};
      if (reply.failure !== undefined) return failure(reply.failure);
      return socket.write(success({ fields: reply.fields ?? [] }));
    }
    if (tag === PULL) return pull();
    if (tag === BEGIN || tag === RESET) return socket.write(success());
    return socket.write(success());
  };
  socket.on('error', () => undefined);
  socket.on('data', (part) => {
    pending = Buffer.concat([pending, part]);
    if (!isGreeted) {
      if (pending.length < 20) return;
      pending = pending.subarray(20);
      isGreeted = true;
      socket.write(Buffer.from([0, 0, 4, 4]));
    }
    const [messages, rest] = messagesIn(pending);
    pending = rest;
    for (const { tag, fields } of messages) if (!socket.writableEnded) answer(tag, fields);
  });
}

/** Starts a server on 127.0.0.1 that gives the replies in turn, and records what it was asked. */
export async function boltServer(replies: readonly Reply[], password = 'secret') {
  const asked: Asked[] = [];
  const remaining = [...replies];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    serve(socket, remaining, asked, password);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { address: `bolt://127.0.0.1:${port}`, asked, close };
}
