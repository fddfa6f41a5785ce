/** Every case of the conformance suite: whole, each octet a segment of its own, and with octets behind the last message. */
import { describe, expect, test } from 'vitest';
import type { Exchange, Message } from '../../src/model.ts';
import { type HttpLog, readHttp } from '../support/http-log.ts';
import { type Case, tell, withTrailing } from './case.ts';
import { CONVERSATIONS } from './conversations.ts';
import { DEVIANT_RESPONSES } from './deviant-responses.ts';
import { REQUESTS } from './requests.ts';
import { RESPONSES } from './responses.ts';

const CLASSES = [...REQUESTS, ...RESPONSES, ...CONVERSATIONS, ...DEVIANT_RESPONSES];

/** Everything of a message that does not depend on how it was cut into segments. */
function essence({ firstFrame, firstTime, headFrame, headTime, lastFrame, lastTime, acked, ...rest }: Message): object {
  return rest;
}

function persistenceOf({ serverBelief, clientBelief }: Exchange): string {
  return serverBelief === clientBelief ? `${serverBelief ?? 'nothing'}` : `${serverBelief}/${clientBelief}`;
}

function valuesOf({ records }: HttpLog, name: string): readonly string[] {
  return records.flatMap(({ fields }) => fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value));
}

describe.each(CLASSES)('$name: $tests', ({ cases }) => {
  test.each<Case>(cases)('$what', ({ said, messages, persistence, fields = {} }) => {
    const log = readHttp(tell(said).pcap());
    expect(log.messages).toEqual(messages);
    if (persistence !== undefined) expect(log.exchanges.map(persistenceOf)).toEqual(persistence);
    for (const [name, values] of Object.entries(fields)) expect(valuesOf(log, name)).toEqual(values);
  });

  test.each<Case>(cases)('$what, byte by byte', ({ said }) => {
    const whole = readHttp(tell(said).pcap());
    const bytewise = readHttp(tell(said, 1).pcap());
    expect(bytewise.messages).toEqual(whole.messages);
    expect(bytewise.records.map(essence)).toEqual(whole.records.map(essence));
    expect(bytewise.exchanges.map(persistenceOf)).toEqual(whole.exchanges.map(persistenceOf));
  });

  test.each<Case>(cases)('$what, with trailing octets', ({ said, messages, trailing = messages }) => {
    expect(readHttp(tell(withTrailing(said)).pcap()).messages).toEqual(trailing);
    expect(readHttp(tell(withTrailing(said), 1).pcap()).messages).toEqual(trailing);
  });
});

test('no case stands twice', () => {
  const names = CLASSES.flatMap(({ name, cases }) => cases.map(({ what }) => `${name}: ${what}`));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(120);
});
