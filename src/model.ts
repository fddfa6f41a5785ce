/**
 * The vocabulary: every value that passes between the stages, in the order in which the stages make them.
 *
 * Down to the flow events the values are views: one object per chain, filled again for each frame and valid only during
 * the call. From the message on they are records: plain, immutable once handed on, and free of octets of bodies.
 *
 * Times are nanoseconds since `TimeBase.seconds` (a double, exact for 104 days). Frame numbers are those of the point:
 * they run on through the files of a ring; `CaptureFacts.firstFrame` leads back to a file and to Wireshark's number.
 * Text from the wire is latin-1: one UTF-16 unit per octet.
 */

// ---------------------------------------------------------------------------------------------------- stages

export type Sink<T> = (value: T) => void;

/** A stage: feed it as input arrives, end it once. It never reads, waits or looks at a clock. */
export interface Stage<In> {
  push(input: In): void;
  end(): void;
}

/** The whole second of the first frame of the analysis: all times are relative to it, so that points can be compared. */
export interface TimeBase {
  /** Epoch seconds, or NaN before the first frame. */
  seconds: number;
}

// ---------------------------------------------------------------------------------------------------- capture

export type CaptureFormat = 'pcap' | 'pcapng';

/** Something strange in a capture that is not a finding: a gap, a cut frame. */
export interface Issue {
  /** Kebab-case and stable, e.g. `capture-cut`, `frame-cut`, `link-type-unknown`. */
  readonly code: string;
  /** What, where, how much; lower case, no full stop. Never holds octets of the capture. */
  readonly message: string;
  /** Byte offset in the file, where one is known. */
  readonly offset?: number;
  /** Frame number of the point, where one is known. */
  readonly frame?: number;
  readonly count: number;
}

/** One interface of a pcapng file, as the file describes it. */
export interface CaptureInterface {
  readonly name: Wire | undefined;
  readonly linkType: string;
  /** Octets of a frame that were captured at most; 0: no limit. */
  readonly snapLength: number;
  /** Frames that it says it lost; undefined where the file does not tell. */
  dropped: number | undefined;
}

/** What is known of one file or pipe; the reader fills it in while it reads. */
export interface CaptureFacts {
  /** Index in `Report.captures`. */
  readonly index: number;
  readonly name: string;
  readonly point: string;
  format: CaptureFormat | undefined;
  /** Names as libpcap spells them: EN10MB, LINUX_SLL2. In order of appearance. */
  readonly linkTypes: string[];
  /** Number in the point of this file's first frame, minus one: `number - firstFrame` is Wireshark's frame.number. */
  firstFrame: number;
  frames: number;
  bytes: number;
  /** Of the first and last frame; NaN before there is one. */
  firstTime: number;
  lastTime: number;
  /** False when the file ends in the middle of something, or could not be read on. */
  complete: boolean;
  /** Frames that the capturing program says it lost; undefined where the format does not tell. */
  dropped: number | undefined;
  /** Frames of which only a part was captured. */
  cutFrames: number;
  /** Of pcapng: the first 64 interfaces, the first 1,024 names for addresses, and the comments of frames. */
  readonly interfaces: CaptureInterface[];
  readonly names: { readonly address: string; readonly name: Wire }[];
  comments: number;
  readonly issues: Issue[];
}

/** One captured packet. A view: valid during the call only. */
export interface Frame {
  bytes: Uint8Array;
  /** The captured octets are bytes[start, end). */
  start: number;
  end: number;
  /** Octets on the wire; more than end - start when the capture cut the frame. */
  wireLength: number;
  /** Nanoseconds since the time base. */
  time: number;
  /** Number in the point, from 1. */
  number: number;
  /** Byte offset of its record in the file, and octets of that record. */
  offset: number;
  recordLength: number;
  /** Index of the file: CaptureFacts.index. */
  capture: number;
  /** LINKTYPE_ value, without the FCS bits. */
  linkType: number;
  /** Which interface of its file captured it; 0 where the format does not tell. */
  interfaceId: number;
}

// ---------------------------------------------------------------------------------------------------- decode

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** One TCP segment. A view: valid during the call only. */
export interface Segment {
  frame: Frame;
  /** 4 or 6. */
  family: number;
  /** IPv4: time to live. What the way to the place of capture has left of it. */
  hopLimit: number;
  /** The IPv4 address as an int32, or the id of an IPv6 address in the address book. */
  source: number;
  destination: number;
  sourcePort: number;
  destinationPort: number;
  /** Sequence and acknowledgement numbers as int32; compare by (a - b) | 0. */
  seq: number;
  ack: number;
  /** FIN, SYN, RST, PSH, ACK. */
  flags: number;
  /** As sent, not scaled. */
  window: number;
  bytes: Uint8Array;
  /** Captured payload octets are bytes[start, end). */
  start: number;
  end: number;
  /** Payload octets on the wire, by the IP length: at least end - start. */
  length: number;
}

/** Turns the address numbers of segments into text. */
export interface AddressBook {
  /** As RFC 5952 and dotted quads write them, without brackets. */
  text(family: number, address: number): string;
}

// ---------------------------------------------------------------------------------------------------- flow

/** Which end of a connection sent something: 0 the end that opened it (as far as known), 1 the other one. */
export type Side = 0 | 1;

