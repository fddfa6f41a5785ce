/**
 * Which files are parts of one ring, and which were taken at another place: the points of capture (DESIGN section 1).
 *
 * Parts of a ring have one link type and follow each other in time, and either they lie in one folder and are called the same
 * but for a number, or connections go on from one to the next. Everything else is a point of its own, and so are files that saw the
 * same connection begin: their clocks are apart. --point says otherwise.
 */
import path from 'node:path';

/** What the two ends of a file tell. */
export interface FileEnds {
  readonly path: string;
  readonly linkType: string;
  /** Epoch seconds of its first and last frame; NaN where they are not known. */
  readonly begins: number;
  readonly ends: number;
  /** Where connections stand when it begins and when it ends: their ends, and the next sequence number. */
  readonly opens: ReadonlySet<string>;
  readonly closes: ReadonlySet<string>;
  /** Connections that were accepted where it begins: the ends, and the number that the server drew by lot. */
  readonly accepts: ReadonlySet<string>;
}

export interface PointFiles {
  readonly name: string;
  /** In the order of their times. */
  readonly paths: readonly string[];
  /** Why these files are one point, or why this one stands alone; in the words of a report. */
  readonly assumed: string;
}

/** Seconds by which a part may begin before the one before it ends: frames of several interfaces race each other. */
const RACE = 1;
const ENDINGS = /(?:\.(?:gz|zst|pcap|pcapng|cap|dmp|dump))+$/i;

interface Ring {
  readonly files: FileEnds[];
  /** Why its files belong together, or why they do not belong to another ring. */
  reason: string | undefined;
}

/** The points in the order in which their files were given. */
export function groupPoints(files: readonly FileEnds[]): readonly PointFiles[] {
  const rings: Ring[] = [];
  for (const file of inTime(files)) {
    const ring = rings.find((candidate) => link(candidate, file) !== undefined);
    if (ring === undefined) rings.push({ files: [file], reason: undefined });
    else {
      ring.reason ??= link(ring, file);
      ring.files.push(file);
    }
  }
  const place = (ring: Ring): number => Math.min(...ring.files.map((file) => files.indexOf(file)));
  return rings
    .sort((a, b) => place(a) - place(b))
    .map((ring, index) => ({ name: `p${index + 1}`, paths: ring.files.map((file) => file.path), assumed: assumed(ring, rings) }));
}

/** By their first frames; a file whose time is not known stays where it is. */
function inTime(files: readonly FileEnds[]): readonly FileEnds[] {
  const timed = files.filter(({ begins }) => !Number.isNaN(begins)).sort((a, b) => a.begins - b.begins);
  let next = 0;
  return files.map((file) => (Number.isNaN(file.begins) ? file : (timed[next++] ?? file)));
}

/** What makes the file the next part of the ring; undefined when nothing does. */
function link({ files }: Ring, file: FileEnds): string | undefined {
  const last = files.at(-1);
  if (last === undefined || files.some((part) => part.path === file.path)) return undefined;
  if (last.linkType !== file.linkType || !follows(last, file) || files.some((part) => sawTheSame(part, file))) return undefined;
  if (stemOf(last.path) === stemOf(file.path)) return 'their names are numbered and their times follow each other';
  return [...file.opens].some((place) => last.closes.has(place)) ? 'connections go on from one to the next' : undefined;
}

/** A connection begins once: who saw it, too, stood elsewhere at the same time, whatever the clocks say. */
function sawTheSame(one: FileEnds, other: FileEnds): boolean {
  return [...other.accepts].some((connection) => one.accepts.has(connection));
}

/** The end of a packed file is not known; its beginning is. */
function follows(last: FileEnds, file: FileEnds): boolean {
  return last.begins <= file.begins && !(last.ends > file.begins + RACE);
}

function assumed({ files, reason }: Ring, rings: readonly Ring[]): string {
  if (reason !== undefined) return `taken for parts of one ring, because ${reason}`;
  const file = files[0];
  const others = rings.flatMap((ring) => ring.files).filter((other) => other !== file);
  const overlaps = others.some((other) => file !== undefined && !follows(other, file) && !follows(file, other));
  return `taken for a place of capture of its own${overlaps ? ', because its time overlaps with that of another file' : ''}`;
}

/** Folder and name without its numbers and endings; "ring", "ring1" and "ring_00002_20261122" are one stem. */
function stemOf(file: string): string {
  const name = path.basename(file).replace(ENDINGS, '');
  return path.join(path.dirname(file), name.replace(/[\d_.-]+$/, '').replace(/\d+/g, '#'));
}
