/** Counters of one point, for the health of its captures. */
export interface FlowFacts {
  /** Connections that began, in all files of the point. */
  connections: number;
  /** Connections that went on in another file than the one before. */
  continued: number;
  /** Numbers of `tcp.stream` given in the file at hand. */
  streams: number;
  /** Connections of which the SYN was captured. */
  synSeen: number;
  /** Connections of which segments of both ends were captured. */
  bothDirections: number;
  /** Holes that were closed without their octets, and how many octets. */
  gaps: number;
  gapOctets: number;
  /** Segments that were captured twice. */
  duplicates: number;
  /** Connections that were captured once more under other ends; the later copy is left out. */
  translated: number;
  retransmissions: number;
  probes: number;
  /** Segments whose octets differ from what was held at their place. */
  conflicting: number;
  /** Resets outside the window, and segments too far from it: not believed. */
  resetsIgnored: number;
  implausible: number;
  /** Connections that were given up because there were too many at once. */
  evicted: number;
}

export function newFlowFacts(): FlowFacts {
  return {
    connections: 0,
    continued: 0,
    streams: 0,
    synSeen: 0,
    bothDirections: 0,
    gaps: 0,
    gapOctets: 0,
    duplicates: 0,
    translated: 0,
    retransmissions: 0,
    probes: 0,
    conflicting: 0,
    resetsIgnored: 0,
    implausible: 0,
    evicted: 0,
  };
}
