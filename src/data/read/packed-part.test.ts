import { expect, test } from 'vitest';
import { packPart, unpackPart } from './packed-part.ts';

test('packed parts are unpacked unchanged: numbers, few texts, very many, long ones, and all of them with missing cells', () => {
  const rows = 2000;
  const make = (cell: (i: number) => string | number | boolean | undefined) =>
    Array.from({ length: rows }, (_, i) => cell(i));
  const columns = [
    make((i) => i / 3),
    make((i) => (i % 5 === 0 ? undefined : -i)),
    make((i) => ['red', 'green', undefined][i % 3]),
    make((i) => `text ${i}`),
    make((i) => `${'x'.repeat(100)}${i}`),
    make((i) => (i % 2 === 0 ? i : `${i}`)),
    make((i) => i % 2 === 0),
    make(() => undefined),
    make(() => Number.NaN),
  ];
  const part = { names: columns.map((_, c) => `c${c}`), columns, rows };
  expect(unpackPart(structuredClone(packPart(part)))).toEqual(part);
  // a long text that comes often is sent once
  const long = 'x'.repeat(10_000);
  const repeated = { names: ['a'], columns: [make(() => long)], rows };
  const [packed] = packPart(repeated).columns;
  expect(packed).toMatchObject({ values: [long] });
});
