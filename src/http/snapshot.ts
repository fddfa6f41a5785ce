/**
 * An exchange that is not over, as it stands now: what is told of it while it goes on.
 *
 * Made by the constructors of what it copies, not by a spread: so V8 keeps one layout for the records of both, and the code that
 * reads them, which is hot, stays compiled when the first snapshot comes.
 */
import { type Conversation, type Direction, OpenExchange } from './conversation.ts';
import { HeadFacts } from './head-facts.ts';
import { OpenRequest, OpenResponse } from './messages.ts';
import { TextStore } from './text-store.ts';

const NO_FACTS = new HeadFacts();
/** One, since code that has ever read beyond an end is compiled again. */
const NO_OCTETS = new Uint8Array(1);
const NO_TEXTS = new TextStore();

export function snapshotOf(exchange: OpenExchange, conversation: Conversation): OpenExchange {
  const { request, response, ordinal, damaged, unpaired } = exchange;
  const copy = Object.assign(new OpenExchange(conversation, request, ordinal, damaged, unpaired), exchange);
  return Object.assign(copy, {
    request: request && copyOfRequest(request, conversation.requests),
    response: response && copyOfResponse(response, conversation.responses),
  });
}

function copyOfRequest(request: OpenRequest, direction: Direction): OpenRequest {
  return Object.assign(new OpenRequest(NO_FACTS, NO_OCTETS, NO_TEXTS, direction, 0, Number.NaN), request);
}

function copyOfResponse(response: OpenResponse, direction: Direction): OpenResponse {
  return Object.assign(new OpenResponse(NO_FACTS, NO_OCTETS, undefined, direction, 0, Number.NaN), response);
}
