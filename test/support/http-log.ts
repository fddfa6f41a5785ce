/**
 * Runs a capture through the chain up to the http stage and writes down what it told, a line each:
 *
 *     > GET /a HTTP/1.1 none 0          a request, its framing, octets of content
 *     < HTTP/1.1 200 length 5 (2)       the answer to the second request of its connection
 *     ... cut, bare-lf                  not complete; what was read leniently
 */

import { newCaptureFacts } from '../../src/capture/facts.ts';
import { readCapture } from '../../src/capture/read-capture.ts';
import { newAddresses } from '../../src/decode/addresses.ts';
import { newDecodeFacts } from '../../src/decode/decode-facts.ts';
import { decodeFrames } from '../../src/decode/decode-frames.ts';
import { assembleFlows } from '../../src/flow/assemble-flows.ts';
import { type ExchangeStage, type HttpFacts, parseExchanges } from '../../src/http/parse-exchanges.ts';
import type { ChunkPosition, Connection, ConnectionState, Exchange, Message, Wait } from '../../src/model.ts';

export interface HttpLog {
  /** Messages in the order in which they ended. */
  readonly messages: readonly string[];
  readonly records: readonly Message[];
  readonly exchanges: readonly Exchange[];
  /** Waits as they stood when a deadline passed. */
  readonly waiting: readonly Wait[];
  /** Where the chunks of the response stood at those moments. */
  readonly chunks: readonly (ChunkPosition | undefined)[];
  /** The state of the first connection, whenever a frame has changed it. */
  readonly states: readonly ConnectionState[];
  readonly connections: readonly Connection[];
  readonly facts: HttpFacts;
}

/** @param httpPorts ports that are known to speak HTTP */
export function readHttp(pcap: Uint8Array, httpPorts: ReadonlySet<number> = new Set()): HttpLog {
  const messages: string[] = [];
  const records: Message[] = [];
  const exchanges: Exchange[] = [];
  const waiting: Wait[] = [];
  const chunks: (ChunkPosition | undefined)[] = [];
  const states: ConnectionState[] = [];
  const connections: Connection[] = [];
  const addresses = newAddresses();
  const facts = newCaptureFacts(0, 'capture', 'p1', 0);
  let http: ExchangeStage | undefined;
  const flow = assembleFlows(0, 'p1', addresses, (table) => {
    http = parseExchanges(
      table,
      { keepFields: true, httpPorts },
      {
        message(message, exchange) {
          messages.push(messageLine(message, exchange));
          records.push(message);
        },
        request() {},
        response() {},
        waiting(exchange) {
          if (exchange.wait !== undefined) waiting.push(exchange.wait);
          chunks.push(exchange.response?.chunk);
        },
        ended: (exchange) => exchanges.push(exchange),
        connection: (connection) => connections.push(connection),
      },
    );
    return http;
  });
  if (http === undefined) throw new Error('the flow stage did not make its sink');
  const stage = http;
  const decode = decodeFrames(addresses, newDecodeFacts(), (segment) => flow.push(segment));
  const last = { frame: 0, time: 0 };
  const capture = readCapture(facts, { seconds: Number.NaN }, (frame) => {
    decode.push(frame);
    last.frame = frame.number;
    last.time = Math.max(last.time, frame.time);
    if (frame.time >= stage.due) stage.advance({ ...last });
    const identity = flow.facts.connections > 0 ? flow.table.identity(0) : undefined;
    const state = (identity && stage.snapshot(identity)?.state) ?? connections.at(-1)?.state ?? 'idle-fresh';
    if (state !== states.at(-1)) states.push(state);
  });
  capture.push(pcap);
  capture.end();
  decode.end();
  stage.finish(last, false);
  flow.end();
  return { messages, records, exchanges, waiting, chunks, states, connections, facts: stage.facts };
}

function messageLine(message: Message, { ordinal }: Exchange): string {
  const { version, framing, bodyOctets, complete, oddities } = message;
  const [start, place] =
    message.kind === 'request'
      ? [`> ${message.method} ${message.target} ${version}`, '']
      : [`< ${version} ${message.status}`, ` (${ordinal})`];
  return [`${start} ${framing} ${bodyOctets}${place}`, ...(complete ? [] : ['cut']), ...oddities].join(', ');
}

/** A wait in one line: `server owes response-head from 4 to 9 (6.0 s): server-close by RST`. */
export function waitLine({ debt, debtor, start, end, ended, by }: Wait): string {
  const seconds = ((end.time - start.time) / 1e9).toFixed(1);
  return `${debtor} owes ${debt} from ${start.frame} to ${end.frame} (${seconds} s): ${ended}${by === undefined ? '' : ` by ${by}`}`;
}
