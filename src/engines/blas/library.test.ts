import { describe, expect, test } from 'vitest';
import { InputError } from '../../base/errors.ts';
import { blasOr } from './index.ts';
import { findBlas, howToGet } from './library.ts';

describe('a missing BLAS', () => {
  test('on a system without known libraries, the message says so', () => {
    const found = findBlas('plan9');
    expect(found).toEqual({ missing: 'library', detail: 'chainrule knows none for plan9' });
    expect(() => blasOr(found)).toThrow(InputError);
  });

  test('libraries of another system are not found; the message names all that were tried', () => {
    if (process.platform === 'win32') return;
    expect(findBlas('win32')).toEqual({
      missing: 'library',
      detail: 'none of libopenblas.dll, openblas.dll, mkl_rt.2.dll, mkl_rt.dll, libblis.dll was found',
    });
  });

  test.each([
    ['libraries', { missing: 'library', detail: 'there is none of libopenblas.so.0' }],
    ['koffi', { missing: 'koffi', detail: "Cannot find module 'koffi'" }],
    ['native code', { missing: 'loading', detail: 'loading addons is disabled' }],
    ['address space', { missing: 'space', detail: 'the address space is limited to 1.0 GiB (ulimit -v)' }],
    ['Node', { missing: 'node', detail: '' }],
  ] as const)('the error without %s says what brings it', (_, found) => {
    const complaint = () => {
      try {
        blasOr(found);
      } catch (error) {
        const { what, where, fix } = error as InputError;
        return { what, where, fix: fix.replace(/Install Open.*?: .*?\. /, '… ') };
      }
    };
    expect(complaint()).toMatchSnapshot();
  });
});

test.each([
  ['linux', 'NAME="Debian GNU/Linux"\nID=debian\n', 'apt install libopenblas0-pthread'],
  ['linux', 'ID=ubuntu\nID_LIKE=debian\n', 'apt install libopenblas0-pthread'],
  ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf install openblas-threads'],
  ['linux', 'ID=arch\n', 'pacman -S openblas'],
  ['linux', 'ID=alpine\n', 'apk add openblas'],
  ['linux', '', "this system's package of OpenBLAS"],
  ['win32', '', 'libopenblas.dll'],
])('the package on %s %j', (platform, release, part) => {
  expect(howToGet(platform, release)).toContain(part);
});