/** The bytes and events of connections, in order. `connection` is an id that is recycled after `closed`. */
export interface FlowSink {
  /** The next octets of one direction: bytes[start, end), valid during the call only. */
  data(connection: number, side: Side, bytes: Uint8Array, start: number, end: number): void;
  /** Octets that were sent and are not in the capture. */
  gap(connection: number, side: Side, length: number): void;
  /** The peer acknowledged up to the offset that was set by `ConnectionTable.watch`. */
  acked(connection: number, side: Side): void;
  /** The first FIN of that side, after all its data. */
  fin(connection: number, side: Side): void;
  /** A reset by that side. */
  reset(connection: number, side: Side): void;
  /** The connection is over and its id about to be recycled; the last chance to read its columns. */
  closed(connection: number): void;
}

/** What the stages behind the flow stage may ask about a connection while its id is valid. */
export interface ConnectionTable {
  /** The frame that is being handled. */
  readonly frame: Frame;
  /** The frame that carried the octets that are handed on: `frame`, or an earlier one where they waited behind a hole that was given up. */
  readonly carrier: Frame;
  /** Octets handed on so far (data and gaps) in that direction: the offset of the next one. */
  position(connection: number, side: Side): number;
  /** Called for data of the peer: up to where the segment that carried it acknowledges that direction; 0 where that is not known any more. */
  ackedWith(connection: number, side: Side): number;
  /** Ask for `FlowSink.acked` when the peer's acknowledgement covers `offset`; true if it does so already. */
  watch(connection: number, side: Side, offset: number): boolean;
  identity(connection: number): ConnectionIdentity;
  /** What is known now; `clientSide` is the side that sends requests. */
  snapshot(connection: number, clientSide: Side): Connection;
  /** True when a SYN that one of these addresses sent was waiting for its answer at that time, of which all was read. Cold: walks the whole table. */
  connecting(addresses: ReadonlySet<string>, time: number): boolean;
  /** True when frames of any connection were lost by the capture around that time. */
  lostAround(time: number): boolean;
  /** The connections that one of these addresses has asked for, more than once, and that nobody has answered; the latest 256 at most. */
  unanswered(addresses: ReadonlySet<string>): readonly Connection[];
  /** True when one side has sent data or a SYN again, and the peer has not acknowledged it; or when a reset arrived as nothing else did. */
  isStuck(connection: number): boolean;
  /** Called for data: true when the peer has sent nothing since then but, just now, the acknowledgement of everything before it. */
  releasedByAck(connection: number, side: Side, since: number): boolean;
}

/** What the proxy stage may ask about connections that are not over. Cold. */
export interface ConnectionLookup {
  /** The connection as it stands now; undefined when it is over and recycled. */
  snapshot(identity: ConnectionIdentity): Connection | undefined;
  /** True when one of these addresses had opened a TLS connection by that time; seen at that point, or at any of those that are joined. */
  encrypted(point: number, addresses: ReadonlySet<string>, time: number): boolean;
  /** Doubt about the order of two frames, seen at these points, in nanoseconds. */
  doubt(one: number, other: number): number;
  /** The part of it that the clocks of two points are to blame for: 0 where both are the same. */
  clockDoubt(one: number, other: number): number;
  /** True when a SYN that one of these addresses sent was waiting for its answer at that time; seen as above. */
  connecting(point: number, addresses: ReadonlySet<string>, time: number): boolean;
  /** As `ConnectionTable.lostAround`; at that point, or at any of those that are joined. */
  lostAround(point: number, time: number): boolean;
  /** As `ConnectionTable.unanswered`. */
  unanswered(point: number, addresses: ReadonlySet<string>): readonly Connection[];
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** address:port, IPv6 as [address]:port. */
  readonly text: string;
}

/** A frame and its time. */
export interface Moment {
  readonly frame: number;
  readonly time: number;
}

/** Which connection it is, in the words of the capture. */
export interface ConnectionIdentity {
  /** Unique in the analysis and never recycled; in order of appearance within its point. */
  readonly key: string;
  readonly point: number;
  /** The id by which the flow stage knows it; another connection may have it once this one is closed. */
  readonly id: number;
  /** Ends by side: the one that opened the connection (as far as known) first. */
  readonly ends: readonly [Endpoint, Endpoint];
  /** Wireshark's tcp.stream, and in which file. */
  readonly seenIn: readonly { readonly capture: number; readonly stream: number }[];
  /** True when the capture shows the handshake's first segment. */
  readonly synSeen: boolean;
  /** Time of its first segment. */
  readonly firstTime: number;
}

/** What tells whether an end sent its first reset itself, or a box on the way did so in its name. */
export interface ResetTraits {
  /** As captured. */
  readonly hopLimit: number;
  /** Of everything else that came from that end; undefined where nothing did. */
  readonly usual: { readonly least: number; readonly most: number } | undefined;
  /** How long nothing had come from that end when its peer sent the last new data before the reset; in steps of 0.1 s, 0 for none. */
  readonly silence: number;
}

