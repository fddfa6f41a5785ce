/**
 * Whose fault is a body that stops, where both hops show it (RULES R24, "who cut it")? The hop on which the first of the two
 * stops; the finding of the client's side then speaks for both.
 */
import type { Candidate, Confidence, Evidence, Exchange, ExchangeContext, Message, Text, Wait } from '../model.ts';
import { pairingCap } from './confidence.ts';
import { contentCodingOf } from './single-messages.ts';
import * as say from './words.ts';

export interface Blame {
  /** Who sent too little: "10.0.2.20:80", "the proxy 10.0.1.1:8080". */
  readonly culprit: string;
  /** What the pairing of the hops allows: on it rests who of two boxes it was. */
  readonly pairing: Confidence;
  /** For a candidate: where the box behind the proxy sent too little. */
  readonly behind: Pick<Candidate, 'owedBehind'>;
  readonly hops: Candidate['hops'];
  readonly evidence: readonly Evidence[];
  readonly because: readonly Text[];
  /** The next hop shows that no content is missing here, but its end. */
  readonly contentIsWhole?: true;
  /** What the other hop shows of it is told with this finding. */
  readonly covers: readonly Exchange[];
}

/** What is known around an exchange; of one whose connection is over, no more than where it went on. */
type Around = Pick<ExchangeContext, 'relay'> & Partial<Pick<ExchangeContext, 'parent'>>;

/** For a response that stops at `exchange`, which is the client side of a relay or a hop by itself. */
export function blameForResponse(exchange: Exchange, context: Around): Blame {
  const serverSide = nextHopOf(context);
  const [here, there] = [exchange.response, serverSide?.response];
  const stuck = stuckBefore(context, here);
  if (serverSide === undefined || here === undefined || there === undefined)
    return { ...alone(exchange, exchange.server.text, context), covers: stuck };
  if (there.complete) {
    const blame = both(exchange, serverSide, {
      context,
      culprit: `the proxy ${exchange.server.text}`,
      because: [
        `the proxy had all of it: ${there.bodyOctets} octets of body came to it on the next hop, and it passed on ${here.bodyOctets}`,
      ],
      covers: stuck,
      until: there,
    });
    return isSurePair(context) && hasAllContent(here, there) ? { ...blame, contentIsWhole: true } : blame;
  }
  if (there.framing !== here.framing || there.bodyOctets !== here.bodyOctets) return alone(exchange, exchange.server.text, context);
  return both(exchange, serverSide, {
    context,
    culprit: serverSide.server.text,
    because: [`the proxy ${exchange.server.text} passed on all that it got: on the next hop the body stops at the same octet`],
    covers: [serverSide, ...stuck],
    until: there,
    behind: { owedBehind: true },
  });
}

function isSurePair({ relay }: Around): boolean {
  return relay?.link.confidence === 'proven' || relay?.link.confidence === 'strong';
}

/** What one hop has of a body is as much as the next one shows to be all of it; where both have it in the same coding. */
export function hasAllContent(here: Message, there: Message): boolean {
  return there.complete && here.bodyOctets === there.bodyOctets && contentCodingOf(here) === contentCodingOf(there);
}

/** On the hop before, the body stops elsewhere, for want of this one's rest: its proxy converts it, or passes on full buffers only. */
function stuckBefore({ parent }: Around, here: Message | undefined): readonly Exchange[] {
  const before = parent?.response;
  if (parent === undefined || before === undefined || before.complete || before.framing === 'until-close') return [];
  return before.framing === here?.framing && before.bodyOctets === here.bodyOctets ? [] : [parent];
}

