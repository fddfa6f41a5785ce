/** What we use of pcap-parser 0.2.1, which has no types of its own. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  export interface GlobalHeader {
    readonly majorVersion: number;
    readonly minorVersion: number;
    readonly linkLayerType: number;
  }

  export interface PacketHeader {
    readonly timestampSeconds: number;
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  }

  export interface Parser {
    on(event: 'globalHeader', listener: (header: GlobalHeader) => void): this;
    on(event: 'packetHeader', listener: (header: PacketHeader) => void): this;
    on(event: 'packet', listener: (packet: { readonly header: PacketHeader; readonly data: Uint8Array }) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export function parse(input: EventEmitter & { pause(): void; resume(): void }): Parser;
}
