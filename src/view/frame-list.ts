/** The evidence of a finding -> its frames, in a line. */
import type { Finding, Report } from '../model.ts';
import { evidenceFrames } from './contract.ts';
import { captureMark } from './overview.ts';

/** The first frames of its evidence: "frames 14, 19". */
export function framesInWords(report: Report, finding: Finding): string {
  const list = evidenceFrames(report, finding)
    .map(({ capture, frames }) => frames.slice(0, 6).join(', ') + captureMark(report, capture))
    .join(', ');
  return list === '' ? '' : `${list.includes(', ') ? 'frames' : 'frame'} ${list}`;
}
