/**
 * Finds the system's BLAS by name, and binds its matrix product to the memory of a module. It uses the C interface (CBLAS)
 * with 32-bit integers.
 */
import { host, nodeModule } from '../../base/host.ts';
import { addressSpaceLeft, addressSpaceText } from '../../base/workers.ts';
import type { Gemm, Memory } from '../wasm/index.ts';

/** The functions of koffi that are used. */
interface Koffi {
  load(file: string): { func(prototype: string): (...operands: unknown[]) => unknown };
  address(view: Uint8Array): bigint;
}

type Require = (name: string) => unknown;
interface NodeModule {
  createRequire(from: string | URL): Require & { resolve(name: string): string };
}

/** A library, and how to call it. */
export interface Blas {
  readonly name: string;
  /** Its file, as the loader takes it. */
  readonly file: string;
  /** Whether several threads may call it at the same time. */
  readonly concurrent: boolean;
  /** The function that limits it to the calling thread, if it has threads of its own. */
  readonly oneThread?: string;
  /** The file of koffi. */
  readonly koffi: string;
}

export interface BlasMissing {
  /** `loading`: koffi is installed but cannot be loaded. `space`: too little address space; a library might hang. */
  readonly missing: 'node' | 'koffi' | 'loading' | 'space' | 'library';
  readonly detail: string;
}

interface Kind {
  readonly name: string;
  /** By platform. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly oneThread?: string;
  /** Marks of a build with 64-bit integers, and of one that only one thread may call. */
  readonly isWide?: (ask: (prototype: string) => unknown) => boolean;
  readonly isSerial?: (ask: (prototype: string) => unknown) => boolean;
}

const kinds: readonly Kind[] = [
  {
    name: 'Accelerate',
    files: { darwin: ['/System/Library/Frameworks/Accelerate.framework/Accelerate'] },
  },
  {
    name: 'OpenBLAS',
    files: {
      linux: ['libopenblas.so.0', 'libopenblasp.so.0', 'libopenblas.so.3', 'libopenblas.so'],
      darwin: ['libopenblas.dylib'],
      win32: ['libopenblas.dll', 'openblas.dll'],
    },
    oneThread: 'void openblas_set_num_threads(int)',
    isWide: (ask) => String(ask('str openblas_get_config()')).includes('USE64BITINT'),
    isSerial: (ask) => ask('int openblas_get_parallel()') === 0,
  },
  {
    name: 'MKL',
    files: { linux: ['libmkl_rt.so.2', 'libmkl_rt.so'], win32: ['mkl_rt.2.dll', 'mkl_rt.dll'] },
    oneThread: 'void MKL_Set_Num_Threads(int)',
  },
  {
    name: 'BLIS',
    files: { linux: ['libblis.so.4', 'libblis.so'], darwin: ['libblis.dylib'], win32: ['libblis.dll'] },
    oneThread: 'void bli_thread_set_num_threads(int64_t)',
    isWide: (ask) => ask('int64_t bli_info_get_blas_int_type_size()') !== 32,
  },
];

/** The first BLAS that the system's loader finds, or what is missing. */
export function findBlas(platform = host.process?.platform ?? ''): Blas | BlasMissing {
  const moduleTools = nodeModule('node:module') as unknown as NodeModule | undefined;
  if (moduleTools === undefined) return { missing: 'node', detail: 'this is not Node' };
  const require = moduleTools.createRequire(import.meta.url);
  let koffi: Koffi;
  let path: string;
  try {
    path = require.resolve('koffi');
    koffi = require(path) as Koffi;
  } catch (error) {
    const isAbsent = (error as { code?: string }).code === 'MODULE_NOT_FOUND';
    return { missing: isAbsent ? 'koffi' : 'loading', detail: reasonOf(error) };
  }
  if (addressSpaceLeft() < spaceNeeded()) return { missing: 'space', detail: addressSpaceText() };
  for (const name of ['load', 'address'] as const) {
    if (typeof koffi?.[name] !== 'function') return { missing: 'loading', detail: `this version has no ${name}()` };
  }
  const absent: string[] = [];
  const unusable: string[] = [];
  for (const kind of kinds) {
    for (const name of kind.files[platform] ?? []) {
      const tried = tryOut(koffi, name, kind);
      if ('concurrent' in tried) {
        return { name: kind.name, file: name, concurrent: tried.concurrent, oneThread: kind.oneThread, koffi: path };
      }
      if (isAbsence.test(tried.why)) absent.push(name);
      else unusable.push(`${name} cannot be used (${tried.why})`);
    }
  }
  const none = absent.length === 0 ? [] : [`none of ${absent.join(', ')} was found`];
  const detail = [...unusable, ...none].join('; ') || `chainrule knows none for ${platform}`;
  return { missing: 'library', detail };
}

