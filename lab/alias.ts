import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** The package's public entries, as its users import them: the lab can use nothing else. */
const { exports: entries } = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as {
  exports: Record<string, string | { default: string }>;
};
export const alias = Object.entries(entries)
  .filter(([name]) => !name.includes('*'))
  .map(([name, entry]) => ({
    find: new RegExp(`^chainrule${name.slice(1).replaceAll('.', '\\.')}$`),
    replacement: packageRoot + (typeof entry === 'string' ? entry : entry.default).slice(2),
  }));
