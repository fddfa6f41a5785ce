/** Which number means which header. A new kind of header is a file with its layer, and a line here. */

import { backboneTag, eTag, etherIp, ethernet, fabricPath, shortTag, vlan } from './ethernet.ts';
import { erspan2, erspan3, gre, wccp } from './gre.ts';
import { icmp, icmp6 } from './icmp.ts';
import { ip } from './ip.ts';
import { authentication, extension, fragmentHeader, routing } from './ip-extensions.ts';
import { linuxCooked, linuxCooked2 } from './linux-cooked.ts';
import { loopback } from './loopback.ts';
import { mpls } from './mpls.ts';
import { arcnet, atm, fddi, fibreChannel, fireWire, linuxArcnet, sunAtm, tokenRing } from './old-networks.ts';
import { ciscoHdlc, directedPpp, ppp, pppdPpp, pppoeSession } from './ppp.ts';
import { enc, ipnet, netAnalyzer, nflog, pflog, pktap, ppi } from './pseudo-headers.ts';
import { quic } from './quic.ts';
import { indexOfTunnel, type Tunnel } from './seen.ts';
import { udp } from './udp.ts';
import { ayiya, geneve, gtp, l2tp, nsh, teredo, vxlan, vxlanGpe } from './udp-tunnels.ts';
import { ETHER_TYPE, IP_PROTOCOL, type Layer, type LayerTables, LINK_TYPE, LLC_SAP, PPP_PROTOCOL, UDP_PORT } from './walk.ts';
import { avs, prism, radiotap, wireless } from './wireless.ts';

/** Counts the headers that lead on to another one. */
function inside(name: Tunnel, layer: Layer): Layer {
  const index = indexOfTunnel(name);
  return (walk) => {
    const next = layer(walk);
    if (typeof next === 'number' || next === 'tcp') walk.seen.tunnels[index] = (walk.seen.tunnels[index] ?? 0) + 1;
    return next;
  };
}

/** LINKTYPE_ values of capture files. */
const linkTypes = new Map<number, Layer>([
  [0, loopback],
  [1, ethernet],
  [6, tokenRing],
  [7, arcnet],
  [9, ppp],
  [10, fddi],
  [12, ip],
  [14, ip],
  [50, ppp],
  [51, pppoeSession],
  [100, atm],
  [101, ip],
  [104, ciscoHdlc],
  [105, wireless],
  [108, loopback],
  [109, enc],
  [113, linuxCooked],
  [117, pflog],
  [119, prism],
  [122, fibreChannel],
  [123, sunAtm],
  [127, radiotap],
  [129, linuxArcnet],
  [138, fireWire],
  [163, avs],
  [166, pppdPpp],
  [192, ppi],
  [204, directedPpp],
  [226, ipnet],
  [228, ip],
  [229, ip],
  [239, nflog],
  [240, netAnalyzer],
  [258, pktap],
  [276, linuxCooked2],
]);

/** EtherTypes, and the protocol types of GRE and Geneve, which are EtherTypes and a few more. */
const etherTypes = new Map<number, Layer>([
  [0x0800, ip],
  [0x22eb, inside('ERSPAN', erspan3)],
  [0x6558, ethernet],
  [0x8100, vlan],
  [0x86dd, ip],
  [0x883e, inside('WCCP', wccp)],
  [0x8847, inside('MPLS', mpls)],
  [0x8848, inside('MPLS', mpls)],
  [0x8864, inside('PPPoE', pppoeSession)],
  [0x880b, ppp],
  [0x88a8, vlan],
  [0x88be, inside('ERSPAN', erspan2)],
  [0x88e7, backboneTag],
  [0x8903, fabricPath],
  [0x8926, shortTag],
  [0x892f, shortTag],
  [0x893f, eTag],
  [0x894f, inside('NSH', nsh)],
  [0x9100, vlan],
  ...arubaTypes(),
]);

/** Aruba's access points tunnel 802.11 in GRE, a type for each radio. */
function arubaTypes(): readonly (readonly [number, Layer])[] {
  return Array.from({ length: 24 }, (_, radio) => [0x8200 + radio * 16, wireless]);
}

const llcAccessPoints = new Map<number, Layer>([[0x06, ip]]);

const pppProtocols = new Map<number, Layer>([
  [0x0021, ip],
  [0x0057, ip],
  [0x0281, inside('MPLS', mpls)],
  [0x0283, inside('MPLS', mpls)],
]);

const ipProtocols = new Map<number, Layer>([
  [0, extension],
  [1, icmp],
  [4, inside('IP in IP', ip)],
  [6, () => 'tcp'],
  [17, udp],
  [41, inside('6in4', ip)],
  [43, routing],
  [44, fragmentHeader],
  [47, inside('GRE', gre)],
  [51, authentication],
  [58, icmp6],
  [60, extension],
  [97, inside('EtherIP', etherIp)],
  [135, extension],
  [137, inside('MPLS', mpls)],
  [139, extension],
  [140, extension],
  [143, ethernet],
]);

const udpPorts = new Map<number, Layer>([
  [443, quic],
  [1701, inside('L2TP', l2tp)],
  [2152, inside('GTP-U', gtp)],
  [3544, inside('Teredo', teredo)],
  [4754, inside('GRE', gre)],
  [4789, inside('VXLAN', vxlan)],
  [4790, inside('VXLAN-GPE', vxlanGpe)],
  [5072, inside('AYIYA', ayiya)],
  [6081, inside('Geneve', geneve)],
  [6635, inside('MPLS', mpls)],
]);

const BY_NAME_SPACE: Readonly<Record<number, ReadonlyMap<number, Layer>>> = {
  [LINK_TYPE]: linkTypes,
  [ETHER_TYPE]: etherTypes,
  [LLC_SAP]: llcAccessPoints,
  [PPP_PROTOCOL]: pppProtocols,
  [IP_PROTOCOL]: ipProtocols,
  [UDP_PORT]: udpPorts,
};

export const LAYERS: LayerTables = Object.values(BY_NAME_SPACE);