/**
 * Below this many bytes of address space, no library is loaded. OpenBLAS starts a thread for each processor when it is loaded,
 * and a thread that cannot allocate its buffers (32 MiB and a stack) tries for ever.
 */
function spaceNeeded(): number {
  const os = nodeModule('node:os') as unknown as { availableParallelism(): number } | undefined;
  return 2 ** 29 + 2 ** 26 * (os?.availableParallelism() ?? 1);
}

/** The messages of the systems' loaders for a missing file. */
const isAbsence = /no such file|not be found|not found|cannot find the|error (?:code )?126\b/i;

/** The first line of an error's message, without its full stop. */
const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0].replace(/\.$/, '');

const packages: Readonly<Record<string, string>> = {
  debian: 'apt install libopenblas0-pthread',
  fedora: 'dnf install openblas-threads',
  rhel: 'dnf install openblas-threads',
  arch: 'pacman -S openblas',
  alpine: 'apk add openblas',
};

/** How to install a BLAS on this system, as a sentence; `release` is the text of `/etc/os-release`. */
export function howToGet(platform = host.process?.platform ?? '', release = osRelease()): string {
  if (platform === 'win32') return 'Put libopenblas.dll, from the releases of OpenBLAS, into a folder of the PATH.';
  const ids = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)/gm)].flatMap(([, names]) => names.split(' '));
  const known = ids.find((id) => Object.hasOwn(packages, id));
  return known === undefined ? "Install this system's package of OpenBLAS." : `Install OpenBLAS: ${packages[known]}.`;
}

function osRelease(): string {
  const files = nodeModule('node:fs') as unknown as { readFileSync(path: string, as: 'utf8'): string } | undefined;
  try {
    return files?.readFileSync('/etc/os-release', 'utf8') ?? '';
  } catch {
    return '';
  }
}

/** Whether several threads may call a library of this kind, or why it cannot be used. */
function tryOut(
  koffi: Koffi,
  file: string,
  { oneThread, isWide, isSerial }: Kind,
): { readonly concurrent: boolean } | { readonly why: string } {
  try {
    const library = koffi.load(file);
    const ask = (prototype: string) => library.func(prototype)();
    if (isWide?.(ask)) return { why: 'its integers have 64 bits' };
    for (const prototype of [prototypeOf(4), oneThread]) if (prototype !== undefined) library.func(prototype);
    return { concurrent: !isSerial?.(ask) };
  } catch (error) {
    return { why: reasonOf(error) };
  }
}

/** Source: the CBLAS interface, "Basic Linear Algebra Subprograms Technical Forum Standard" (2001), appendix B. */
export function prototypeOf(width: 4 | 8): string {
  const [name, scalar] = width === 4 ? ['cblas_sgemm', 'float'] : ['cblas_dgemm', 'double'];
  const matrix = 'uintptr_t, int';
  return `void ${name}(int, int, int, int, int, int, ${scalar}, ${matrix}, ${matrix}, ${scalar}, ${matrix})`;
}

/** The data that a thread needs to bind the product. */
export interface Binding extends Pick<Blas, 'koffi' | 'file' | 'oneThread'> {
  readonly prototype: string;
}

/**
 * The functions that a module imports, bound to its memory. The text of this function is sent to threads, so it uses no name
 * from outside.
 */
export function bind({ koffi, file, oneThread, prototype }: Binding, memory: Memory): { blas: { gemm: Gemm } } {
  const node = (globalThis as unknown as { process: { getBuiltinModule(name: string): NodeModule } }).process;
  const ffi = node.getBuiltinModule('node:module').createRequire(koffi)(koffi) as Koffi;
  const library = ffi.load(file);
  // a library without references is unloaded, and its settings are lost
  if (oneThread !== undefined) library.func(oneThread)(1);
  const gemm = library.func(prototype);
  // addresses of a process have 47 bits, which fit in a number
  const base = Number(ffi.address(new Uint8Array(memory.buffer)));
  // CBLAS constants: 101 is row-major, 111 not transposed, 112 transposed
  return {
    blas: {
      gemm: (leftT, rightT, rows, columns, terms, left, leftStride, right, rightStride, result, resultStride) => {
        gemm(
          101,
          111 + leftT,
          111 + rightT,
          rows,
          columns,
          terms,
          1,
          base + left,
          leftStride,
          base + right,
          rightStride,
          0,
          base + result,
          resultStride,
        );
      },
    },
  };
}
