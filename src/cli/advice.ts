/**
 * What a report's captures lack -> how to capture better next time. Each line has its reason in the capture; a capture that
 * lacks nothing gets none.
 */
import type { CaptureReport, Report } from '../model.ts';

interface Lack {
  readonly applies: (capture: CaptureReport, report: Report) => boolean;
  readonly advice: string;
}

const LACKS: readonly Lack[] = [
  {
    applies: ({ health }) => (health.dropped ?? 0) > 0,
    advice: 'frames were lost while capturing: give tcpdump a larger buffer and a narrower filter, -B 16384',
  },
  {
    applies: ({ health, cutFrames }) => health.gaps > 0 && cutFrames === 0 && (health.dropped ?? 0) === 0,
    advice: 'octets are missing that were acknowledged, so the capture lost them: tcpdump -B 16384',
  },
  { applies: ({ cutFrames }) => cutFrames > 0, advice: 'frames are cut: tcpdump -s 0' },
  {
    applies: ({ issues }) => issues.some(({ code }) => ENDS_EARLY.has(code)) && !issues.some(({ code }) => code.startsWith('packing-')),
    advice: 'the file ends in the middle of a frame: use tcpdump -U, and wait 3 s before Ctrl-C',
  },
  {
    applies: (capture) => capture.health.synSeen < capture.health.connections && !isNarrowed(capture),
    advice: 'connections began before the capture: start it first, then the traffic, or capture for longer',
  },
  {
    applies: ({ health }) => health.bothDirections < health.connections,
    advice: 'of some connections one direction is here: capture on a host that both directions pass, with tcpdump -i any',
  },
  {
    applies: ({ health }) => health.connections > 0 && health.encrypted === health.connections,
    advice: 'all connections are encrypted: capture behind the place where TLS ends',
  },
  {
    applies: ({ health }) => health.http2 > 0 || health.quic > 0,
    advice: 'HTTP/2 and HTTP/3 are not read: capture where HTTP/1.1 is spoken, most often between the proxy and its servers',
  },
  {
    applies: isUnsorted,
    advice: 'frames of several interfaces are not in the order of time: sort them first, reordercap IN OUT (it comes with Wireshark)',
  },
  {
    applies: (capture, { exchanges, relays }) =>
      capture.health.connections > 0 && exchanges > 0 && relays === 0 && !isUnsorted(capture) && !isNarrowed(capture),
    advice: 'no exchange is seen on two hops: capture both sides of the proxy, on its host with tcpdump -i any',
  },
  {
    applies: (capture) => capture.frames > 0 && capture.health.connections === 0 && !isNarrowed(capture),
    advice: 'there is no TCP in it: look at the filter and the interface of tcpdump, -i any tcp',
  },
];

function isUnsorted({ issues }: CaptureReport): boolean {
  return issues.some(({ code }) => code === 'interfaces-unsorted');
}

/** What it lacks may have been left out here. */
function isNarrowed({ issues }: CaptureReport): boolean {
  return issues.some(({ code }) => code.startsWith('narrowed-'));
}

const ENDS_EARLY: ReadonlySet<string> = new Set(['capture-cut', 'padding']);

export function adviceFor(capture: CaptureReport, report: Report): readonly string[] {
  return LACKS.filter(({ applies }) => applies(capture, report)).map(({ advice }) => advice);
}