/** What one end of a connection did. */
export interface EndFacts {
  /** Sequence number of its first octet, by which another point of capture knows the connection again; NaN while it is not known. */
  readonly firstSeq: number;
  /** Octets sent, gaps included. */
  readonly octets: number;
  readonly gaps: number;
  readonly gapOctets: number;
  /** Last segment with data. */
  readonly lastData: Moment | undefined;
  /** Last segment of any kind. */
  readonly last: Moment | undefined;
  readonly fin: Moment | undefined;
  /** When the peer acknowledged that FIN. */
  readonly finAcked: Moment | undefined;
  readonly reset: Moment | undefined;
  readonly resetTraits: ResetTraits | undefined;
  /** Data segments sent again, and the last of them. */
  readonly retransmissions: number;
  readonly lastRetransmission: Moment | undefined;
  /** Data, or a SYN, that was sent again and that the peer has not acknowledged: how often, and when it was new. */
  readonly unacked: { readonly retransmissions: number; readonly since: Moment } | undefined;
  /** Keep-alive probes, and the last of them. */
  readonly probes: number;
  readonly lastProbe: Moment | undefined;
  /** This end's receive window is zero, since then. */
  readonly zeroWindow: Moment | undefined;
  /** When its receive window became zero for the last time, whether it is so still or not. */
  readonly lastZeroWindow: Moment | undefined;
  /** The peer's data that this end has acknowledged, in octets from the start of the peer's stream. */
  readonly ackedTo: number;
}

