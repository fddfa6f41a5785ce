/** A request on an idle connection that its server has closed a moment before, and that is not acknowledged by a segment of its own. */
import { expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import { plain, safeText } from '../src/view/index.ts';
import { GET, OK, Wire } from './support/wire.ts';

function toldIn(wire: Wire): readonly string[] {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'any' });
  input.push(wire.pcap());
  input.end();
  const { findings } = analyzer.finish();
  return findings.map(({ rule, confidence, message }) => `${rule} ${confidence}: ${safeText(message, { showSecrets: true, hash: plain })}`);
}

function toldAfter(seconds: number): readonly string[] {
  const wire = new Wire()
    .open('c', 'client', 'server', 80)
    .say('c', 'client', GET('/a'))
    .say('c', 'server', OK('hi'))
    .wait(2)
    .fin('c', 'server', { ack: false })
    .wait(seconds)
    .say('c', 'client', GET('/b'), { ack: false })
    .reset('c', 'server');
  return toldIn(wire);
}

const LOST = 'idle-close-race proven: request 2 (GET /b) of 10.0.9.1:40001 was lost: after 2.00 s without traffic ';

test.each([
  [0, '10.0.9.2:80 closed the connection 0.1 ms before it was sent'],
  [0.003, '10.0.9.2:80 closed the connection 3.1 ms before it was sent'],
  [0.009, '10.0.9.2:80 closed the connection 9.1 ms before it was sent'],
])('%s s later its program cannot know of it', (seconds, words) => {
  expect(toldAfter(seconds)).toEqual([LOST.replace('2.00', /\d\.\d\d/.exec((2 + seconds).toFixed(2))?.[0] ?? '') + words]);
});

test.each([0.025, 0.035])('%s s later it can: the request itself acknowledges the close', (seconds) => {
  const [told = '', ...others] = toldAfter(seconds);
  expect(others).toEqual([]);
  expect(told).toMatch(/^idle-close-race proven: .* had closed .* before, as the client's own TCP had acknowledged$/);
});

test('a server that reads the request and closes in place of an answer was not idle', () => {
  const wire = new Wire()
    .open('c', 'client', 'server', 80)
    .say('c', 'client', GET('/a'))
    .say('c', 'server', OK('hi'))
    .wait(2)
    .say('c', 'client', GET('/b'))
    .wait(0.002)
    .close('c', 'server');
  expect(toldIn(wire)).toEqual([
    expect.stringMatching(/^closed-without-answer strong: 10\.0\.9\.2:80 closed the connection 2\.\d ms after /),
  ]);
});
