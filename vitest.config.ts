import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/long/**'],
    testTimeout: 30_000,
    // The built package is loaded by Node itself, as its users load it.
    server: { deps: { external: [/\/dist\//] } },
    // Vitest's default leaves one core idle, which is half of a two-core machine.
    maxWorkers: '100%',
  },
});
