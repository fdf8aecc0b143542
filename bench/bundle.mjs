/** Vite's build of a page that imports chainrule, into the folder's `out`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export const bundle = (folder, options = {}) =>
  build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { chainrule: fileURLToPath(import.meta.resolve('chainrule')) } },
    worker: { format: 'es' },
    build: { outDir: join(folder, 'out'), ...options },
  });
