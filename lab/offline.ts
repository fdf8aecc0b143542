/** The service worker with the list of the site's files, as a file of the build. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Beside the page, because a service worker answers for its own folder. */
const fileName = 'offline.js';

/** `source`: the service worker. `publicFolder`: files that the build copies. */
export function offline(source: string, publicFolder: string): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: source, fileName });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const script = bundle[fileName];
        if (script?.type !== 'chunk' || script.imports.length > 0) this.error('The service worker must be one script.');
        const contents = new Map<string, string | Uint8Array>();
        for (const file of Object.values(bundle)) {
          if (file === script) continue;
          contents.set(file.fileName, file.type === 'chunk' ? file.code : file.source);
        }
        for (const each of readdirSync(publicFolder, { recursive: true, withFileTypes: true })) {
          if (!each.isFile() || each.name.endsWith('.md')) continue;
          const path = join(each.parentPath, each.name);
          contents.set(path.slice(publicFolder.length + 1).replaceAll('\\', '/'), readFileSync(path));
        }
        // the page is kept under the address of its folder
        const files = [...contents.keys()].filter((path) => path !== 'index.html').sort();
        const hash = createHash('sha256');
        for (const path of ['index.html', ...files]) hash.update(`${path}\0`).update(contents.get(path)!);
        const version = hash.digest('hex').slice(0, 16);
        script.code = `const siteFiles=${JSON.stringify(files)},siteVersion=${JSON.stringify(version)};\n${script.code}`;
      },
    },
  };
}