/** The ends of the connection before a proxy, by the PROXY protocol: its client, and where that had connected to. */
export interface AnnouncedEnds {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

/** A TCP connection at one moment: a record. */
export interface Connection extends ConnectionIdentity {
  readonly clientSide: Side;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly first: Moment;
  readonly last: Moment;
  /** Until when it was watched: up to its end, or up to that of the capture. */
  readonly until: number;
  /** SYN-ACK seen, or data of both ends: the connection was established. */
  readonly established: boolean;
  /** From SYN to the ACK of the SYN-ACK, in nanoseconds; NaN where the handshake was not captured. */
  readonly handshake: number;
  readonly clientEnd: EndFacts;
  readonly serverEnd: EndFacts;
  /** Segments that were captured twice. */
  readonly duplicates: number;
  /** First octets of each end behind an upgrade or CONNECT, once the connection is over; absent where it was none. */
  readonly tunnelled?: { readonly client: Moment | undefined; readonly server: Moment | undefined };
  /** What its octets are, as far as recognised. */
  readonly protocol: 'http' | 'tls' | 'http2' | 'tunnel' | 'other' | 'unknown';
  /** Who owes what on it; undefined as long as it does not speak HTTP. */
  readonly state: ConnectionState | undefined;
  /** The connection that it continues, as a PROXY protocol header before the first message names it. */
  readonly announced: AnnouncedEnds | undefined;
}

// ---------------------------------------------------------------------------------------------------- http

/** A header field as sent, without the white space around its value. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** How a body ends (RFC 9112 section 6.3). */
export type Framing = 'none' | 'length' | 'chunked' | 'until-close' | 'tunnel';

/** Will the connection outlive this exchange (RFC 9112 section 9.3)? */
export type Persistence = 'keep' | 'close';

/** Where the chunk parser stands: what it waits for next (RFC 9112 section 7.1). */
export type ChunkPosition = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/** Fields whose value names one user, page or cache entry; the place of each is in the low four bits of its hash. */
export const TRAITS = [
  'cookie',
  'authorization',
  'if-none-match',
  'if-modified-since',
  'range',
  'referer',
  'user-agent',
  'etag',
  'last-modified',
  'date',
  'location',
  'set-cookie',
] as const;

/** Hashes for the pairing of hops: equal input gives equal numbers, 0 where the part is absent. */
export interface Fingerprint {
  /** Path and query, without scheme and authority. */
  readonly target: number;
  /** The last two segments of the path, and the query. */
  readonly tail: number;
  /** The last segment of the path, and the query: what is left when a proxy writes another prefix. */
  readonly leaf: number;
  /** The query alone. */
  readonly query: number;
  readonly authority: number;
  /** Commutative sum over the end-to-end fields, names in lower case. */
  readonly fields: number;
  /** Values that name one request: trace id, request id, idempotency key, WebSocket key. */
  readonly unique: readonly number[];
  /** Values of `TRAITS`: 28 bits of the hash above the four of the place. A Location counts by its path, an ETag without its W/. */
  readonly traits: readonly number[];
}

interface MessageCommon {
  /** HTTP-version as sent: "HTTP/1.1". */
  readonly version: string;
  /** The connection-management fields in order, or every field when the analysis keeps them all. */
  readonly fields: readonly Field[];
  /** Connection options in lower case, in order (RFC 9110 section 7.6.1). */
  readonly options: readonly string[];
  /** What is notable about its fields, as bits: see src/notable.ts. */
  readonly notable: number;
  readonly framing: Framing;
  /** Declared Content-Length; NaN where there is none or it cannot be trusted. */
  readonly contentLength: number;
  /** Irregularities that were read leniently, by code: `bare-lf`, `obs-fold`, `conflicting-length` ... */
  readonly oddities: readonly string[];
  readonly fingerprint: Fingerprint;
  /** First octet of the head; the frame whose payload completes the head; last octet so far. */
  readonly firstFrame: number;
  readonly firstTime: number;
  readonly headFrame: number;
  readonly headTime: number;
  readonly lastFrame: number;
  readonly lastTime: number;
  /** Octets of content so far, without chunk framing. */
  readonly bodyOctets: number;
  /** True when its framing says that all of it arrived. */
  readonly complete: boolean;
  /** Octets of it that are not in the capture. */
  readonly missingOctets: number;
  readonly chunk: ChunkPosition | undefined;
  /**
   * The end of a chunked or until-close body as it stood when it was cut short, or when a deadline passed: the last octets of
   * content, up to 64, and whether content of its kind may end like that. Empty and false for any other.
   */
  readonly tail: string;
  readonly seemsComplete: boolean;
  /** Offset in its direction of the octet behind the last one so far. */
  readonly endOffset: number;
  /** When the peer's ACK first covered its last octet; undefined as long as it has not. */
  readonly acked: Moment | undefined;
}

export interface RequestMessage extends MessageCommon {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
  /** The target begins with http:// or https://: only a proxy is asked so (RFC 9112 section 3.2.2). */
  readonly absoluteForm: boolean;
}

export interface ResponseMessage extends MessageCommon {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export type Message = RequestMessage | ResponseMessage;

/** What is owed, by whom, since when (DESIGN section 2: who owes the next byte). */
export type DebtKind = 'request-head' | 'request-body' | 'continue' | 'response-head' | 'response-body' | 'close';

/** Where an HTTP connection stands: who owes the next octet (docs/states.md). */
export type ConnectionState =
  | 'idle-fresh'
  | 'await-request-head'
  | 'await-100'
  | 'await-request-body'
  | 'await-response'
  | 'await-response-body'
  | 'await-close'
  | 'idle-persistent'
  | 'await-client-close'
  | 'tunnel'
  | 'desynchronised'
  | 'closed';

export type WaitEnding = 'server-close' | 'client-abort' | 'answered' | 'capture-end';

/** A debt that stayed unpaid past its first deadline. */
export interface Wait {
  readonly debt: DebtKind;
  readonly debtor: 'client' | 'server';
  readonly start: Moment;
  /** Where it ended; the last frame of the capture (or `observedUntil`) while it is unpaid. */
  readonly end: Moment;
  readonly ended: WaitEnding;
  readonly by: 'FIN' | 'RST' | 'DATA' | undefined;
  /** The connection as it stood at `end`. */
  readonly connection: Connection;
  /** False while it is known that the capture goes on or went on beyond `end`: at a deadline, and at the end of one that was watched live. */
  readonly final: boolean;
  /** The capture lost frames around its start, of this connection or another: what is not seen may have been sent. */
  readonly lossAround?: true;
  /** For how long more of the same message had been waited for before, at most, and came: of 1 s and more, in nanoseconds. */
  readonly resumedAfter?: number;
}

/** Octets behind a complete response that begin no other one. */
export interface Excess {
  readonly octets: number;
  /** Where they began. */
  readonly first: Moment;
  /** The first 64 of them, latin-1. */
  readonly beginning: string;
}

/** Two small writes of one message, and for how long the second one waited for the acknowledgement of the first. */
export interface AckStall {
  readonly by: 'client' | 'server';
  readonly moment: Moment;
  readonly duration: number;
}

/** A request and what answered it, on one connection: a record. */
export interface Exchange {
  readonly connection: ConnectionIdentity;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** Place of the request on its connection, from 1; 0 for a response whose request was not seen. */
  readonly ordinal: number;
  readonly request: RequestMessage | undefined;
  /** Interim responses (1xx), in order. */
  readonly interim: readonly ResponseMessage[];
  readonly response: ResponseMessage | undefined;
  /** Will the connection persist? As the sender of the response believes, and as its receiver must conclude. */
  readonly serverBelief: Persistence | undefined;
  readonly clientBelief: Persistence | undefined;
  /** The request was sent before the response to the one before it was complete. */
  readonly pipelined: boolean;
  /** The exchange before it on this connection. */
  readonly previous: Exchange | undefined;
  readonly wait: Wait | undefined;
  /** As `Connection.announced`: it settles which exchange of the hop before this one continues. */
  readonly announced: AnnouncedEnds | undefined;
  /** The last time that the rest of a message came only with the acknowledgement of its beginning, which was delayed. */
  readonly ackStall: AckStall | undefined;
  /** Octets that would have told more of this exchange are not in the capture. */
  readonly damaged: boolean;
  /** Whole messages may lie in holes before it on its connection: its response may be another one's, as far as the order tells. */
  readonly unaligned: boolean;
  /** What its server sent too much. It may come when the exchange has been told: the next one, or the end of the connection, shows it. */
  readonly excess: Excess | undefined;
  /** Nothing more can happen to it. */
  readonly ended: boolean;
}

/** What the http stage tells. */
export interface ExchangeSink {
  /** A message ended: complete, cut short, or at the end of input. In the order of their ends; it will not change any more. */
  message(message: Message, exchange: Exchange): void;
  /** A request head is complete. The exchange is a live view: valid during the call only, but its identity stays. */
  request(exchange: Exchange): void;
  /** A final response head is complete. */
  response(exchange: Exchange): void;
  /** A debt of this exchange passed a deadline. The exchange is a live view, as for `request`; `state` is a record of it as it stands. */
  waiting(exchange: Exchange, state: Exchange): void;
  /** Nothing more can happen to this exchange: it is a record from now on. */
  ended(exchange: Exchange): void;
  /** A connection is over, or the input is: one that carried HTTP, or one that is stuck (`ConnectionTable.isStuck`). */
  connection(connection: Connection): void;
  /** Any connection is over, for who compares points: its key, and the numbers with which its two sides began. */
  closed?(key: string, began: readonly [number, number]): void;
}

// ---------------------------------------------------------------------------------------------------- proxy

export type Confidence = 'proven' | 'strong' | 'likely' | 'possible';
export type AttemptRole = 'forward' | 'retry' | 'hedge' | 'redirect' | 'auth' | 'mirror';

/** One exchange on the next hop that continues the client-side one. */
export interface Attempt {
  readonly role: AttemptRole;
  readonly exchange: Exchange;
  /** Its connection as it stood when the relay was told; only where the client side waits, and while it is remembered. */
  readonly connection: Connection | undefined;
  /** Exchanges that began after it on its connection. */
  readonly laterExchanges: number;
  /** Something came on its connection before it that can make two ends count differently: an answer that nobody asked for, an interim response, a framing in doubt. */
  readonly doubtful: boolean;
  /** No answer to it was seen, or not all of it, and the capture may have lost that: octets of its connection are missing, or frames at that time. */
  readonly unseen: boolean;
  /** The exchange before it on its connection, once that is over: when its request came, and when it was over. */
  readonly before: { readonly start: number; readonly end: Moment } | undefined;
  /**
   * Its connection was opened for that of the client side before anything had come there to read, and all heads so far are the
   * same on both: a forwarder of octets does that, which is no hop of HTTP.
   */
  readonly copied: boolean;
}

/** One test of the statement "this request was never forwarded" (RULES section 7.5). */
export interface LookupCheck {
  readonly id: 'server-hop-visible' | 'no-gap' | 'no-candidate' | 'no-tls' | 'no-pending-connect';
  readonly passed: boolean;
  readonly text: string;
}

/** One exchange seen on two hops. */
export interface Relay {
  readonly clientSide: Exchange;
  /** In order of time; empty: never forwarded, answered locally, or not visible. */
  readonly attempts: readonly Attempt[];
  /** Other exchanges that fit as well, when it is ambiguous; at most 4. */
  readonly candidates: readonly Exchange[];
  readonly link: { readonly confidence: Confidence | 'ambiguous' | 'none'; readonly margin: number; readonly parts: readonly string[] };
  /** Set when there are no attempts and the client side waits. */
  readonly lookup: readonly LookupCheck[];
  /** The relay of the exchange before it on the client-side connection, where the client side waits. */
  readonly previous: Relay | undefined;
  /** What the proxy had sent on last for another client when it went on with this exchange, where the client side waits. */
  readonly turn: Turn | undefined;
  /** What is known of the route between these two hops. */
  readonly route: RouteProfile | undefined;
}

/** An exchange of another client that a proxy did last, and the connection to that client. */
export interface Turn {
  readonly relay: Relay;
  readonly connection: Connection | undefined;
}

/** The account that the pairing of hops gives of itself (RULES section 7.7). */
export interface PairingQuality {
  /** Client-side exchanges that were continued, that were not, and that could be continued by several. */
  readonly pairs: number;
  readonly unpaired: number;
  readonly ambiguous: number;
  /** From the first octet of the request on the client side to the first one on the next hop, in nanoseconds; NaN without pairs. */
  readonly medianLatency: number;
  /** Pairs that were sent on before they were received, and answered to the client before the proxy was answered. */
  readonly negativeLatency: number;
  readonly nestingViolated: number;
  /** False when too many pairs contradict their times: then nothing that spans two hops is more than possible. */
  readonly reliable: boolean;
  /** Evidence that weighed most, and in how many of the pairs that were sampled; the most frequent first. */
  readonly decidedBy: readonly { readonly evidence: string; readonly count: number }[];
}

/** What is known around a connection that is over when a rule looks at it. */
export interface ConnectionContext {
  /** The latest exchange on it. */
  readonly last: Exchange;
  /** Its relay, where it was seen on a next hop, too; and that of the exchange before it. */
  readonly relay: Relay | undefined;
  readonly before: Relay | undefined;
  readonly server: ServerProfile;
  readonly leak: Leak | undefined;
}

/** Durations in nanoseconds, as they spread. */
export interface Spread {
  readonly count: number;
  /** 0 and infinite where there is none. */
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Standard deviation; NaN where there is none. */
  readonly deviation: number;
}

/** Both connections of a relay when they are over, of one that one of them may have outlived: a tunnel, or a client that left. */
export interface EndedHops {
  readonly relay: Relay;
  readonly clientSide: Connection;
  readonly serverSide: Connection;
  /** The latest that was seen of anything by then. */
  readonly until: number;
}

/** Quantiles of durations in nanoseconds, to 9 %; NaN where there is none. */
export interface Latencies {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
}

/** Bounded statistics of one server, as its clients see it. */
export interface ServerProfile {
  readonly server: string;
  /** Requests that were the first on their connection, and later ones: how many, and how many were answered. */
  readonly first: number;
  readonly firstAnswered: number;
  readonly later: number;
  readonly laterAnswered: number;
  /** Time of the latest request that was answered, on any connection. */
  readonly lastAnsweredStart: number;
  /** Connections that were to be kept after their first response: closed by the server at once, and not so. */
  readonly closedAtOnce: number;
  readonly stayedOpen: number;
  /** From the first close at once to the latest: all at one instant they may be one stop of the server. */
  readonly closedAtOnceWithin: number;
  /** Kept connections that the server closed while nobody owed anything: how long they had been idle. */
  readonly idleCloses: Spread;
  /** From the last octet of a request to the first of its response. */
  readonly latencies: Latencies;
  /** Waits of 1 s and more that ended, by `<debt> <ending>` as in `Wait`. */
  readonly stalls: ReadonlyMap<string, Spread>;
  /** Routes of which one answer took 3 s and more to come, by path (`routeOf`). */
  readonly slowRoutes: ReadonlyMap<string, SlowRoute>;
  /** Targets (`Fingerprint.target`) that were answered sooner than that: each at the place of its lowest bits, the latest there. */
  readonly soonTargets: Int32Array;
}

/** What answers took that came late, and how many have come sooner since the first of them. */
export interface SlowRoute {
  readonly late: Spread;
  readonly soon: number;
}

/** An end that has acknowledged its peer's close and does not close itself. */
export interface Leak {
  readonly end: 'client' | 'server';
  /** The peer's close. */
  readonly fin: Moment;
  /** Connections that this host has left so up to now, with this one; the first of them since then. */
  readonly count: number;
  readonly since: number;
}

/** A frame on a connection, with the duration for which it was remembered. */
export interface Example {
  readonly connection: ConnectionIdentity;
  readonly moment: Moment;
  readonly duration: number;
}

/** A request whose effect may add up and that was never answered, and the same one on another connection. */
export interface Repeat {
  readonly first: Exchange;
  readonly again: Exchange;
}

/** Bounded statistics of one host and one server that it asks, over all connections between the two. */
export interface PeerProfile {
  readonly client: string;
  readonly server: Endpoint;
  /** Connections whose start was captured, that carried a request and that are over. */
  readonly connections: number;
  readonly requests: number;
  /** Requests that said close. */
  readonly closeAsked: number;
  /** Connections that carried one request, were kept by it, and that the server closed when they had been idle. */
  readonly single: number;
  /** Connections that were opened while another one to the same server was idle and kept. */
  readonly neglected: number;
  /** Kept connections that were idle when they were closed: by the server, and by this host itself. */
  readonly serverCloses: Spread;
  readonly ownCloses: Spread;
  /** From the server's close of an idle connection to this host's. */
  readonly reactions: Spread;
  /** Idle for so long, connections were used again. */
  readonly reuses: Spread;
  /**
   * Connections whose latest response had no body but fields that announce one, as to HEAD: how long they were idle when this host
   * closed them (not in `ownCloses`), and how often one was used again.
   */
  readonly bodiless: { readonly closes: Spread; readonly reused: number; readonly examples: readonly Example[] };
  /** Requests that met the server's close of an idle connection. */
  readonly races: number;
  readonly handshakes: Spread;
  /** From the first octet of a request to the last of its response. */
  readonly exchanges: Spread;
  /** Every request that was the first of its connection had the same target; from one of them to the next. */
  readonly sameTarget: boolean;
  readonly intervals: Spread;
  /** Requests that name who passed them on, and fields that a proxy should have taken out. */
  readonly forwarding: number;
  readonly leftovers: readonly string[];
  /** Closes of idle connections by the server; first requests; at most 3 each. */
  readonly closeExamples: readonly Example[];
  readonly requestExamples: readonly Example[];
  readonly longestReuse: Example | undefined;
  /** Delayed acknowledgements that messages had to wait for, on connections that were used again, by the side that had to wait. */
  readonly ackStalls: Readonly<Record<AckStall['by'], Spread>>;
  readonly ackExamples: readonly Example[];
  /** Requests that were sent again; at most 3 examples. Only those whose way to this host was not captured. */
  readonly repeats: { readonly count: number; readonly examples: readonly Repeat[] };
  /** Latest exchanges of connections between the two that `closedAtOnce` counts; at most 3. */
  readonly oneShots: readonly { readonly exchange: Exchange; readonly close: Moment }[];
  /** The server, for all that ask it. */
  readonly serves: ServerProfile | undefined;
  /** This host as a server, where it is one: the statistics of where it was asked. */
  readonly asked: ServerProfile | undefined;
}

/** What is known around an exchange when a rule looks at it. */
export interface ExchangeContext {
  readonly server: ServerProfile;
  /** Its request was seen on a next hop. */
  readonly forwarded: boolean;
  /** It and what continues it on the next hop, where that was seen. */
  readonly relay: Relay | undefined;
  /** The exchange of the hop before that it continues: a live view while it is not over. */
  readonly parent: Exchange | undefined;
  /** Where it waits: connections that its server's host tries to open meanwhile, and that nobody answers. */
  readonly knocking: readonly Connection[];
}

/** Bounded statistics of one route: proxy on the client side, server on the other side. */
export interface RouteProfile {
  readonly proxy: string;
  readonly server: string;
  readonly pairs: number;
  /** Server-side connections that carried more than one exchange. */
  readonly reused: number;
  /** How Connection on the server side follows the client side, per direction. */
  readonly request: VaryTable;
  readonly response: VaryTable;
  /** The same for the HTTP-version. */
  readonly versions: { readonly request: VaryTable; readonly response: VaryTable };
  /**
   * Client-side connections that the proxy closed as soon as the server had closed the one that carried their latest exchange,
   * and nothing else, and was to be kept; and those on which it closed one of the two by itself.
   */
  readonly closedWithServer: number;
  readonly closedByItself: number;
}

/** Paired messages of a route, by what the two hops carry in one field. */
export interface VaryTable {
  readonly equal: number;
  readonly different: number;
  readonly clientOnly: number;
  readonly serverOnly: number;
  readonly neither: number;
  /** Distinct values, "absent" being one, up to 8: on the hop where the message comes from, and on the next one. */
  readonly receivedValues: number;
  readonly sentValues: number;
}

// ---------------------------------------------------------------------------------------------------- rules

export type Severity = 'hang' | 'will-hang' | 'loss' | 'violation' | 'hygiene' | 'info';

/** Octets of the capture inside a text. Only a view turns them into characters. */
export interface Wire {
  /** Latin-1. */
  readonly octets: string;
  readonly kind: 'method' | 'target' | 'field-name' | 'field-value' | 'version' | 'reason' | 'host-name' | 'octets';
  /** For a field value the name of its field, in lower case; decides on redaction. */
  readonly name?: string;
}

export type Text = readonly (string | Wire)[];

/** The record of a frame in its file, or in what was unpacked or came through a pipe. */
export interface RecordPlace {
  readonly offset: number;
  readonly length: number;
}

/** A place in a capture that a reader can verify. */
export interface Evidence {
  readonly moment: Moment;
  /** Connection on which it was seen. */
  readonly connection: ConnectionIdentity;
  readonly hop: 'client-side' | 'server-side' | 'only';
  readonly from: 'client' | 'server';
  readonly text: Text;
  /** Where its record lies; the verdict adds it, where it is still known. */
  readonly record?: RecordPlace | undefined;
}

export interface Remedy {
  readonly product: string;
  readonly text: string;
}

export type HopRole = 'client-side' | 'server-side' | 'only';

/** What a box says of itself. */
export interface Signature {
  /** As in the hops of the candidate: `server` is that of a hop alone. */
  readonly box: 'proxy' | 'origin' | 'server';
  readonly field: 'Server' | 'Via';
  /** The value of Server, or its own part of Via. */
  readonly value: string;
}

/** What a rule found in one record. */
export interface Candidate {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: Text;
  /** The hop where the debt stands first. */
  readonly hops: readonly {
    readonly role: HopRole;
    readonly connection: ConnectionIdentity;
    readonly client: Endpoint;
    readonly server: Endpoint;
  }[];
  /** Undefined where it is about a connection without HTTP, or about many exchanges of one route. */
  readonly exchange: Exchange | undefined;
  readonly wait?: Wait | undefined;
  /** What the debtor owed was owed to it on the next hop: the box behind it is at fault. */
  readonly owedBehind?: true;
  /** Names of the fields at fault, as their RFC spells them. */
  readonly fields?: readonly string[];
  readonly direction?: 'request' | 'response' | 'both';
  readonly evidence: readonly Evidence[];
  readonly because: readonly Text[];
  readonly wouldChangeOurMind: readonly string[];
  /** Exchanges of other hops whose debt this one tells as well. */
  readonly covers?: readonly Exchange[];
  /** A finding that a connection was held up tells this one as well, where it stands. */
  readonly heldUpBy?: ConnectionIdentity;
  /** What the boxes of its hops say of themselves; no rule need fill this in. */
  readonly signatures?: readonly Signature[];
}

/**
 * What is special about a record, so that rules need not look at the many that have nothing of it. Of an exchange: of its two
 * messages and the exchange before it. Of a relay: of its client side and of what was seen on the next hop, but `wait` means the
 * client side alone; an exchange that was seen on two hops has the facts of its relay.
 */
export const FACTS = [
  /** Somebody waited. */
  'wait',
  /** Octets of it are not in the capture. */
  'damaged',
  /** A message is not complete, or was read leniently. */
  'unfinished',
  'oddities',
  /** A message of HTTP/1.0. */
  'http10',
  /** A response without request; an interim one; one that has no body whatever it says (1xx, 204, an accepted CONNECT or upgrade). */
  'unasked',
  'interim',
  'bodiless',
  /** The exchange before it: octets too many behind it, a close that was said in it, 10 s and more after it. */
  'excess',
  'after-close',
  'pause',
  /** It is the second one of its connection. */
  'second',
  /** A field of this name. */
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'te',
  'http2-settings',
  'proxy-authorization',
  /** Connection says anything but one "keep-alive" or "close", Transfer-Encoding anything but "chunked". */
  'options',
  'coding',
  /** The two hops of a message differ in its framing or length, or in the host that it is for. */
  'reframed',
  'another-host',
  /** The two ends of the next hop may count differently; the request was sent more than once. */
  'doubtful',
  'repeated',
  /** The next hop gave no answer. */
  'unanswered',
  /** A message has Connection on both hops, and may say the same in it. */
  'connection-twice',
  /** The first pair of its route; a route whose proxy was sent several versions; what the box passed on is a copy. */
  'first-of-route',
  'versions-vary',
  'copied',
] as const;

export type Fact = (typeof FACTS)[number];

interface RuleCommon {
  /** Kebab-case; names what is wrong. Never renamed. */
  readonly id: string;
  readonly title: string;
  readonly basis: readonly string[];
  readonly remedies: readonly Remedy[];
  /** What it finds is no fault: silences that somebody else explains. They are the exonerations of the report, not its findings. */
  readonly exonerates?: true;
  /** `check` finds nothing in an exchange or relay that has none of these facts, and is not asked then. */
  readonly onlyFor?: readonly Fact[];
  /** A second look at the latest exchange of a connection, when that is over: what only its end can tell. */
  ends?(connection: Connection, context: ConnectionContext, found: Sink<Candidate>): void;
  /** The same on a connection without HTTP that was left stuck. */
  checkStuck?(connection: Connection, found: Sink<Candidate>): void;
  /** The same in the statistics of two hosts: what one hop shows of what `check` sees on two. */
  checkPeer?(profile: PeerProfile, found: Sink<Candidate>): void;
}

/** What can be wrong. A pure function of one record. */
export type Rule =
  | (RuleCommon & { readonly on: 'exchange'; check(exchange: Exchange, context: ExchangeContext, found: Sink<Candidate>): void })
  | (RuleCommon & { readonly on: 'relay'; check(relay: Relay, found: Sink<Candidate>): void })
  | (RuleCommon & { readonly on: 'connection'; ends(connection: Connection, context: ConnectionContext, found: Sink<Candidate>): void })
  | (RuleCommon & { readonly on: 'hops'; check(hops: EndedHops, found: Sink<Candidate>): void })
  | (RuleCommon & { readonly on: 'profile'; check(profile: PeerProfile, found: Sink<Candidate>): void });

/** A candidate and the rule that found it. */
export interface RuleCandidate {
  readonly rule: Rule;
  readonly candidate: Candidate;
}

// ---------------------------------------------------------------------------------------------------- verdict

/** A candidate that stands, with its place in the report. */
export interface Finding extends Candidate {
  /** F1, F2 ... for what does harm, V1 ... for what breaks a rule, N1 ... for notes; each in order of first emission. */
  readonly id: string;
  /** Holds no port and no time. */
  readonly fingerprint: string;
  readonly group: string;
  readonly rule: string;
  readonly title: string;
  readonly basis: readonly string[];
  readonly remedies: readonly Remedy[];
  readonly partOf: string | undefined;
  readonly children: readonly Finding[];
}

/** Findings of one cause: rule, roles, route. */
export interface Group {
  readonly id: string;
  readonly rule: string;
  /** How many there are in all; `findings` in the report keeps the first 100. */
  readonly count: number;
}

// ---------------------------------------------------------------------------------------------------- report

/** Of one file. */
export interface CaptureHealth {
  /** Those that begin in this file; the ones of a ring that go on from the file before are counted apart. */
  readonly connections: number;
  readonly continued: number;
  readonly synSeen: number;
  readonly bothDirections: number;
  readonly gaps: number;
  readonly duplicates: number;
  readonly cutFrames: number;
  readonly dropped: number | undefined;
  /** What is not read: connections of TLS, connections that speak HTTP/2 in plain text, datagrams of QUIC (HTTP/3). */
  readonly encrypted: number;
  readonly http2: number;
  readonly quic: number;
  /** Headers of tunnels, by name. */
  readonly tunnels: readonly { readonly name: string; readonly headers: number }[];
}

export interface CaptureReport extends CaptureFacts {
  readonly observedUntil: number;
  readonly health: CaptureHealth;
}

/** A connection as one line of a drawing. */
export type ConnectionOutline = Pick<Connection, 'key' | 'client' | 'server' | 'first' | 'last'>;

export interface Report {
  readonly tool: { readonly name: 'hopcheck'; readonly version: string };
  readonly base: TimeBase;
  readonly captures: readonly CaptureReport[];
  readonly verdict: Text;
  readonly connections: number;
  readonly exchanges: number;
  readonly relays: number;
  /** The first connections with HTTP that ended, up to 100: for a time line. */
  readonly outlines: readonly ConnectionOutline[];
  /** Addresses of each proxy that was recognised: client-side, server-side. */
  readonly proxies: readonly (readonly string[])[];
  readonly pairing: PairingQuality;
  /** Records that each rule looked at, those aside that exonerate. */
  readonly rules: readonly { readonly id: string; readonly lookedAt: number }[];
  readonly findings: readonly Finding[];
  readonly groups: readonly Group[];
  readonly exonerations: readonly Finding[];
  /** Frame-number resolver: the file that holds a frame of a point, and the number in it. */
  locate(point: number, frame: number): { readonly capture: number; readonly frame: number };
}
