/** Which number means which header. A new kind of header is a file with its layer, and a line here. */

import { ethernet, vlan } from './ethernet.ts';
import { erspan2, erspan3, gre } from './gre.ts';
import { ip } from './ip.ts';
import { authentication, extension, fragmentHeader, routing } from './ip-extensions.ts';
import { linuxCooked, linuxCooked2 } from './linux-cooked.ts';
import { loopback } from './loopback.ts';
import { mpls } from './mpls.ts';
import { ciscoHdlc, ppp, pppoeSession } from './ppp.ts';
import { geneve, udp, vxlan, vxlanGpe } from './udp.ts';
import { ETHER_TYPE, IP_PROTOCOL, type Layer, type LayerTables, LINK_TYPE, LLC_SAP, PPP_PROTOCOL, UDP_PORT } from './walk.ts';

/** LINKTYPE_ values of capture files. */
const linkTypes = new Map<number, Layer>([
  [0, loopback],
  [1, ethernet],
  [9, ppp],
  [12, ip],
  [14, ip],
  [50, ppp],
  [51, pppoeSession],
  [101, ip],
  [104, ciscoHdlc],
  [108, loopback],
  [113, linuxCooked],
  [228, ip],
  [229, ip],
  [276, linuxCooked2],
]);

/** EtherTypes, and the protocol types of GRE and Geneve, which are EtherTypes and a few more. */
const etherTypes = new Map<number, Layer>([
  [0x0800, ip],
  [0x22eb, erspan3],
  [0x6558, ethernet],
  [0x8100, vlan],
  [0x86dd, ip],
  [0x8847, mpls],
  [0x8848, mpls],
  [0x8864, pppoeSession],
  [0x880b, ppp],
  [0x88a8, vlan],
  [0x88be, erspan2],
  [0x9100, vlan],
]);

const llcAccessPoints = new Map<number, Layer>([[0x06, ip]]);

const pppProtocols = new Map<number, Layer>([
  [0x0021, ip],
  [0x0057, ip],
  [0x0281, mpls],
  [0x0283, mpls],
]);

const ipProtocols = new Map<number, Layer>([
  [0, extension],
  [4, ip],
  [6, () => 'tcp'],
  [17, udp],
  [41, ip],
  [43, routing],
  [44, fragmentHeader],
  [47, gre],
  [51, authentication],
  [60, extension],
  [135, extension],
  [139, extension],
  [140, extension],
]);

const udpPorts = new Map<number, Layer>([
  [4789, vxlan],
  [4790, vxlanGpe],
  [6081, geneve],
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
