/** A capture with many findings: every connection is cut short in the middle of a response. */
import { GET, Wire } from './wire.ts';

const PER_SERVER = 100;
const PCAP_HEADER = 24;

/** `servers` causes of a hundred findings each. */
export function manyFindings(servers: number): Uint8Array[] {
  return Array.from({ length: servers }, (_, server) => {
    const wire = new Wire({ start: 1_700_000_000 + server });
    wire.host('client', `10.8.${server >> 8}.${server & 0xff}`).host('server', `10.9.${server >> 8}.${server & 0xff}`);
    for (let index = 0; index < PER_SERVER; index++) {
      wire
        .open('c', 'client', 'server', 80, { clientPort: 1024 + index })
        .say('c', 'client', GET(`/a${index}`))
        .say('c', 'server', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello')
        .close('c', 'server');
    }
    return server === 0 ? wire.pcap() : wire.pcap().subarray(PCAP_HEADER);
  });
}
