/** Loads an optional package: from beside chainrule, or from the folder in which the command runs. */
import { fail } from '../../base/errors.ts';
import { nodeModule } from '../../base/host.ts';

interface NodeModule {
  createRequire(from: string): (name: string) => unknown;
}

const isMissing = (error: unknown) => (error as { code?: string } | null)?.code === 'MODULE_NOT_FOUND';

/**
 * The exports of the first of `names` that can be loaded.
 * @throws InputError that says how to install the first.
 */
export function optionalPackage<Exports>(names: readonly string[], neededBy: string): Exports {
  const { createRequire } = nodeModule('module') as unknown as NodeModule;
  const { cwd } = nodeModule('process') as unknown as { cwd(): string };
  let reason = 'it is not installed';
  for (const name of names) {
    for (const from of [import.meta.url, `${cwd()}/package.json`]) {
      try {
        return createRequire(from)(name) as Exports;
      } catch (error) {
        if (!isMissing(error) && name === names[0]) reason = String((error as Error)?.message ?? error).split('\n')[0]!;
      }
    }
  }
  return fail({
    what: `the package ${names[0]} cannot be loaded: ${reason}`,
    where: neededBy,
    fix: `Install it: npm install ${names[0]}.`,
  });
}
