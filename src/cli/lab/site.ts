/** The files of the built lab, in memory: what the server answers with, and nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fail } from '../../base/errors.ts';

export interface SiteFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Compressed, where that is smaller. */
  readonly gzip?: Buffer;
  /** Whether the file's name changes with its content, so that a browser may keep it. */
  readonly keeps: boolean;
}

/** The media types of the files of the lab; others are not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.csv': 'text/csv; charset=utf-8',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.bin': 'application/octet-stream',
};

const isCompressible = (type: string) => /^(text|application\/json|image\/svg)/.test(type);

/**
 * Reads the folder of the built lab: files by the path of their address, such as `/assets/index.js`. A folder's `index.html` is
 * also at the folder's own path. Throws an InputError if the lab was not built.
 */
export function readSite(folder: string): Map<string, SiteFile> {
  const site = new Map<string, SiteFile>();
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => relative(folder, join(each.parentPath, each.name)));
  } catch {
    return fail({
      what: 'the files of the lab are missing from this installation',
      where: 'chainrule lab',
      fix: 'Install the package again; in a checkout, run: npm run build.',
    });
  }
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const bytes = readFileSync(join(folder, name));
    const gzip = isCompressible(type) ? gzipSync(bytes, { level: 9 }) : undefined;
    const path = `/${name.split(sep).join('/')}`;
    const file: SiteFile = {
      type,
      bytes,
      ...(gzip !== undefined && gzip.length < bytes.length && { gzip }),
      keeps: path.startsWith('/assets/'),
    };
    site.set(path, file);
    if (path.endsWith('/index.html')) site.set(path.slice(0, -'index.html'.length), file);
  }
  return site;
}
