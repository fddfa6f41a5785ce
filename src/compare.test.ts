import { describe, expect, test } from 'vitest';
import { type Cause, compareReports, type Outline } from './compare.ts';

function cause(fingerprint: string, rule: string, more: Partial<Cause> = {}): Cause {
  return {
    fingerprint,
    rule,
    severity: 'hang',
    confidence: 'proven',
    title: rule,
    route: 'GET /a',
    direction: 'request',
    servers: ['10.0.0.1:80'],
    explained: false,
    count: 1,
    ...more,
  };
}

function outline(causes: readonly Cause[], lookedAt: Readonly<Record<string, number>> = {}): Outline {
  return { name: 'a', connections: 1, exchanges: 1, lookedAt: new Map(Object.entries(lookedAt)), causes };
}

/** "gone 1>, remains 2>2" */
function told(before: Outline, after: Outline): string {
  return compareReports(before, after)
    .changes.map(({ fate, before: was, after: is }) => `${fate} ${was?.fingerprint ?? ''}>${is?.fingerprint ?? ''}`)
    .join(', ');
}

describe('comparing', () => {
  test('by fingerprint', () => {
    const after = outline([cause('2', 'b'), cause('3', 'c')], { a: 5, b: 5 });
    expect(told(outline([cause('1', 'a'), cause('2', 'b')]), after)).toBe('new >3, remains 2>2, gone 1>');
  });

  test('what had no chance to show up again is not called gone', () => {
    expect(told(outline([cause('1', 'a'), cause('2', 'b')]), outline([], { a: 0, b: 3 }))).toBe('unseen 1>, gone 2>');
  });

  test('the same at other addresses remains, each with one partner only', () => {
    const before = outline([cause('1', 'a'), cause('2', 'a')], { a: 1 });
    expect(told(before, outline([cause('9', 'a', { servers: ['192.0.2.1:80'] })], { a: 1 }))).toBe('remains 1>9, gone 2>');
    expect(told(before, outline([cause('9', 'a', { route: 'GET /b' })], { a: 1 }))).toBe('new >9, gone 1>, gone 2>');
  });

  test('an equal fingerprint comes before an equal route', () => {
    expect(told(outline([cause('1', 'a'), cause('2', 'a')]), outline([cause('2', 'a')], { a: 1 }))).toBe('remains 2>2, gone 1>');
  });

  test('what another finding explains is told only when it stands alone before or after', () => {
    const before = outline([cause('1', 'a'), cause('2', 'b', { explained: true })]);
    expect(told(before, outline([], { a: 1, b: 1 }))).toBe('gone 1>');
    expect(told(before, outline([cause('2', 'b')], { a: 1, b: 1 }))).toBe('remains 2>2, gone 1>');
  });

  test('notes do not count', () => {
    expect(told(outline([cause('1', 'a', { severity: 'info' })]), outline([cause('2', 'b', { severity: 'info' })]))).toBe('');
  });

  test('worst first', () => {
    const causes = [
      cause('1', 'a', { severity: 'hygiene' }),
      cause('2', 'b', { confidence: 'likely' }),
      cause('3', 'c'),
      cause('4', 'd', { severity: 'loss' }),
    ];
    expect(told(outline([]), outline(causes))).toBe('new >3, new >2, new >4, new >1');
  });
});
