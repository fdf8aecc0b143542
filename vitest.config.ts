import { defineConfig } from 'vitest/config';

/** These replace a module by another, which must not have been loaded before. */
const mocking = ['src/cli/output/terminal.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // Vitest's default leaves one core idle, which is half of a two-core machine.
    maxWorkers: '100%',
    // Node loads the built package itself, as it does for users.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      // Tests beside their files leave globals as they were, so they can share a process: modules load once, not once a file.
      { extends: true, test: { name: 'src', include: ['src/**/*.test.ts'], exclude: mocking, isolate: false } },
      { extends: true, test: { name: 'test', include: ['test/**/*.test.ts', ...mocking], exclude: ['test/long/**'] } },
    ],
  },
});
