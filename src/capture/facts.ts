/**
 * What a reader writes besides frames: the facts of its file. A damage (something of the file could not be read) takes `complete` away, an issue alone does not. Issues are merged by code: the first one's text, offset and
 * frame stay, the count grows.
 */
import { linkTypeName } from '../link-types.ts';
import type { CaptureFacts, Frame, Issue } from '../model.ts';

export interface IssuePlace {
  readonly offset?: number;
  readonly frame?: number;
  /** How many of them at once; 1 when left out. */
  readonly count?: number;
}

/** @param firstFrame number in the point of this file's first frame, minus one */
export function newCaptureFacts(index: number, name: string, point: string, firstFrame: number): CaptureFacts {
  return {
    index,
    name,
    point,
    format: undefined,
    linkTypes: [],
    firstFrame,
    frames: 0,
    bytes: 0,
    firstTime: Number.NaN,
    lastTime: Number.NaN,
    complete: true,
    dropped: undefined,
    cutFrames: 0,
    interfaces: [],
    names: [],
    comments: 0,
    issues: [],
  };
}

/** The view that a reader fills for each frame. `time` and `offset` start as NaN, so that V8 stores them as doubles from the first on. */
export function newFrame(capture: number): Frame {
  return {
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    wireLength: 0,
    time: Number.NaN,
    number: 0,
    offset: Number.NaN,
    recordLength: 0,
    capture,
    linkType: 0,
    interfaceId: 0,
  };
}

export function addIssue(facts: CaptureFacts, code: string, message: string, place: IssuePlace): void {
  const { count = 1 } = place;
  const known = facts.issues.findIndex((issue) => issue.code === code);
  const first = facts.issues[known];
  if (first === undefined) facts.issues.push({ ...place, code, message, count } satisfies Issue);
  else facts.issues[known] = { ...first, count: first.count + count };
}

/** An issue that means that a part of the file was not read. */
export function addDamage(facts: CaptureFacts, code: string, message: string, place: IssuePlace): void {
  facts.complete = false;
  addIssue(facts, code, message, place);
}

/** No capture has that many; a hostile one can have 65,536. */
const LINK_TYPE_LIMIT = 64;

export function addLinkType(facts: CaptureFacts, linkType: number): void {
  const name = linkTypeName(linkType);
  if (facts.linkTypes.includes(name)) return;
  if (facts.linkTypes.length < LINK_TYPE_LIMIT) facts.linkTypes.push(name);
  else addIssue(facts, 'link-type-limit', `more than ${LINK_TYPE_LIMIT} link types, of which only the first are listed`, {});
}

const SECOND = 1e9;

/** Frames of two interfaces that are further apart change the order of what a proxy receives and what it sends. */
const RACE = 2e6;
const UNSORTED =
  'frames of several interfaces are too far from the order of time to be sorted while they are read, so an exchange may not be recognised on its next hop: sort them with reordercap, which comes with Wireshark';

/**
 * Called for each frame that is earlier than the one before it on its interface: small steps are the usual race of capture queues.
 * True where it was a large one, as of a clock that was set back.
 */
export function noteTimeStep(facts: CaptureFacts, before: number, time: number, offset: number, frame: number): boolean {
  const large = before - time > SECOND;
  if (large) addIssue(facts, 'time-backwards', 'time runs backwards by more than a second', { offset, frame });
  return large;
}

/** Called for each frame that comes behind a later one of another interface, though they were put in order. */
export function noteUnsorted(facts: CaptureFacts, before: number, time: number, { offset, number }: Frame): void {
  if (before - time > RACE) addIssue(facts, 'interfaces-unsorted', UNSORTED, { offset, frame: number });
}

/** Called where the header of another file stands between the records. */
export function noteJoined(facts: CaptureFacts, offset: number): void {
  addIssue(facts, 'file-header', 'the header of another capture file between the records: files were joined', { offset });
}

/** Called for each frame that the capture cut. */
export function noteCutFrame(facts: CaptureFacts, offset: number, frame: number): void {
  facts.cutFrames++;
  if (facts.cutFrames > 1) return;
  addIssue(facts, 'frame-cut', 'frames hold only a part of what was on the wire: capture with tcpdump -s 0', { offset, frame });
}

/** At the end of input the issue `frame-cut` learns how many they were. */
export function countCutFrames(facts: CaptureFacts): void {
  const at = facts.issues.findIndex((issue) => issue.code === 'frame-cut');
  const issue = facts.issues[at];
  if (issue !== undefined) facts.issues[at] = { ...issue, count: facts.cutFrames };
}
