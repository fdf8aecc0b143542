/**
 * All workers in one build. Vite bundles each worker by itself, so that each file of a worker holds the library again; here they
 * share their files. The page keeps a build of its own: what it needs of the library is small, and it must not load the rest.
 */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin, type Rolldown, type UserConfig } from 'vite';

/** `new Worker(new URL('./name.ts', import.meta.url)`, as the lab and the library write it. */
const start = /new Worker\(\s*new URL\(\s*'([^']+)',\s*import\.meta\.url\s*\)/g;

/** Modules that so many workers or parts of workers use are one file: it is 80 % of most workers. With fewer, some load too much. */
const common = 8;

/** Replaces each worker's address by that of a built file, of which `referenceOf` gives the reference. */
const startsReplaced = (code: string, importer: string, referenceOf: (id: string) => string): string =>
  code.replace(start, (_, file: string) => {
    const id = resolve(dirname(importer), file);
    return `new Worker(import.meta.ROLLDOWN_FILE_URL_${referenceOf(id)}`;
  });

/** `sources`: a folder whose files named `worker.ts`, `…-worker.ts` and `….worker.ts` are the workers. */
export function sharedWorkers(sources: string, { root, resolve: resolving }: UserConfig): Plugin {
  const entries = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(^|[/.-])worker\.ts$/.test(name),
  );
  /** The built files by the paths of their sources. */
  const built = new Map<string, string>();
  return {
    name: 'shared-workers',
    apply: 'build',
    enforce: 'pre',
    async buildStart() {
      const result = await build({
        configFile: false,
        logLevel: 'error',
        root,
        base: './',
        resolve: resolving,
        plugins: [nestedWorkers],
        build: {
          write: false,
          target: 'es2023',
          modulePreload: false,
          reportCompressedSize: false,
          rolldownOptions: {
            // some modules are loaded later by one worker and at once by another
            checks: { pluginTimings: false, ineffectiveDynamicImport: false },
            input: Object.fromEntries(entries.map((name) => [nameOf(name), join(sources, name)])),
            preserveEntrySignatures: false,
            output: { codeSplitting: { groups: [{ name: 'library', minShareCount: common }] } },
          },
        },
      });
      const { output } = result as Rolldown.RolldownOutput;
      for (const file of output) {
        if (file.type !== 'chunk') this.error(`A worker has ${file.fileName}, which is not a script.`);
        const source = file.isEntry ? file.code + importsOf(file, output) : file.code;
        const reference = this.emitFile({ type: 'asset', fileName: file.fileName, source });
        if (file.facadeModuleId !== null) built.set(file.facadeModuleId, reference);
      }
    },
    transform: {
      filter: { code: start },
      handler(code, importer) {
        const referenceOf = (id: string) => built.get(id) ?? this.error(`The worker ${id} was not built.`);
        return { code: startsReplaced(code, importer, referenceOf), map: null };
      },
    },
  };
}

/** Workers that a worker starts are entries of the same build. */
const nestedWorkers: Plugin = {
  name: 'nested-workers',
  enforce: 'pre',
  transform: {
    filter: { code: start },
    handler(code, importer) {
      const referenceOf = (id: string) => this.emitFile({ type: 'chunk', id, preserveSignature: false });
      return { code: startsReplaced(code, importer, referenceOf), map: null };
    },
  },
};

/** `views/graph/worker/worker.ts`: `graph-worker`. */
const nameOf = (path: string): string =>
  [...new Set(path.replace(/\.ts$/, '').split(/[/.-]/))].filter((part) => part !== 'views').join('-');

/**
 * Imports of all that a file's imports import, at its end, where they change nothing but the time at which a browser asks for
 * them: at once, and not one after the other.
 */
function importsOf(
  file: Rolldown.OutputChunk,
  output: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[],
): string {
  const byName = new Map(output.map((each) => [each.fileName, each]));
  const found = new Set<string>();
  const visit = (name: string) => {
    const chunk = byName.get(name);
    if (found.has(name) || chunk?.type !== 'chunk') return;
    found.add(name);
    for (const each of chunk.imports) visit(each);
  };
  for (const each of file.imports) visit(each);
  for (const each of file.imports) found.delete(each);
  return [...found].map((name) => `import"./${name.replace(/^assets\//, '')}";`).join('');
}
