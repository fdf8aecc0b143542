import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Property tests try all of their cases (test/runs.ts).
    env: { CHAINRULE_LONG: '1' },
    // Node loads the built package itself, as it does for users.
    server: { deps: { external: [/\/dist\//] } },
  },
});
