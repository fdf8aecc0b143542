import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/long/**'],
    testTimeout: 30_000,
    // Vitest's default leaves one core idle, which is half of a two-core machine.
    maxWorkers: '100%',
  },
});
