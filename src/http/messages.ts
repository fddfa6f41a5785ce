/**
 * The facts of a head to an open message: what is known of it the moment its blank line arrives.
 *
 * Hot: runs per message; bench/ measures it on the mix of small ones. One object of one shape each, and no text of a target
 * before somebody asks for it. A copy is made by `copyOf` (src/records.ts), since a spread leaves the getter behind.
 */
import { emptyList } from '../lists.ts';
import type { ChunkPosition, Field, Fingerprint, Framing, Moment, RequestMessage, ResponseMessage } from '../model.ts';
import { octetsOf } from '../octets.ts';
import { fingerprintOf } from './fingerprint.ts';
import { framingOddities, rememberedFraming } from './framing.ts';
import { odditiesOf } from './head.ts';
import type { HeadFacts } from './head-facts.ts';
import type { StoredText, TextStore } from './text-store.ts';

/** Where a head began. */
export interface HeadStart {
  readonly headFrame: number;
  readonly headTime: number;
}

/** Numbers begin as what they will be, NaN where that is no small integer: so all records of a kind have one layout. */
class MessageRecord {
  readonly version: string;
  readonly fields: readonly Field[];
  readonly options: readonly string[];
  readonly notable: number;
  readonly framing: Framing;
  readonly contentLength: number = Number.NaN;
  oddities: readonly string[];
  readonly fingerprint: Fingerprint;
  readonly firstFrame: number = 0;
  readonly firstTime: number = Number.NaN;
  readonly headFrame: number = 0;
  readonly headTime: number = Number.NaN;
  lastFrame = 0;
  lastTime = Number.NaN;
  bodyOctets = 0;
  complete = false;
  missingOctets = 0;
  chunk: ChunkPosition | undefined;
  tail = '';
  seemsComplete = false;
  endOffset = Number.NaN;
  acked: Moment | undefined;

  constructor(facts: HeadFacts, bytes: Uint8Array, method: string | undefined, start: HeadStart, frame: number, time: number) {
    const { length, coding, version, response } = facts;
    this.version = version;
    this.fields = fieldsOf(facts);
    this.options = facts.options;
    this.notable = facts.notable;
    this.framing = rememberedFraming(response, method, facts.status, coding, length);
    if (length.kind === 'octets') this.contentLength = length.octets;
    this.oddities = allOddities(odditiesOf(facts.oddities), framingOddities(coding, length, version, facts.twiceChunked));
    this.fingerprint = fingerprintOf(facts, bytes);
    this.firstFrame = start.headFrame;
    this.firstTime = start.headTime;
    this.headFrame = frame;
    this.headTime = time;
    this.lastFrame = frame;
    this.lastTime = time;
  }
}

export class OpenRequest extends MessageRecord implements RequestMessage {
  readonly kind = 'request';
  readonly method: string;
  readonly absoluteForm: boolean;
  private readonly stored: StoredText;

  constructor(facts: HeadFacts, bytes: Uint8Array, texts: TextStore, start: HeadStart, frame: number, time: number) {
    super(facts, bytes, facts.method, start, frame, time);
    this.method = facts.method;
    this.absoluteForm = isAbsolute(bytes, facts.targetStart, facts.targetEnd);
    this.stored = texts.keep(bytes, facts.targetStart, facts.targetEnd);
  }

  get target(): string {
    return this.stored.text;
  }
}

export class OpenResponse extends MessageRecord implements ResponseMessage {
  readonly kind = 'response';
  readonly status: number;
  readonly reason: string;

  /** `method` is that of the request it answers: undefined where that was not seen. */
  constructor(facts: HeadFacts, bytes: Uint8Array, method: string | undefined, start: HeadStart, frame: number, time: number) {
    super(facts, bytes, method, start, frame, time);
    this.status = facts.status;
    this.reason = facts.reason;
  }
}

export type OpenMessage = OpenRequest | OpenResponse;

const HTTP = octetsOf('http://');
const HTTPS = octetsOf('https://');

function isAbsolute(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === HTTP[0] && (beginsWith(HTTP, bytes, start, end) || beginsWith(HTTPS, bytes, start, end));
}

function beginsWith(scheme: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < scheme.length) return false;
  for (let at = 0; at < scheme.length; at++) if (bytes[start + at] !== scheme[at]) return false;
  return true;
}

const NO_FIELDS: readonly Field[] = emptyList();

/** A list of just that length: one that grows has room for seventeen. */
function fieldsOf({ fields, kept }: HeadFacts): readonly Field[] {
  return kept === 0 ? NO_FIELDS : fields.slice(0, kept);
}

function allOddities(some: readonly string[], others: readonly string[]): readonly string[] {
  return others.length === 0 ? some : [...some, ...others];
}
