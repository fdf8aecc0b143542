import { crossEntropy, dense, Model, network, relu, sgd, softmax } from 'chainrule';
import { expect, test } from 'vitest';
import { centred } from './centre.ts';
import { decide, decideAll, hiddenCount, readDigit } from './digit-net.ts';
import { heldOutCount, pixelCount, readDigits, rowsOf, side, unpack } from './digits-data.ts';

/** A drawing with ink in a box. */
function box(size: number, [left, top, width, height]: readonly [number, number, number, number]): Float32Array {
  const ink = new Float32Array(size * size);
  for (let y = top; y < top + height; y++) ink.fill(1, y * size + left, y * size + left + width);
  return ink;
}

const massOf = (pixels: Float64Array) => {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    x += value * ((i % side) + 0.5);
    y += value * (Math.floor(i / side) + 0.5);
  });
  return { mass, x: x / mass, y: y / mass };
};

test('a drawing anywhere on the pad gives the same digit, 20 pixels high, with its centre of mass in the middle', () => {
  const first = centred(box(280, [10, 20, 60, 200]), 280);
  for (const place of [
    [200, 70, 60, 200],
    [110, 40, 60, 200],
  ] as const) {
    expect(centred(box(280, place), 280)).toEqual(first);
  }
  const { mass, x, y } = massOf(first);
  // 6 × 20 pixels of full ink
  expect(mass).toBeCloseTo(120, 6);
  expect(Math.abs(x - side / 2)).toBeLessThan(0.51);
  expect(Math.abs(y - side / 2)).toBeLessThan(0.51);
  const rows = Array.from({ length: side }, (_, row) => first.slice(row * side, (row + 1) * side).some((v) => v > 0));
  expect(rows.filter(Boolean)).toHaveLength(20);
});

test('larger and smaller drawings give the same digit; a dot stays a dot, and nothing gives nothing', () => {
  const large = centred(box(280, [20, 20, 240, 240]), 280);
  const small = centred(box(280, [100, 100, 60, 60]), 280);
  expect(massOf(large).mass).toBeCloseTo(massOf(small).mass, 6);
  expect(massOf(centred(box(280, [140, 140, 8, 8]), 280)).mass).toBeCloseTo(16, 6);
  expect(centred(new Float32Array(280 * 280), 280)).toEqual(new Float64Array(pixelCount));
});

test('values stay in 0 to 1, and ink that the centre of mass pushes out of the picture is cut off', () => {
  const ink = box(280, [0, 0, 4, 280]);
  ink.set(box(280, [0, 0, 280, 90]).map((value) => value * 0.9));
  const pixels = centred(ink, 280);
  expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
});

/** A file of so many digits, of which digit i has label i mod 10 and all pixels at level i mod 16. */
function file(count: number): Uint8Array {
  const bytes = new Uint8Array(count * (1 + pixelCount / 2));
  for (let i = 0; i < count; i++) {
    bytes[i] = i % 10;
    bytes.fill(17 * (i % 16), count + (i * pixelCount) / 2, count + ((i + 1) * pixelCount) / 2);
  }
  return bytes;
}

test('the file of digits is read; one that is cut off is refused', async () => {
  const bytes = file(heldOutCount + 5);
  const packed = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const digits = await readDigits(await new Response(packed).blob());
  expect(digits.labels).toEqual(bytes.slice(0, heldOutCount + 5));
  expect(rowsOf(digits, 3, 5).map((row) => [row.length, row[0], row[783]])).toEqual([
    [784, Math.fround(3 / 15), Math.fround(3 / 15)],
    [784, Math.fround(4 / 15), Math.fround(4 / 15)],
  ]);
  expect(() => unpack(bytes.subarray(1))).toThrow('The file of digits is incomplete.');
});

test('the reading of a digit is that of model.predict', () => {
  const parameters = new Map<string, { readonly shape: number[]; readonly data: Float64Array }>(
    (
      [
        ['layers.0.weight', [pixelCount, hiddenCount]],
        ['layers.0.bias', [hiddenCount]],
        ['layers.1.weight', [hiddenCount, 10]],
        ['layers.1.bias', [10]],
      ] as const
    ).map(([name, shape], t) => {
      const length = shape.reduce((a: number, b) => a * b, 1);
      return [name, { shape: [...shape], data: Float64Array.from({ length }, (_, i) => 0.2 * Math.sin(i * 1.7 + t)) }];
    }),
  );
  const net = network([dense(hiddenCount, { activation: relu }), dense(10, { activation: softmax })], {
    inputs: pixelCount,
  });
  const optimizer = sgd({ learningRate: 1 });
  const model = new Model({ network: net, inputs: pixelCount, parameters, loss: crossEntropy, optimizer });
  const pixels = Float32Array.from({ length: 2 * pixelCount }, (_, i) => (i % 3 === 0 ? (i % 16) / 15 : 0));
  const data = (name: string) => parameters.get(name)!.data;
  const weights = {
    first: data('layers.0.weight'),
    firstBias: data('layers.0.bias'),
    second: data('layers.1.weight'),
    secondBias: data('layers.1.bias'),
  };
  const rows = [0, 1].map((i) => Array.from(pixels.slice(i * pixelCount, (i + 1) * pixelCount)));
  const predicted = model.predict(rows);
  rows.forEach((row, i) => {
    const { hidden, probabilities } = readDigit(weights, pixels, i * pixelCount);
    for (const [c, value] of predicted[i].entries()) expect(probabilities[c]).toBeCloseTo(value, 12);
    for (const [k, value] of model.outputs(row)[0].entries()) expect(hidden[k]).toBeCloseTo(value, 10);
  });
  expect(Array.from(decideAll(weights, pixels, 2))).toEqual(predicted.map((row) => decide(Float64Array.from(row))));
});