/** For a response without length at `exchange` whose close does not come: whoever left the length out, or kept the connection. */
export function blameForClose(exchange: Exchange, context: ExchangeContext): Blame {
  const serverSide = nextHopOf(context);
  const there = serverSide?.response;
  // A body that is stuck on the hop before, in whatever framing, is stuck for want of this close.
  const before = context.parent?.response;
  const stuck = context.parent !== undefined && before?.complete === false && before.framing !== 'until-close' ? [context.parent] : [];
  if (serverSide === undefined || there === undefined) return { ...alone(exchange, exchange.server.text, context), covers: stuck };
  const endless = there.framing === 'until-close';
  const owed = endless && (!there.complete || lengthOf(serverSide.wait) >= 0.5 * lengthOf(exchange.wait));
  if (owed && there.bodyOctets === exchange.response?.bodyOctets) {
    return both(exchange, serverSide, {
      context,
      culprit: serverSide.server.text,
      because: [`the proxy ${exchange.server.text} passed it on as it came: on the next hop the response has no length either`],
      covers: [serverSide],
      until: there,
      behind: { owedBehind: true },
    });
  }
  if (owed || !there.complete) return alone(exchange, exchange.server.text, context);
  return both(exchange, serverSide, {
    context,
    culprit: `the proxy ${exchange.server.text}`,
    because: [
      endless
        ? 'on the next hop the origin closed behind it: the proxy did not pass the close on'
        : 'on the next hop the response says where it ends: the proxy left that out and did not close instead',
    ],
    covers: [],
    until: there,
  });
}

/** Nanoseconds for which the close was waited for. */
function lengthOf(wait: Wait | undefined): number {
  return wait?.debt === 'close' ? wait.end.time - wait.start.time : 0;
}

/** For a request that stops at `exchange`: its client is to blame, whatever the next hop shows; a proxy that had more of it. */
export function blameForRequest(exchange: Exchange, context: ExchangeContext): Blame {
  const culprit = `the client ${exchange.client.text}`;
  const received = context.parent?.request;
  if (received?.complete === true && received.bodyOctets > (exchange.request?.bodyOctets ?? 0)) {
    const had = `the proxy had all of it: ${received.bodyOctets} octets of body came to it on the hop before`;
    return { ...alone(exchange, `the proxy ${exchange.client.text}`, context), because: [[had]] };
  }
  const serverSide = nextHopOf(context);
  const there = serverSide?.request;
  const same = there?.complete === false && there.bodyOctets === exchange.request?.bodyOctets;
  if (serverSide === undefined || !same) return alone(exchange, culprit, context);
  return both(exchange, serverSide, {
    context,
    culprit,
    because: [`the proxy ${exchange.server.text} passed on all that it got: on the next hop the request stops at the same octet`],
    covers: [serverSide],
    until: there,
  });
}

function nextHopOf({ relay }: Around): Exchange | undefined {
  if (relay === undefined || relay.link.confidence === 'ambiguous' || relay.link.confidence === 'none') return undefined;
  return relay.attempts.at(-1)?.exchange;
}

/** One hop shows what its sender did. Where it is not clear what continues it, the box behind may have done it first. */
function alone(exchange: Exchange, culprit: string, { relay }: Around): Blame {
  const pairing = relay === undefined || relay.attempts.length === 0 ? 'proven' : 'strong';
  return { culprit, pairing, behind: {}, hops: [say.hopOf({ exchange, hop: 'only' })], evidence: [], because: [], covers: [] };
}

interface Shared {
  readonly context: Around;
  readonly culprit: string;
  readonly because: Text;
  readonly covers: readonly Exchange[];
  readonly until: Message;
  readonly behind?: Blame['behind'];
}

function both(
  exchange: Exchange,
  serverSide: Exchange,
  { context: { relay }, culprit, because, covers, until, behind = {} }: Shared,
): Blame {
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const from = until.kind === 'request' ? 'client' : 'server';
  return {
    culprit,
    pairing: relay === undefined ? 'proven' : pairingCap(relay),
    behind,
    hops: [say.hopOf({ exchange, hop: 'client-side' }), say.hopOf(server)],
    evidence: [
      ...say.requestEvidence(server),
      ...say.responseEvidence(server),
      say.evidence(server, from, say.lastOf(until), ['last octet of the body']),
    ],
    because: [because],
    covers,
  };
}
