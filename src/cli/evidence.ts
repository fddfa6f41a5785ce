/**
 * --evidence: the connections of the findings, cut out of the captures -> pcapng whose frames carry the findings as comments.
 *
 * The captures are read twice more: once to know which octets may be shown, once to write; of a pipe, what a ring of frames still
 * holds. Frame numbers change on the way, so every comment names the frame as it was. With --anonymize the packets are made anew, with the addresses of the report.
 */
import { newAddresses } from '../decode/addresses.ts';
import { newDecodeFacts } from '../decode/decode-facts.ts';
import { decodeFrames } from '../decode/decode-frames.ts';
import { linkTypeName } from '../link-types.ts';
import type { Finding, Frame, Report, Segment } from '../model.ts';
import { evidenceFrames } from '../view/contract.ts';
import { boxesOf } from '../view/overview.ts';
import { enhancedPacket, interfaceDescription, nameResolution, sectionHeader } from '../view/pcapng.ts';
import { plain, type Secrecy, safeText } from '../view/safe.ts';
import { all } from './choice.ts';
import { type FrameRing, HELD_MIB } from './frame-ring.ts';
import { isReadOnce } from './input-file.ts';
import type { CaptureName, Io } from './io.ts';
import { portsOf } from './narrow-options.ts';
import type { ReadingOptions } from './options.ts';
import { headerOf, patchedFrame } from './patch-frame.ts';
import { addressOctets, LINKTYPE_RAW, rawPacket } from './raw-packet.ts';
import { SecondLook } from './second-look.ts';
import { Session } from './session.ts';
import { endsOf, type Suspect, VisibleOctets } from './visible-octets.ts';

const NANOSECONDS = 1_000_000_000n;
/** Frames that are held no more, by number. */
const MOST_NAMED = 20;

export interface Told {
  /** As it was found, and as it may be told. */
  readonly found: Report;
  readonly told: Report;
  readonly secrecy: Secrecy;
  /** The pseudonym of an address, with --anonymize. */
  readonly pseudonym: ((address: string) => string) | undefined;
  /** The frames of inputs that cannot be read again. */
  readonly ring: FrameRing | undefined;
}

export interface Written {
  readonly frames: number;
  /** Frames that could not be shown without more than may be shown. */
  readonly leftOut: number;
  /** What came through a pipe and is held no more, in sentences. */
  readonly gone: readonly string[];
}

/** Throws Refusal when the captures have changed meanwhile. */
export async function writeEvidence(
  inputs: readonly CaptureName[],
  told: Told,
  options: ReadingOptions,
  io: Io,
  write: (bytes: Uint8Array) => void,
): Promise<Written> {
  const pairs = new Set(all([...told.found.findings]).flatMap(pairsOf));
  const { ring } = told;
  const read = async (look: SecondLook): Promise<void> => {
    const session = new Session(io, { ...options, quiet: true });
    for (const input of inputs) {
      if (ring === undefined || !isReadOnce(input.path)) await session.read([input], look, () => undefined);
      else look.replay(ring, input.path, input.point);
    }
    look.finish(told.found.captures);
  };
  const httpPorts = portsOf(options.port ?? []);
  const visible = new Map<number, VisibleOctets>();
  await read(
    new SecondLook((point) => {
      const octets = new VisibleOctets(point, (one, other) => pairs.has(pairOf(one, other)), told.secrecy, httpPorts);
      visible.set(point, octets);
      return octets;
    }),
  );
  const writer = new EvidenceWriter(told, write);
  const look = new SecondLook((point) => writer.point(point, visible.get(point)?.suspects ?? [], () => look.base.seconds));
  await read(look);
  return writer;
}

class EvidenceWriter implements Written {
  frames = 0;
  leftOut = 0;
  readonly gone: readonly string[];
  private readonly told: Told;
  private readonly write: (bytes: Uint8Array) => void;
  private readonly interfaces = new Map<string, number>();
  private readonly comments: ReadonlyMap<string, readonly string[]>;

