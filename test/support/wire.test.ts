import { expect, test } from 'vitest';
import { concat } from './packet.ts';
import { GET, OK, pcapOf, Wire } from './wire.ts';

const story = (): Wire =>
  new Wire({ start: 1_795_378_037 })
    .open('c1', 'client', 'proxy', 8080)
    .say('c1', 'client', GET('/a'))
    .say('c1', 'server', OK('hello'), { mss: 20 })
    .wait(1)
    .close('c1', 'server');

test('a story has a handshake, data, acknowledgements and FINs, 0.1 ms apart', () => {
  const frames = story().frames();
  const flags = frames.map(({ bytes }) => bytes[47]);
  expect(flags).toEqual([0x02, 0x12, 0x10, 0x18, 0x10, 0x10, 0x10, 0x18, 0x10, 0x11, 0x10, 0x11, 0x10]);
  expect((frames[1]?.time ?? 0) - (frames[0]?.time ?? 0)).toBe(100);
  expect((frames[9]?.time ?? 0) - (frames[8]?.time ?? 0)).toBe(1_000_100);
});

test('a pcap is its frames, in the order given', () => {
  const frames = story().frames();
  const whole = pcapOf(frames);
  const header = whole.subarray(0, 24);
  expect(story().pcap()).toEqual(whole);
  expect(whole.length).toBe(24 + frames.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0));
  expect(pcapOf([...frames].reverse())).toEqual(concat(header, ...[...frames].reverse().map((frame) => pcapOf([frame]).subarray(24))));
});

test('a cut frame keeps its length on the wire', () => {
  const [frame] = story().frames();
  const record = pcapOf(frame ? [frame] : [], { snapLength: 40 });
  const view = new DataView(record.buffer);
  expect([view.getUint32(32, true), view.getUint32(36, true), record.length]).toEqual([40, 58, 24 + 16 + 40]);
});

test('what is lost moves the sequence numbers all the same', () => {
  const wire = new Wire({ linkType: 'raw' })
    .open('c1', 'client', 'server', 80)
    .lose()
    .say('c1', 'client', 'lost')
    .say('c1', 'client', 'seen');
  const seqs = wire.frames().map(({ bytes }) => new DataView(bytes.buffer).getUint32(24));
  expect(seqs).toEqual([1000, 5000, 1001, 5001, 1005, 5001]);
});

test('a probe and a retransmission do not move them', () => {
  const wire = new Wire({ linkType: 'raw' })
    .open('c1', 'client', 'server', 80, { isn: [0xffff_fffe, 7], handshake: false })
    .say('c1', 'client', 'four', { ack: false })
    .probe('c1', 'client', { octet: true, answered: false })
    .retransmit('c1', 'client')
    .say('c1', 'client', 'more', { ack: false });
  const seqs = wire.frames().map(({ bytes }) => new DataView(bytes.buffer).getUint32(24));
  expect(seqs).toEqual([0xffff_ffff, 2, 0xffff_ffff, 3]);
});

test('the hop limit of a host is 64 until it is told', () => {
  const wire = new Wire({ linkType: 'raw' })
    .open('c1', 'client', 'server', 80)
    .hopLimit('server', 57)
    .reset('c1', 'server')
    .ack('c1', 'client');
  expect(wire.frames().map(({ bytes }) => bytes[8])).toEqual([64, 64, 64, 57, 64]);
});

test.each([
  [GET('/a'), 'GET /a HTTP/1.1\r\nHost: www.example.com\r\n\r\n'],
  [GET('/a HTTP/1.0', 'Connection: keep-alive'), 'GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'],
  [OK('hello'), 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  [OK('0\r\n\r\n', 'Transfer-Encoding: chunked'), 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
])('message %#', (message, octets) => {
  expect(message).toBe(octets);
});
