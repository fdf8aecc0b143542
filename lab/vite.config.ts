import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { alias } from './alias.ts';
import { writeDigits } from './digits-file.ts';
import { offline } from './offline.ts';
import { sharedWorkers } from './shared-workers.ts';

/** The file that the digits view loads. */
writeDigits(fileURLToPath(new URL('./src/views/digits/digits.bin', import.meta.url)));

const root = fileURLToPath(new URL('.', import.meta.url));
const packageRoot = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  // relative addresses, so that the folder works at any place of any host
  base: './',
  resolve: { alias },
  plugins: [
    offline(`${root}src/offline/service-worker.ts`, `${root}public`),
    sharedWorkers(`${root}src`, { root, resolve: { alias } }),
    solid({ include: /\.tsx$/ }),
  ],
  worker: { format: 'es' },
  build: {
    outDir: `${packageRoot}dist/lab`,
    emptyOutDir: true,
    target: 'es2023',
    // the content security policy allows no data: scripts, and small fonts and pictures are files too
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
    chunkSizeWarningLimit: 2000,
  },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
});
