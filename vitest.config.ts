import { defineConfig } from 'vitest/config';

/** Light: what `npm test` runs, Node alone. Heavy: files named x.heavy.test.ts, one at a time, so that their times mean something. */
export default defineConfig({
  test: {
    globals: false,
    pool: 'threads',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'light',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.heavy.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'heavy',
          include: ['src/**/*.heavy.test.ts', 'test/**/*.heavy.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
