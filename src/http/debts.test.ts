import { expect, test } from 'vitest';
import * as record from '../../test/support/records.ts';
import type { Exchange, RequestMessage, ResponseMessage } from '../model.ts';
import { debtOf } from './debts.ts';

const CONNECTION = record.identity('10.0.0.1:40000', '10.0.0.2:80');

/** The head ends in frame 4, the last octet so far is in frame 5. */
function request(more: Partial<RequestMessage> = {}): RequestMessage {
  return record.request('/', { headFrame: 4, headTime: 40, lastFrame: 5, lastTime: 50, ...more });
}

function response(more: Partial<ResponseMessage> = {}): ResponseMessage {
  return record.response(200, { headFrame: 7, headTime: 70, lastFrame: 9, lastTime: 90, ...more });
}

const POST = { method: 'POST', framing: 'length', contentLength: 10, complete: false } as const;
const EXPECT = { ...POST, fields: [{ name: 'expect', value: '100-Continue' }], lastFrame: 4, lastTime: 40 };

test.each<[string, Partial<Exchange>, string]>([
  ['complete request', { request: request() }, 'server owes response-head since 5'],
  ['request whose body is on the way', { request: request(POST) }, 'client owes request-body since 5'],
  ['the same, one octet of it seen', { request: request({ ...POST, bodyOctets: 1 }) }, 'client owes request-body since 5'],
  ['Expect: 100-continue, body held back', { request: request(EXPECT) }, 'server owes continue since 4'],
  ['the same in HTTP/1.0', { request: request({ ...EXPECT, version: 'HTTP/1.0' }) }, 'client owes request-body since 4'],
  ['the same, body begun', { request: request({ ...EXPECT, bodyOctets: 1 }) }, 'client owes request-body since 4'],
  [
    'the same, 100 received',
    { request: request(EXPECT), interim: [response({ lastFrame: 6, lastTime: 60 })] },
    'client owes request-body since 6',
  ],
  ['the same, without a body', { request: request({ ...EXPECT, complete: true }) }, 'server owes response-head since 4'],
  ['another expectation', { request: request({ ...EXPECT, fields: [record.field('Expect', 'x')] }) }, 'client owes request-body since 4'],
  ['after an interim response', { request: request(), interim: [record.response(103)] }, 'server owes response-head since 5'],
  [
    'request whose head the capture cut',
    { request: request({ complete: false, oddities: ['head-cut'] }) },
    'server owes response-head since 5',
  ],
  ['request in a hole', { request: request({ ...POST, oddities: ['framing-lost'] }) }, 'server owes response-head since 5'],
  [
    'response with length on the way',
    { request: request(), response: response({ complete: false, framing: 'length' }) },
    'server owes response-body since 9',
  ],
  [
    'chunked response on the way',
    { request: request(), response: response({ complete: false, framing: 'chunked' }) },
    'server owes response-body since 9',
  ],
  [
    'response that only a close can end',
    { request: request(), response: response({ complete: false, framing: 'until-close' }) },
    'server owes close since 9',
  ],
  ['early response, complete', { request: request(POST), response: response() }, 'nobody owes anything'],
  [
    'early response on the way',
    { request: request(POST), response: response({ complete: false, framing: 'length' }) },
    'server owes response-body since 9',
  ],
  ['both complete', { request: request(), response: response() }, 'nobody owes anything'],
  ['response without a request', { request: undefined, response: response() }, 'nobody owes anything'],
  ['nothing but an interim response', { request: undefined, interim: [record.response(100)] }, 'nobody owes anything'],
])('%s: %s', (_, parts, said) => {
  const debt = debtOf(record.exchange(CONNECTION, { response: undefined, ...parts }));
  expect(debt === undefined ? 'nobody owes anything' : `${debt.debtor} owes ${debt.debt} since ${debt.start.frame}`).toBe(said);
});