  constructor(told: Told, write: (bytes: Uint8Array) => void) {
    const { report, verdict } = { report: told.told, verdict: safeText(told.told.verdict, told.secrecy) };
    this.told = told;
    this.write = write;
    this.comments = commentsOf(report, told.secrecy);
    const hidden = told.secrecy.showSecrets ? [] : ['Secrets and bodies are overwritten with filler of the same length.'];
    this.gone = heldNoMore(told);
    write(sectionHeader(`${report.tool.name} ${report.tool.version}`, [verdict, ...hidden, ...this.gone]));
    write(nameResolution(rolesOf(report.findings)));
  }

  point(point: number, suspects: readonly Suspect[], seconds: () => number): { newCapture(): void; push(frame: Frame): void; end(): void } {
    const byPair = grouped(suspects);
    const addresses = newAddresses();
    const take = (segment: Segment): void => {
      const ends = endsOf(segment, addresses);
      const { number } = segment.frame;
      const suspect = byPair.get(pairOf(...ends))?.find(({ firstFrame, lastFrame }) => firstFrame <= number && number <= lastFrame);
      if (suspect !== undefined) this.frame(point, segment, suspect, ends, seconds());
    };
    const decode = decodeFrames(addresses, newDecodeFacts(), take, () => undefined);
    return { newCapture: () => undefined, push: (frame) => decode.push(frame), end: () => decode.end() };
  }

  private frame(point: number, segment: Segment, suspect: Suspect, ends: readonly [string, string], seconds: number): void {
    const { frame } = segment;
    const { told, secrecy, pseudonym } = this.told;
    const direction = suspect.directions[suspect.ends[0] === ends[0] ? 0 : 1];
    const shown = secrecy.showSecrets ? frame.bytes.slice(frame.start, frame.end) : patchedFrame(frame, segment, direction);
    const octets = shown === undefined || pseudonym === undefined ? shown : anonymousPacket(shown, segment, ends, pseudonym);
    if (octets === undefined) {
      this.leftOut++;
      return;
    }
    const place = told.locate(point, frame.number);
    const linkType = pseudonym === undefined ? frame.linkType : LINKTYPE_RAW;
    const name = plain(told.captures[place.capture]?.name ?? '');
    const comments = (this.comments.get(`${place.capture}:${place.frame}`) ?? []).map(
      (text) => `${text} [frame ${place.frame} of ${name}]`,
    );
    const time = BigInt(Math.trunc(seconds)) * NANOSECONDS + BigInt(Math.round(frame.time));
    const wireLength = pseudonym === undefined ? frame.wireLength : octets.length + segment.length - (segment.end - segment.start);
    // Frames of several interfaces may not be in the order of time: who reads this can put them in order by their interfaces.
    const interfaceId = this.interfaceOf(place.capture, frame, linkType);
    this.write(enhancedPacket({ interfaceId, time, wireLength }, octets, comments));
    this.frames++;
  }

  /** All interfaces of a capture are described before its first frame. */
  private interfaceOf(capture: number, frame: Frame, linkType: number): number {
    const known = this.interfaces.get(keyOf(capture, frame.interfaceId, linkType));
    if (known !== undefined) return known;
    const { interfaces = [] } = this.told.told.captures[capture] ?? {};
    for (const [id, described] of interfaces.entries())
      if (described.linkType === linkTypeName(frame.linkType)) this.describe(capture, id, linkType);
    return this.describe(capture, frame.interfaceId, linkType);
  }

  private describe(capture: number, id: number, linkType: number): number {
    const key = keyOf(capture, id, linkType);
    const known = this.interfaces.get(key) ?? this.interfaces.size;
    if (known < this.interfaces.size) return known;
    this.write(interfaceDescription(linkType, plain(this.told.told.captures[capture]?.name ?? '')));
    this.interfaces.set(key, known);
    return known;
  }
}

