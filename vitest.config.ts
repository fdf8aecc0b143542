import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { alias } from './lab/alias.ts';

/** These replace a module or a global of the runtime, also for what is loaded later. */
const isolated = ['src/cli/output/terminal.test.ts', 'test/made-up-data.test.ts', 'test/engines.test.ts'];

/**
 * The folder for temporary files: one in memory if there is one with 2 GB free, because a run synchronizes its files with
 * the disk, which takes seconds over all tests. The long suite writes to the disk.
 */
function temporaryFolder(): string {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= 2e9 ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

export default defineConfig({
  test: {
    // Only a test that hangs takes so long: on a busy machine, one of 5 s takes a minute.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Vitest's default leaves one core idle, which is half of a two-core machine.
    maxWorkers: '100%',
    env: { TMPDIR: temporaryFolder() },
    // Node loads the built package itself, as it does for users.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      // Other tests leave globals as they were, so they can share a process: modules load once, not once a file.
      { extends: true, test: { name: 'src', include: ['src/**/*.test.ts'], exclude: isolated, isolate: false } },
      {
        extends: true,
        test: { name: 'test', include: ['test/**/*.test.ts'], exclude: ['test/long/**', ...isolated], isolate: false },
      },
      { extends: true, test: { name: 'isolated', include: isolated } },
      // the lab's own tests, with its names for the package's entries
      { extends: true, resolve: { alias }, test: { name: 'lab', include: ['lab/src/**/*.test.ts'], isolate: false } },
    ],
  },
});
