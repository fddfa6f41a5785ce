/** What the ladders of the pages cannot tell: captures with holes, and captures that began too late. */
import { describe, expect, test } from 'vitest';
import { exchange, identity, request, response, serverProfile } from '../../test/support/records.ts';
import { connection, wait } from '../../test/support/waits.ts';
import type { Candidate, Exchange, ExchangeContext, ResponseMessage, Rule } from '../model.ts';
import { chunkTerminatorMissing } from './chunk-terminator-missing.ts';
import { contentLengthOverstated } from './content-length-overstated.ts';
import { requestBodyShort } from './request-body-short.ts';
import { truncatedByClose } from './truncated-by-close.ts';

const CONTEXT: ExchangeContext = {
  server: serverProfile({ first: 1, firstAnswered: 1, lastAnsweredStart: 0 }),
  forwarded: false,
  relay: undefined,
  parent: undefined,
  knocking: [],
};
const cut: Partial<ResponseMessage> = { framing: 'length', contentLength: 12, bodyOctets: 9, complete: false };
const shut = connection({}, { fin: { frame: 9, time: 7e9 } });

function found(rule: Rule, more: Partial<Exchange>): readonly string[] {
  const candidates: Candidate[] = [];
  if (rule.on === 'exchange')
    rule.check(exchange(identity('10.0.0.1:1000', '10.0.0.2:80'), more), CONTEXT, (candidate) => candidates.push(candidate));
  return candidates.map(({ severity, confidence }) => `${severity} ${confidence}`);
}

describe('a response that stops', () => {
  const stopped = { response: response(200, cut), wait: wait(7, { connection: shut }) };
  test.each<[string, Partial<Exchange>, readonly string[]]>([
    ['in a whole capture', stopped, ['hang proven']],
    ['with a hole in the exchange', { ...stopped, damaged: true }, ['hang possible']],
    ['in mid-connection', { ...stopped, wait: wait(7, { connection: { ...shut, synSeen: false } }) }, ['hang likely']],
    ['without a request that was seen', { ...stopped, request: undefined }, []],
    ['whose rest came', { ...stopped, wait: wait(7, { ended: 'answered', by: 'DATA' }) }, []],
  ])('%s', (_name, more, expected) => {
    expect(found(contentLengthOverstated, more)).toEqual(expected);
  });

  test('was truncated as well when the server closed, be it in the frame of the last octet', () => {
    const atOnce = wait(0, { ended: 'capture-end', by: undefined, connection: connection({}, { fin: { frame: 4, time: 0 } }) });
    expect(found(truncatedByClose, stopped)).toEqual(['loss strong']);
    expect(found(truncatedByClose, { ...stopped, wait: atOnce })).toEqual(['loss strong']);
    expect(found(truncatedByClose, { ...stopped, damaged: true })).toEqual(['loss possible']);
  });
});

test.each<[ResponseMessage['chunk'], string]>([
  ['size', 'hang likely'],
  ['data', 'hang likely'],
  ['data-end', 'hang likely'],
  ['trailer', 'hang proven'],
  [undefined, 'hang likely'],
])('a chunked body that stops at %s: %s', (chunk, expected) => {
  const open = wait(9, { ended: 'client-abort', by: 'FIN' });
  expect(found(chunkTerminatorMissing, { response: response(200, { framing: 'chunked', complete: false, chunk }), wait: open })).toEqual([
    expected,
  ]);
});

describe('a request that stops', () => {
  const short = request('/a', { method: 'POST', framing: 'length', contentLength: 12, bodyOctets: 9, complete: false });
  const due = { debt: 'request-body', debtor: 'client' } as const;
  test.each<[string, Partial<Exchange>, readonly string[]]>([
    ['and 408, at once', { request: short, response: response(408) }, []],
    ['and 408, later', { request: short, response: response(408, { firstTime: 9e9 }) }, ['hang strong']],
    ['and another answer', { request: short, response: response(413, { firstTime: 9e9 }) }, []],
    ['and its client closes', { request: short, response: undefined, wait: wait(9, { ...due, ended: 'client-abort' }) }, ['hang strong']],
    ['and its server closes', { request: short, response: undefined, wait: wait(9, due) }, ['hang likely']],
  ])('%s', (_name, more, expected) => {
    expect(found(requestBodyShort, more)).toEqual(expected);
  });
});
