import { describe, expect, test } from 'vitest';
import { viewOptions } from '../../test/support/view-options.ts';
import { type Cause, compareReports, type Outline } from '../compare.ts';
import { comparisonVerdict, renderComparison } from './comparison.ts';

const hostile = '\u001b[31m|`</td><script>@everyone';

function cause(fingerprint: string, more: Partial<Cause> = {}): Cause {
  return {
    fingerprint,
    rule: 'dumb-proxy-deadlock',
    severity: 'hang',
    confidence: 'proven',
    title: 'The proxy waits',
    route: `GET /${fingerprint}`,
    direction: 'request',
    servers: ['10.0.0.1:80', '10.0.0.2:80'],
    explained: false,
    count: 1,
    ...more,
  };
}

function outline(causes: readonly Cause[], more: Partial<Outline> = {}): Outline {
  const lookedAt = new Map([['dumb-proxy-deadlock', 1]]);
  return { name: 'a.pcap', connections: 1, exchanges: 2, lookedAt, causes, ...more };
}

describe('the verdict', () => {
  test.each([
    ['nothing found before, nothing found after', [], outline([])],
    ['nothing new; 1 hang gone', [cause('1')], outline([])],
    ['1 hang new; nothing gone', [], outline([cause('1')])],
    [
      '1 hang new; 1 violation gone; 1 hang still there',
      [cause('1'), cause('2', { severity: 'violation' })],
      outline([cause('1'), cause('3')]),
    ],
    ['nothing new; nothing gone; 1 hang still there', [cause('1')], outline([cause('1')])],
    [
      'nothing new; nothing gone; 1 hang not seen again, which proves nothing: no such traffic in the second capture; the second capture has no HTTP exchange at all',
      [cause('1')],
      outline([], { exchanges: 0, lookedAt: new Map() }),
    ],
  ] as const)('%s', (verdict, before, after) => {
    expect(comparisonVerdict(compareReports(outline(before), after))).toBe(verdict);
  });
});

const changed = compareReports(
  outline([cause('1'), cause('2', { severity: 'violation', count: 7 })]),
  outline([cause('1', { confidence: 'likely', count: 3 }), cause(hostile)], { name: `${hostile}.pcap` }),
);

test('text: no line is too wide, what became of each, and nothing active', () => {
  const text = renderComparison(changed, 'text', viewOptions(60));
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toContain('Still there - hang, proven -> hang, likely: dumb-proxy-deadlock GET /1');
  expect(flat).toContain('1 -> 3 times');
  expect(flat).toContain('7 times');
  expect(text).not.toMatch(/[^\n -~]/);
});

test('markdown: a row for each, with captured text as code', () => {
  const text = renderComparison(changed, 'markdown', viewOptions());
  expect(text.match(/^\| (?:New|Still there|Gone) \|.*\|$/gm)).toHaveLength(3);
  const outside = text.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
  expect(outside).not.toMatch(/script|everyone/);
  expect(text).not.toMatch(/[^\n\u2192 -~]/);
});

test('json: an object of a schema of its own, without control characters', () => {
  const text = renderComparison(changed, 'json', viewOptions());
  expect(text).not.toContain('\u001b');
  expect(JSON.parse(text)).toMatchObject({
    schema: 'hopcheck-comparison/1',
    before: { name: 'a.pcap', connections: 1, exchanges: 2 },
    changes: [
      { fate: 'new', before: null, after: { route: `GET /${hostile}` } },
      { fate: 'remains', before: { count: 1 }, after: { count: 3 } },
      { fate: 'gone', after: null },
    ],
  });
});
