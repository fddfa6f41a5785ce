/**
 * The capture lab: real kernels, real proxies, labels that were checked packet by packet. The scorer that belongs to the
 * labels judges; here stands what it must say.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const scorer = `${root}../shared/tools/score-lab.mjs`;
const reason = !existsSync(scorer)
  ? '../shared is not here'
  : existsSync(`${root}dist/cli/main.js`)
    ? undefined
    : 'dist is missing: npm run build';

function score(...options: string[]): {
  readonly status: number | null;
  readonly said: string;
  readonly count: (name: string) => number[];
} {
  const run = spawnSync(
    process.execPath,
    [scorer, ...options, '-v', '--', process.execPath, `${root}bin/hopcheck.js`, '--format', 'json'],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  const last = run.stdout.trimEnd().split('\n').at(-1) ?? '';
  const count = (name: string): number[] => (new RegExp(`${name} ([\\d/]+)`).exec(last)?.[1] ?? 'NaN').split('/').map(Number);
  return { status: run.status, said: run.stdout, count };
}

describe('the capture lab', () => {
  test('every hang of the book is found, blamed, timed and named', (context) => {
    context.skip(reason !== undefined, reason);
    const { status, said } = score('--only', 'book-');
    expect(said).toContain('captures: hangs');
    expect(status, said).toBe(0);
  });

  test('nothing healthy is called a hang, no regenerated field is called relayed, nothing breaks', (context) => {
    context.skip(reason !== undefined, reason);
    const { count, said } = score();
    expect([count('false'), count('false relays'), count('broken')], said).toEqual([[0], [0], [0]]);
  });
});
