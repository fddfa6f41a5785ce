/** Headers that are worth a word in a report: how many of each were read. */

/** Tunnels and what else packets are wrapped in, in the order in which a report names them. */
const TUNNELS = [
  'VXLAN',
  'VXLAN-GPE',
  'Geneve',
  'GRE',
  'ERSPAN',
  'IP in IP',
  '6in4',
  'MPLS',
  'PPPoE',
  'L2TP',
  'GTP-U',
  'Teredo',
  'AYIYA',
  'NSH',
  'EtherIP',
  'WCCP',
] as const;

export type Tunnel = (typeof TUNNELS)[number];

export interface Seen {
  /** Headers by the index of their name. */
  readonly tunnels: Float64Array;
  /** Datagrams of QUIC. */
  quic: number;
}

export function newSeen(): Seen {
  return { tunnels: new Float64Array(TUNNELS.length), quic: 0 };
}

export function indexOfTunnel(name: Tunnel): number {
  return TUNNELS.indexOf(name);
}

/** By name, without those that were not seen. */
export function tunnelsOf({ tunnels }: Seen): readonly (readonly [Tunnel, number])[] {
  return TUNNELS.flatMap((name, index) => ((tunnels[index] ?? 0) > 0 ? [[name, tunnels[index] ?? 0] as const] : []));
}
