/** The package's version, from its own package file. */
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export const versions = { chainrule: version, node: process.versions.node };
