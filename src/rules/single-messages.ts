/** What the rules about one head share: the candidate that shows one message on one connection. */
import type { Candidate, Confidence, Exchange, Message, RequestMessage, Severity, Text } from '../model.ts';
import * as say from './words.ts';

export interface MessageJudgement {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: Text;
  readonly fields: readonly string[];
  readonly because: readonly Text[];
  readonly wouldChangeOurMind: readonly string[];
}

export function messageCandidate(exchange: Exchange, direction: Message['kind'], judgement: MessageJudgement): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  return {
    ...judgement,
    hops: [say.hopOf(seen)],
    exchange,
    direction,
    evidence: say.inOrder([...say.requestEvidence(seen), ...(direction === 'response' ? say.responseEvidence(seen) : [])]),
  };
}

/** "GET /a" where the request was seen. */
export function requestOf({ request }: Exchange): Text {
  return request === undefined ? ['a request that was not captured'] : say.requestText(request);
}

/** It names somebody who passed it on. */
export function wentThroughProxy(message: Message): boolean {
  return message.fields.some(({ name }) => FORWARDING.has(name.toLowerCase()));
}

const FORWARDING: ReadonlySet<string> = new Set(['via', 'forwarded', 'x-forwarded-for']);

/** Its target is in the form that only proxies are asked in (RFC 9112 section 3.2). */
export function isForProxy({ method, target }: RequestMessage): boolean {
  return method === 'CONNECT' || /^https?:\/\//i.test(target);
}

/** It holds its body back until it is asked for (RFC 9110 section 10.1.1); a server must ignore that in HTTP/1.0. */
export function expectsContinue(request: RequestMessage): boolean {
  return request.version !== 'HTTP/1.0' && say.fieldOf(request, 'expect')?.value.toLowerCase() === '100-continue';
}

/** How its content is compressed; empty where it is not. */
export function contentCodingOf(message: Message): string {
  return (say.fieldOf(message, 'content-encoding')?.value ?? '').toLowerCase();
}
