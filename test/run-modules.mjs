/**
 * Runs the documentation's TypeScript examples, compiled, in one process: `node run-modules.mjs JOB`. JOB is a JSON file of
 * [{ folder, module }]; standard output gets [{ error?, printed }], where `printed` is what the example logged.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const results = [];
for (const { folder, module } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  process.chdir(folder);
  let printed = '';
  console.log = (...values) => {
    printed += `${format(...values)}\n`;
  };
  try {
    await import(pathToFileURL(module).href);
    results.push({ printed });
  } catch (error) {
    results.push({ printed, error: String(error?.stack ?? error) });
  }
}
process.stdout.write(JSON.stringify(results), () => process.exit(0));
