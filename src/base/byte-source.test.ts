import { describe, expect, test } from 'vitest';
import { readTableFile } from '../data/read/file.ts';
import { readTableParts, readTableStream } from '../data/read/stream.ts';
import { fromNpy, toNpy } from '../formats/npy.ts';
import { fromSafetensors, toSafetensors } from '../formats/safetensors.ts';
import { readEdges } from '../graphs/read/read-edges.ts';
import { allBytesOf, bytesOf } from './byte-source.ts';
import { InputError } from './errors.ts';
import { tensor } from './tensor.ts';

const csv = new TextEncoder().encode('x,y\n1,a\n2,b\n3,c\n');
const buffer = (bytes: Uint8Array) => bytes.slice().buffer as ArrayBuffer;
const streamOf = (bytes: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 5));
      controller.enqueue(bytes.subarray(5));
      controller.close();
    },
  });

const forms = (bytes: Uint8Array) =>
  ({
    Uint8Array: bytes,
    'part of a larger buffer': new Uint8Array([9, ...bytes, 9]).subarray(1, bytes.length + 1),
    ArrayBuffer: buffer(bytes),
    DataView: new DataView(buffer(bytes)),
    Buffer: Buffer.from(bytes),
    Blob: new Blob([buffer(bytes)]),
    File: new File([new DataView(buffer(bytes))], 'a'),
    Response: new Response(buffer(bytes)),
    ReadableStream: streamOf(bytes),
  }) as const;

describe('bytes in every form', () => {
  test.each(Object.keys(forms(csv)) as (keyof ReturnType<typeof forms>)[])('%s', async (form) => {
    const { [form]: source } = forms(csv);
    expect((await readTableFile(source)).rows).toBe(3);
    expect((await readTableStream(forms(csv)[form])).columns[1].values).toEqual(['a', 'b', 'c']);
    const parts: number[] = [];
    for await (const part of readTableParts(forms(csv)[form])) parts.push(part.rows);
    expect(parts).toEqual([3]);
    const saved = toSafetensors({ tensors: new Map([['w', tensor([2], [1, 2])]]), metadata: {} });
    expect((await fromSafetensors(forms(saved)[form] as Blob)).tensors.get('w')!.shape).toEqual([2]);
    expect((await fromNpy(forms(toNpy(tensor([1, 2], [3, 4])))[form] as Blob)).data).toEqual(Float64Array.of(3, 4));
    expect((await readEdges(forms(new TextEncoder().encode('a b\nb c\n'))[form])).graph.ids).toHaveLength(3);
  });

  test('in memory they are not copied, and are read at once', () => {
    const bytes = buffer(csv);
    expect(bytesOf(bytes, 'x').buffer).toBe(bytes);
    expect(fromSafetensors(buffer(toSafetensors({ tensors: new Map(), metadata: {} }))).tensors.size).toBe(0);
  });

  test('an error page is refused, and so is a path', async () => {
    const missing = new Response('<html>', { status: 404, statusText: 'Not Found' });
    await expect(allBytesOf(missing, 'model')).rejects.toThrow('model: the server answered 404 Not Found');
    expect(() => bytesOf('model.safetensors', 'model')).toThrow(InputError);
    expect(() => bytesOf('model.safetensors', 'model')).toThrow('readFileSync(path)');
    await expect(readTableFile(7 as never)).rejects.toThrow('data: it is of type number, not bytes');
  });
});
