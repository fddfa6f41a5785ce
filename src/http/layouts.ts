/**
 * The layouts of exchanges and messages, before anything is read.
 *
 * V8 takes a field that never changed for a constant, and one that has held one kind of value for always of that kind. What reads
 * it is compiled on that, and compiled again when it turns out otherwise: with the first exchange that somebody waited for half of
 * the pipeline was. So every field that may change, changes once before.
 */
import { Conversation, OpenExchange } from './conversation.ts';
import { HeadFacts } from './head-facts.ts';
import { OpenRequest, OpenResponse } from './messages.ts';
import { snapshotOf } from './snapshot.ts';
import { TextStore } from './text-store.ts';

const MOMENT = { frame: 0, time: Number.NaN };
const NOBODY = { address: '', port: 0, text: '' };
const IDENTITY = { key: '', point: 0, id: 0, ends: [NOBODY, NOBODY], seenIn: [], synSeen: false, firstTime: Number.NaN } as const;

/** Something else than a field begins with: a value of another kind, where it may hold one. */
const MESSAGE = {
  oddities: [''],
  lastFrame: 1,
  lastTime: 0.5,
  bodyOctets: 2 ** 32,
  complete: true,
  missingOctets: 2 ** 32,
  chunk: 'size',
  tail: ' ',
  seemsComplete: true,
  endOffset: 0.5,
  acked: MOMENT,
};

/** Once, before the first head is read. */
export function changeAllOnce(): void {
  const conversation = new Conversation(0, IDENTITY, 0);
  const [facts, octets] = [new HeadFacts(), new Uint8Array(1)];
  const { requests, responses } = conversation;
  const request = Object.assign(new OpenRequest(facts, octets, new TextStore(), requests, 0, Number.NaN), MESSAGE);
  const response = Object.assign(new OpenResponse(facts, octets, undefined, responses, 0, Number.NaN), MESSAGE);
  const exchange = new OpenExchange(conversation, request, 1, false, false);
  Object.assign(exchange, {
    interim: [response],
    response,
    serverBelief: 'keep',
    clientBelief: 'keep',
    previous: new OpenExchange(conversation, undefined, 0, true, false),
    wait: MOMENT,
    ackStall: MOMENT,
    damaged: true,
    excess: MOMENT,
    ended: true,
    toldLevel: 1,
    toldStart: 0.5,
  });
  snapshotOf(exchange, conversation);
}
