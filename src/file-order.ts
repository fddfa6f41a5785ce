/**
 * Wireshark numbers connections in the order of the file. Where frames are handled in another one (capture/time-order.ts), each is
 * looked at beforehand, for the number of its connection and nothing else.
 */

import type { Addresses } from './decode/addresses.ts';
import { newDecodeFacts } from './decode/decode-facts.ts';
import { decodeFrames } from './decode/decode-frames.ts';
import { assembleFlows } from './flow/assemble-flows.ts';
import type { FlowSink, Frame, Segment } from './model.ts';

const NOTHING = (): void => undefined;
const NOBODY: FlowSink = { data: NOTHING, gap: NOTHING, acked: NOTHING, fin: NOTHING, reset: NOTHING, closed: NOTHING };

/** Of each frame of one file, in its order: the number of its connection, -1 for none. `keep`: those that count. */
export function streamsOfFile(addresses: Addresses, keep: (segment: Segment) => boolean): (frame: Frame) => number {
  const flow = assembleFlows(0, '', addresses, () => NOBODY);
  let stream = -1;
  const take = (segment: Segment, quoted: boolean): void => {
    if (keep(segment)) stream = flow.number(segment, quoted);
  };
  const decode = decodeFrames(addresses, newDecodeFacts(), (segment) => take(segment, false), take);
  return (frame) => {
    stream = -1;
    decode.push(frame);
    return stream;
  };
}
