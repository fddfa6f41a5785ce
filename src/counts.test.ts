import { expect, test } from 'vitest';
import { CountsByFile } from './counts.ts';

test('what a file counted ends where the next one begins', () => {
  const files = new CountsByFile();
  files.begin({ frames: 0 });
  files.begin({ frames: 5, gaps: 1 });
  files.begin({ frames: 5, gaps: 1 });
  const now = { frames: 9, gaps: 4, duplicates: 2 };
  expect([0, 1, 2].map((file) => files.of(file, now))).toEqual([
    { frames: 5, gaps: 1 },
    { frames: 0, gaps: 0 },
    { frames: 4, gaps: 3, duplicates: 2 },
  ]);
});
