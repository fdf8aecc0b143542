import { expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { checkMarkedColumns, columnList, listPart, marksIn, textsOf } from './list.ts';

const texts = (list: string) => textsOf(list, '--features');

test('parts are separated by commas, and quotes hold a comma, as in CSV', () => {
  expect(texts('a, b ,c')).toEqual(['a', 'b', 'c']);
  expect(texts('"size, cm",b')).toEqual(['size, cm', 'b']);
  expect(texts('"say ""hi""", x"y')).toEqual(['say "hi"', 'x"y']);
  expect(texts('" a "')).toEqual([' a ']);
  expect(texts('')).toEqual(['']);
  expect(() => texts('"size, cm')).toThrow('--features: a quote is opened but never closed');
  for (const name of ['size, cm', 'say "hi"', ' x', 'plain', 'a"b', '"']) expect(texts(listPart(name))).toEqual([name]);
});

test('among the columns of a table, the longest names that fit are taken, with or without quotes', () => {
  const columns = ['size, cm', 'b', 'size', 'é'];
  const names = (list: string) => columnList(list, columns, '--features');
  expect(names('size, cm,b')).toEqual(['size, cm', 'b']);
  expect(names('"size, cm", b')).toEqual(['size, cm', 'b']);
  expect(names('size,b')).toEqual(['size', 'b']);
  expect(names('e\u0301')).toEqual(['e\u0301']);
  expect(names('b,weight')).toEqual(['b', 'weight']);
});

test('marks are of all columns or of one; a quoted mark may contain =', () => {
  const marks = (list: string) => marksIn(list, '--missing');
  expect(marks('-999,None')).toEqual(['-999', 'None']);
  expect({ ...(marks('temp=-999,temp=None,"size, cm"=0') as object) }).toEqual({
    temp: ['-999', 'None'],
    'size, cm': ['0'],
  });
  expect(marks('"a=b"')).toEqual(['a=b']);
  expect(() => marks('temp=-999,None')).toThrow('--missing: "None" names no column');
  expect(() => checkMarkedColumns({ tmp: ['x'] }, ['temp'], '--missing')).toThrow(InputError);
  expect(() => checkMarkedColumns({ tmp: ['x'] }, ['temp'], '--missing')).toThrow('Did you mean "temp"?');
});
