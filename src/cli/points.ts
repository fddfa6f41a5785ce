/**
 * Which files are parts of one ring, and which were taken at another place: the points of capture (DESIGN section 1).
 *
 * Parts of a ring lie in one folder, are called the same but for a number, have one link type and begin one after the other.
 * Everything else is a point of its own; --point says otherwise.
 */
import path from 'node:path';

/** What the first octets of a file tell. */
export interface FileStart {
  readonly path: string;
  readonly linkType: string;
  /** Epoch seconds of its first frame; NaN where it has none. */
  readonly begins: number;
}

export interface PointFiles {
  readonly name: string;
  readonly paths: readonly string[];
}

const ENDINGS = /(?:\.(?:gz|zst|pcap|pcapng|cap|dmp|dump))+$/i;

/** The points in the order of their first files; the files of each as they were given. */
export function groupPoints(files: readonly FileStart[]): readonly PointFiles[] {
  const groups: FileStart[][] = [];
  for (const file of files) {
    const ring = groups.find((group) => goesOn(group, file));
    if (ring === undefined) groups.push([file]);
    else ring.push(file);
  }
  return groups.map((group, index) => ({ name: `p${index + 1}`, paths: group.map((file) => file.path) }));
}

function goesOn(group: readonly FileStart[], file: FileStart): boolean {
  const last = group.at(-1);
  return (
    last !== undefined &&
    stemOf(last.path) === stemOf(file.path) &&
    last.path !== file.path &&
    last.linkType === file.linkType &&
    last.begins <= file.begins
  );
}

/** Folder and name without its numbers and endings; "ring", "ring1" and "ring_00002_20261122" are one stem. */
function stemOf(file: string): string {
  const name = path.basename(file).replace(ENDINGS, '');
  return path.join(path.dirname(file), name.replace(/[\d_.-]+$/, '').replace(/\d+/g, '#'));
}