function keyOf(capture: number, interfaceId: number, linkType: number): string {
  return `${capture}, ${interfaceId}, ${linkType}`;
}

/** What the ring does not hold any more: its end is all that there is to look at. */
function heldNoMore({ ring, told }: Told): string[] {
  if (ring === undefined) return [];
  return told.captures.flatMap(({ index, name, frames, firstFrame }) => {
    const first = Math.min(ring.firstHeld(index) - firstFrame, frames + 1);
    if (first <= 1 || !ring.isOf(index)) return [];
    const places = all([...told.findings]).flatMap((finding) => evidenceFrames(told, finding));
    const evidence = places.filter(({ capture }) => capture === index).flatMap((place) => place.frames.filter((frame) => frame < first));
    const gone = [...new Set(evidence)].sort((one, other) => one - other);
    const among =
      gone.length === 0
        ? 'no evidence among them'
        : `evidence among them: ${gone.slice(0, MOST_NAMED).join(', ')}${gone.length > MOST_NAMED ? ' ...' : ''}`;
    return [`${plain(name)}: of a pipe the last ${HELD_MIB} MiB are held, so frames 1 to ${first - 1} are missing, ${among}`];
  });
}

/** Undefined where the TCP header does not lie in the frame. */
function anonymousPacket(
  octets: Uint8Array,
  segment: Segment,
  ends: readonly [string, string],
  pseudonym: (address: string) => string,
): Uint8Array | undefined {
  const { frame, start, end, length } = segment;
  const header = segment.bytes === frame.bytes ? headerOf(octets, start - frame.start, segment) : undefined;
  if (header === undefined) return undefined;
  const tcp = octets.subarray(header, end - frame.start);
  const addresses = ends.map((end) => pseudonym(end.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '')));
  const [source = '', destination = ''] = addresses;
  return rawPacket([source, destination], tcp, start - frame.start - header + length);
}

function grouped(suspects: readonly Suspect[]): ReadonlyMap<string, readonly Suspect[]> {
  const groups = new Map<string, Suspect[]>();
  for (const suspect of suspects) {
    const others = groups.get(pairOf(...suspect.ends));
    if (others === undefined) groups.set(pairOf(...suspect.ends), [suspect]);
    else others.push(suspect);
  }
  return groups;
}

function pairsOf({ hops, evidence }: Finding): string[] {
  return [...hops.map(({ connection }) => connection), ...evidence.map(({ connection }) => connection)].map(({ ends }) =>
    pairOf(ends[0].text, ends[1].text),
  );
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** By capture and frame: "F1 hang, dumb-proxy-deadlock: GET /logo.gif". */
function commentsOf(report: Report, secrecy: Secrecy): ReadonlyMap<string, readonly string[]> {
  const comments = new Map<string, string[]>();
  for (const finding of all(report.findings)) {
    for (const { connection, moment, text } of finding.evidence) {
      const { capture, frame } = report.locate(connection.point, moment.frame);
      const said = `${finding.id} ${finding.severity}, ${finding.rule}: ${safeText(text, secrecy)}`;
      const others = comments.get(`${capture}:${frame}`);
      if (others === undefined) comments.set(`${capture}:${frame}`, [said]);
      else if (!others.includes(said)) others.push(said);
    }
  }
  return comments;
}

/** What Wireshark shows instead of the addresses: client, proxy, origin; the second of a kind has a number. */
function rolesOf(findings: readonly Finding[]): (readonly [Uint8Array, string])[] {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const finding of findings) {
    for (const { name, endpoints } of boxesOf(finding)) {
      for (const endpoint of endpoints) {
        const address = endpoint.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
        if (names.has(address)) continue;
        const count = (counts.get(name) ?? 0) + 1;
        counts.set(name, count);
        names.set(address, count === 1 ? name : `${name}-${count}`);
      }
    }
  }
  return [...names].map(([address, name]) => [addressOctets(address), name] as const);
}
