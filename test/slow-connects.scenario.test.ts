/** A proxy whose connection to the origin is slow to open holds the request meanwhile: its time, and the line's, not the origin's. */
import { expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import { ACK, SYN } from '../src/model.ts';
import { plain, safeText } from '../src/view/index.ts';
import { GET, OK, Wire } from './support/wire.ts';

test('a SYN that is answered late is told as the time of the proxy, with what it waited for', () => {
  const wire = new Wire()
    .open('c', 'client', 'proxy', 80)
    .say('c', 'client', GET('/a'))
    .open('s', 'proxy', 'origin', 80, { handshake: false, isn: [9000, 7000] })
    .segment('s', 'client', { flags: SYN, seq: 9000, ack: 0 })
    .wait(7)
    .segment('s', 'server', { flags: SYN | ACK, seq: 7000 })
    .segment('s', 'client')
    .say('s', 'client', GET('/a'))
    .say('s', 'server', OK('hi'))
    .say('c', 'server', OK('hi'));
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'any' });
  input.push(wire.pcap());
  input.end();
  const { exonerations } = analyzer.finish();
  expect(exonerations.map(({ rule }) => rule)).toEqual(['slow-proxy']);
  const because = exonerations[0]?.because.map((text) => safeText(text, { showSecrets: true, hash: plain }));
  expect(because).toContain('7.00 s of it the connection took to open: its SYN went out, and the answer was late or lost');
});
