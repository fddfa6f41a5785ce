/**
 * The rules about the life of connections on captures of other people's traffic: what they say there is true, one by one, and they
 * say nothing else. Nothing of severity hang, will-hang or loss is among it.
 */
import { existsSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { FOREIGN, foreignCaptures, foreignFindings } from './support/foreign.ts';

const LIFETIME = new Set([
  'keepalive-peer-never-reuses',
  'idle-close-race',
  'keepalive-timeout-inversion',
  'idle-connection-blackholed',
  'unsafe-retry-by-proxy',
  'response-misassociated',
  'half-close-not-relayed',
  'delayed-ack-stall',
  'keepalive-defeated',
  'upstream-connect-stall',
]);

/** Capture, rule, severity and confidence; why it is true. */
const TRUE: readonly (readonly [finding: string, why: string])[] = [
  [
    'http/pcap2har-go.insecure.pcap keepalive-defeated hygiene likely',
    'a reverse proxy with X-Forwarded-For on every request opens 21 connections for 21 requests, each of which says Connection: close',
  ],
];

beforeEach((context) => {
  context.skip(!existsSync(FOREIGN), '../shared is not here');
});

test('every finding on foreign captures is one of the list', { timeout: 600_000 }, () => {
  const captures = foreignCaptures();
  expect(captures.length).toBeGreaterThan(500);
  const found = captures.flatMap((path) => foreignFindings(path, LIFETIME));
  expect([...new Set(found)]).toEqual(TRUE.map(([finding]) => finding));
});
