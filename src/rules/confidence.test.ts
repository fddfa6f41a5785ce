import { describe, expect, test } from 'vitest';
import { connection, wait } from '../../test/support/waits.ts';
import type { Confidence, Connection, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';

test('confidence is the least of its caps', () => {
  expect([least(), least('strong', 'proven'), least('proven', 'possible', 'likely')]).toEqual(['proven', 'strong', 'possible']);
});

describe('the capture allows', () => {
  test.each<[string, Connection | undefined, Confidence]>([
    ['proof, when nothing is missing', connection(), 'proven'],
    ['likely, when it began in mid-connection', connection({}, {}, { synSeen: false }), 'likely'],
    ['possible, when there is a hole', connection({ gaps: 1 }), 'possible'],
    ['possible, when a direction is missing', connection({}, { last: undefined }), 'possible'],
    ['likely, when the connection is forgotten', undefined, 'likely'],
  ])('%s', (_name, seen, cap) => {
    expect(captureCap(seen)).toBe(cap);
  });
});

describe('the end of the capture allows', () => {
  const open = { ended: 'capture-end', by: undefined } as const;
  test.each<[string, Wait, Confidence]>([
    ['proof, where something ended the silence', wait(60), 'proven'],
    ['possible, where the connection was never seen again', wait(60, open), 'possible'],
    ['proof, where it was', wait(60, { ...open, connection: connection({}, {}, { last: { frame: 8, time: 30e9 } }) }), 'proven'],
  ])('%s', (_name, silence, cap) => {
    expect(openCap(silence)).toBe(cap);
  });
});
