import { describe, expect, test } from 'vitest';
import type { Exchange, Message, RequestMessage, ResponseMessage } from '../model.ts';
import { jsonText } from '../view/json.ts';
import { fakeIo } from './fakes.ts';
import { messageJson } from './messages.ts';
import { run } from './run.ts';

const client = { address: '10.0.0.1', port: 33818, text: '10.0.0.1:33818' };
const server = { address: '10.0.0.2', port: 80, text: '10.0.0.2:80' };

const common = {
  version: 'HTTP/1.1',
  options: ['keep-alive'],
  framing: 'none',
  contentLength: Number.NaN,
  oddities: [],
  fingerprint: { target: 0, tail: 0, leaf: 0, query: 0, authority: 0, fields: 0, unique: [], traits: [] },
  firstFrame: 14,
  firstTime: 0,
  headFrame: 14,
  headTime: 1_500_000_000,
  lastFrame: 16,
  notable: 0,
  lastTime: 2e9,
  bodyOctets: 0,
  complete: true,
  missingOctets: 0,
  chunk: undefined,
  tail: '',
  seemsComplete: false,
  endOffset: 0,
  acked: undefined,
} as const;

const request: RequestMessage = {
  ...common,
  kind: 'request',
  absoluteForm: false,
  method: 'GET',
  target: '/a?token=abcdef',
  fields: [
    { name: 'Host', value: 'www.example.com' },
    { name: 'COOKIE', value: 'a=\u009b1' },
    { name: 'Cookie', value: 'b=2' },
    { name: '__proto__', value: 'x' },
  ],
};

const response: ResponseMessage = {
  ...common,
  kind: 'response',
  status: 200,
  reason: 'OK',
  framing: 'length',
  contentLength: 10,
  bodyOctets: 4,
  complete: false,
  fields: [{ name: 'Content-Length', value: '10' }],
};

const exchange: Exchange = {
  connection: {
    key: 'c1',
    point: 0,
    id: 0,
    ends: [client, server],
    seenIn: [
      { capture: 0, stream: 7 },
      { capture: 1, stream: 3 },
    ],
    synSeen: true,
    firstTime: 0,
  },
  client,
  server,
  ordinal: 2,
  request,
  interim: [],
  response,
  serverBelief: undefined,
  clientBelief: undefined,
  pipelined: false,
  previous: undefined,
  wait: undefined,
  announced: undefined,
  ackStall: undefined,
  damaged: false,
  unaligned: false,
  excess: undefined,
  ended: true,
};

/** A ring of two files, the first with ten frames. */
const place = {
  base: { seconds: 1_700_000_000 },
  locate: (_point: number, frame: number) => (frame > 10 ? { capture: 1, frame: frame - 10 } : { capture: 0, frame }),
};

function line(message: Message, several: boolean, showSecrets: boolean): string {
  return jsonText(messageJson(message, exchange, place, several, { showSecrets, hash: () => 'abcd' }));
}

describe('messages as NDJSON', () => {
  test('a request: numbers of its file, values redacted, repeated fields as a list', () => {
    expect(line(request, true, false)).toBe(
      '{"capture":1,"stream":3,"kind":"request","src":"10.0.0.1:33818","dst":"10.0.0.2:80","ordinal":2,"method":"GET",' +
        '"target":"/a?token=<redacted 6 octets #abcd>","version":"HTTP/1.1","headFrame":4,"frame":6,"time":"1700000001.500000000",' +
        '"headers":{"host":["www.example.com"],"cookie":["<redacted 4 octets #abcd>","<redacted 3 octets #abcd>"],' +
        '"__proto__":["<redacted 1 octet #abcd>"]},"framing":"none","bodyBytes":0,"complete":true}',
    );
  });

  test('with --show-secrets values are as sent, and no control character is written raw', () => {
    const shown = line(request, false, true);
    expect(shown).toContain('"cookie":["a=\\u009b1","b=2"]');
    expect(shown).toContain('"target":"/a?token=abcdef"');
    expect(shown).not.toContain('"capture"');
  });

  test('what was read leniently is named', () => {
    expect(line({ ...request, oddities: ['bare-lf', 'obs-fold'] }, false, true)).toMatch(
      /"complete":true,"oddities":\["bare-lf","obs-fold"\]\}$/,
    );
  });

  test('a response that is cut short: the other direction, a status, no frame', () => {
    expect(line(response, false, false)).toBe(
      '{"stream":3,"kind":"response","src":"10.0.0.2:80","dst":"10.0.0.1:33818","ordinal":2,"version":"HTTP/1.1","status":200,' +
        '"headFrame":4,"frame":null,"time":"1700000001.500000000","headers":{"content-length":["10"]},"framing":"length","bodyBytes":4,' +
        '"complete":false}',
    );
  });
});

describe('for people', () => {
  const files = ['client', 'server'].map((name) => `fixtures/book-two-files-clock-skew/${name}.pcap`);
  const listed = async (columns: number | undefined, ...paths: readonly string[]): Promise<string[]> => {
    const io = fakeIo(columns === undefined ? {} : { columns });
    expect(await run(['messages', '--color', 'never', ...paths], io)).toBe(0);
    return io.stdout.lines;
  };

  test('several files are counted from 1, as in reports, and named below', async () => {
    const lines = await listed(undefined, ...files);
    expect(lines.slice(1).map((line) => line.replace(/ {2,}/g, ' ').trim())).toEqual([
      '4 [1] 0.505851 0 > none GET http://www.joes-hardware.com/index.html HTTP/1.0',
      '6 [1] 0.572795 0 < length 588 HTTP/1.0 200 OK',
      '8 [1] 1.161829 0 > none GET http://www.joes-hardware.com/logo.gif HTTP/1.0',
      '4 [2] 2.264759 0 > none GET /index.html HTTP/1.0',
      '6 [2] 2.272244 0 < length 588 HTTP/1.0 200 OK',
      ...files.map((path, index) => `[${index + 1}] ${path}`),
      '5 messages on 2 connections in 20 frames',
    ]);
  });

  test.each([40, 60, 80])('no line is wider than %d columns, and the target gives up its middle first', async (columns) => {
    const lines = await listed(columns, ...files.slice(0, 1));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    if (columns === 80) expect(lines[3]).toMatch(/GET http:\/\/www\.jo…go\.gif HTTP\/1\.0$/);
    expect(lines.at(-1)).toBe('3 messages on 1 connection in 10 frames');
  });
});

test('for programs files are counted from 0, as everywhere in JSON', async () => {
  const io = fakeIo();
  await run(['messages', '-f', 'ndjson', ...['client', 'server'].map((name) => `fixtures/book-two-files-clock-skew/${name}.pcap`)], io);
  const captures = io.stdout.lines.slice(0, -1).map((line) => JSON.parse(line).capture);
  expect(captures).toEqual([0, 0, 0, 1, 1]);
});
