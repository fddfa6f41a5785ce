import { describe, expect, test } from 'vitest';
import { exchange, field, identity, response } from '../../test/support/records.ts';
import { connection, wait } from '../../test/support/waits.ts';
import type { Wait } from '../model.ts';
import { arrived, endEvidence, isStream, networkExplains, silenceText } from './stalls.ts';

const moment = (seconds: number): { frame: number; time: number } => ({ frame: 6, time: seconds * 1e9 });

describe('the network explains a silence', () => {
  test.each<[string, Wait, boolean]>([
    ['of a server that could send', wait(9), false],
    ['of a server whose client has no room', wait(9, { connection: connection({ zeroWindow: moment(0) }) }), true],
    ['of a server that has no room itself', wait(9, { connection: connection({}, { zeroWindow: moment(0) }) }), false],
    ['of a server whose octets never arrived', wait(9, { connection: connection({ ackedTo: 60 }) }), true],
    ['of a server that sends again', wait(9, { connection: connection({}, { lastRetransmission: moment(3) }) }), true],
    ['of a server that sent again before', wait(9, { connection: connection({}, { lastRetransmission: moment(-3) }) }), false],
    ['of a client that could send', wait(9, { debtor: 'client' }), false],
    ['of a client whose server has no room', wait(9, { debtor: 'client', connection: connection({}, { zeroWindow: moment(0) }) }), true],
    ['of a client whose octets never arrived', wait(9, { debtor: 'client', connection: connection({}, { ackedTo: 0 }) }), true],
  ])('%s', (_name, silence, explained) => {
    expect(networkExplains(silence)).toBe(explained);
  });
});

test('a debtor knows what it owes once its TCP has acknowledged what the other end sent', () => {
  expect([arrived(wait(9)), arrived(wait(9, { connection: connection({}, { ackedTo: 99 }) }))]).toEqual([true, false]);
  const toClient = { debtor: 'client', connection: connection({}, { ackedTo: 99 }) } as const;
  expect(arrived(wait(9, toClient))).toBe(true);
});

test.each([
  ['text/event-stream', true],
  ['Text/Event-Stream; charset=utf-8', true],
  ['multipart/x-mixed-replace; boundary=x', true],
  ['application/x-ndjson', true],
  ['application/grpc-web+proto', true],
  ['text/html', false],
  ['application/json', false],
  ['application/octet-stream', false],
])('%s is a stream of events: %s', (type, stream) => {
  expect(isStream(response(200, { fields: [field('content-type', type)] }))).toBe(stream);
});

test('a response without a type is no stream', () => {
  expect(isStream(response(200))).toBe(false);
});

describe('how a silence ended', () => {
  const hung = exchange(identity('10.0.0.1:1000', '10.0.0.2:80'));
  const seen = { exchange: hung, hop: 'only' } as const;

  test.each<[Wait, string, readonly string[]]>([
    [wait(7), '7.00 s of silence, then 10.0.0.2:80 hung up', ['server FIN']],
    [wait(7, { ended: 'client-abort', by: 'RST' }), '7.00 s of silence, then the client gave up', ['client RST']],
    [wait(7, { ended: 'capture-end', by: undefined }), '7.00 s of silence, and the capture ends there', []],
    [wait(7, { ended: 'answered', by: 'DATA' }), '7.00 s of silence, then it went on', ['server the next octets']],
  ])('%#', (silence, words, shown) => {
    expect(silenceText(silence, hung)).toBe(words);
    expect(endEvidence(seen, silence).map(({ from, text }) => `${from} ${text.join('')}`)).toEqual(shown);
  });
});
