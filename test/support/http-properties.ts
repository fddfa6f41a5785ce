/** Properties of the way from a capture to its messages; the light suite and the heavy one differ in the number of runs. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { CaptureError } from '../../src/errors.ts';
import { type HttpLog, readHttp } from './http-log.ts';
import { type End, GET, OK, pcapOf, Wire, type WireFrame } from './wire.ts';

type Turn = readonly [end: End, text: string];

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

const asked = fc.constantFrom(
  GET('/a'),
  GET('/b', 'Connection: close'),
  GET('/c HTTP/1.0', 'Connection: Keep-Alive'),
  'OPTIONS * HTTP/1.1\n\n',
  'POST /e HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello',
  'PUT /f HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n',
  'POST /g HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
  'CONNECT h:443 HTTP/1.1\r\n\r\n',
  '\r\n\r\nGET /i HTTP/1.1\r\nA: b\r\n c\r\n\r\n',
);
const answered = fc.constantFrom(
  OK('hello'),
  OK(),
  `${CHUNKED}5\r\nhello\r\n0\r\nX: y\r\n\r\n`,
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n',
  'HTTP/1.0 404 Not Found\nContent-Length: 2\n\nno',
);
const spoilt = fc.constantFrom(
  'GET /',
  'HTTP/1.1 200 OK\r\n\r\nuntil close',
  'HTTP/1.1 101 Switch\r\n\r\nopaque',
  `${CHUNKED}zz\r\n`,
  'HTTP/1.1 what\r\n\r\n',
  'GET /\r\n',
  'P',
  'PROXY x\r\n',
  '\x16\x03\x01\x00',
  '\r',
  'Content-Length: 5\r\n\r\n',
);
const client: fc.Arbitrary<End> = fc.constant('client');
const server: fc.Arbitrary<End> = fc.constant('server');
const end: fc.Arbitrary<End> = fc.constantFrom('client', 'server');
const noise = fc.string({ unit: 'binary-ascii', maxLength: 30 });
const good: fc.Arbitrary<readonly Turn[]> = fc.array(fc.oneof(fc.tuple(client, asked), fc.tuple(server, answered)), { maxLength: 10 });
const any: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.oneof(fc.tuple(client, asked), fc.tuple(server, answered), fc.tuple(end, spoilt), fc.tuple(end, noise)),
  { maxLength: 12 },
);

function tell(turns: readonly Turn[], mss = 1460): Wire {
  const wire = new Wire().open('c', 'client', 'server', 80);
  for (const [from, text] of turns) wire.say('c', from, text, { mss });
  return wire;
}

/** Frames in another order and some of them twice: never further away than a window, never over a frame of the other end. */
function disturb(frames: readonly WireFrame[], choices: readonly number[]): readonly WireFrame[] {
  const disturbed: WireFrame[] = [...frames];
  for (const choice of choices) {
    const at = 3 + (choice % Math.max(1, disturbed.length - 4));
    const [one, other] = [disturbed[at], disturbed[at + 1]];
    if (one === undefined || other === undefined) continue;
    if (choice % 3 === 0) disturbed.splice(at, 0, one);
    else if (senderOf(one) === senderOf(other)) disturbed.splice(at, 2, other, one);
  }
  return disturbed;
}

function senderOf({ bytes }: WireFrame): string {
  return bytes.subarray(26, 30).join('.');
}

/** In order of time: the capture's clock goes on whatever the order of the octets. */
function pcap(frames: readonly WireFrame[]): Uint8Array {
  const start = frames[0]?.time ?? 0;
  return pcapOf(frames.map((frame, index) => ({ ...frame, time: start + 100 * index })));
}

function complete({ records, messages }: HttpLog): readonly string[] {
  return messages.filter((_, index) => records[index]?.complete === true);
}

/** Of well-formed messages: behind octets that are none, reading goes on at the next segment that begins with one. */
export function splitsChangeNothing(numRuns: number): void {
  fc.assert(
    fc.property(good, fc.integer({ min: 1, max: 40 }), (turns, mss) => {
      expect(readHttp(tell(turns, mss).pcap()).messages).toEqual(readHttp(tell(turns, 1).pcap()).messages);
    }),
    { numRuns },
  );
}

export function disorderChangesNothing(numRuns: number): void {
  fc.assert(
    fc.property(good, fc.integer({ min: 1, max: 100 }), fc.array(fc.nat(10_000), { maxLength: 20 }), (turns, mss, choices) => {
      const frames = tell(turns, mss).close('c', 'client').frames();
      expect(readHttp(pcap(disturb(frames, choices))).messages).toEqual(readHttp(pcap(frames)).messages);
    }),
    { numRuns },
  );
}

export function prefixesAgree(numRuns: number): void {
  fc.assert(
    fc.property(any, fc.integer({ min: 20, max: 400 }), fc.nat(100), (turns, mss, cut) => {
      const frames = tell(turns, mss).close('c', 'server').frames();
      const whole = complete(readHttp(pcapOf(frames)));
      const part = complete(readHttp(pcapOf(frames.slice(0, Math.round((frames.length * cut) / 100)))));
      expect(part).toEqual(whole.slice(0, part.length));
    }),
    { numRuns },
  );
}

/** Frames lost, doubled, out of order and cut, octets changed: messages come or do not, and nothing else happens. */
export function nothingIsThrown(numRuns: number): void {
  const damage = fc.record({
    choices: fc.array(fc.nat(10_000), { maxLength: 30 }),
    snap: fc.integer({ min: 20, max: 300 }),
    octets: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 10 }),
  });
  fc.assert(
    fc.property(any, fc.integer({ min: 1, max: 100 }), damage, (turns, mss, { choices, snap, octets }) => {
      const frames = [...tell(turns, mss).close('c', 'client').frames()];
      for (const choice of choices) {
        const [frame] = frames.splice(choice % frames.length, 1);
        if (frame !== undefined && choice % 2 === 0) frames.splice((choice >> 3) % (frames.length + 1), 0, frame);
        if (frames.length === 0) return;
      }
      const bytes = pcapOf(frames, { snapLength: snap });
      for (const [at, octet] of octets) bytes[at % bytes.length] = octet;
      try {
        const { messages, exchanges } = readHttp(bytes);
        expect(exchanges.every(({ ended }) => ended)).toBe(true);
        expect(messages.length).toBeGreaterThanOrEqual(0);
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
      }
    }),
    { numRuns },
  );
}
