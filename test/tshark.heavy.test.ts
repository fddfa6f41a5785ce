/**
 * tshark as the judge: on every shipped capture the same frames, connections, heads and bodies as it sees. One call per
 * capture, with the option without which a reordered segment costs it a message.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createAnalyzer, type Exchange, type Message } from '../src/index.ts';
import { type Fixture, fixtures } from './support/fixtures.ts';

const FIELDS = [
  'frame.number',
  'tcp.stream',
  'http.request.method',
  'http.request.uri',
  'http.response.code',
  'http.content_length_header',
];

const installed = spawnSync('tshark', ['--version']).status === 0;

interface Sight {
  readonly frames: number;
  readonly connections: number;
  /** By stream, in order: request lines, status codes, and the frame that completes the message where its length says so. */
  readonly messages: readonly string[];
  /** Lengths of the bodies, ascending. */
  readonly bodies: readonly number[];
}

function byTshark({ capture, folder }: Fixture): Sight {
  const objects = mkdtempSync(join(tmpdir(), 'hopcheck-tshark-'));
  try {
    const { stdout, status } = spawnSync(
      'tshark',
      [
        ...['-r', fileURLToPath(new URL(capture, folder)), '-o', 'tcp.reassemble_out_of_order:TRUE', '--export-objects', `http,${objects}`],
        ...['-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])],
      ],
      { encoding: 'latin1' },
    );
    expect(status).toBe(0);
    const rows = stdout
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => row.split('\t').map((cell) => (cell === '' ? [] : cell.split(','))));
    return {
      frames: rows.length,
      connections: new Set(rows.flatMap(([, stream = []]) => stream)).size,
      messages: rows.flatMap(messagesOf).sort(byStream),
      bodies: readdirSync(objects)
        .map((name) => statSync(join(objects, name)).size)
        .sort((a, b) => a - b),
    };
  } finally {
    rmSync(objects, { recursive: true });
  }
}

function messagesOf(row: readonly string[][]): string[] {
  const [frame = [], stream = [], methods = [], targets = [], codes = [], lengths = []] = row;
  const requests = methods.map((method, index) => `stream ${stream[0]}: ${method} ${targets[index]}, frame ${frame[0]}`);
  const responses = codes.map((code) => `stream ${stream[0]}: ${code}${lengths.length === codes.length ? `, frame ${frame[0]}` : ''}`);
  return [...requests, ...responses];
}

/** Stable: within a stream the order stays. */
function byStream(one: string, other: string): number {
  const stream = (message: string): number => Number(/\d+/.exec(message)?.[0]);
  return stream(one) - stream(other);
}

function byUs({ bytes }: Fixture): Sight {
  const messages: string[] = [];
  const bodies: number[] = [];
  const onMessage = (message: Message, { connection }: Exchange): void => {
    const start = message.kind === 'request' ? `${message.method} ${message.target}` : String(message.status);
    const framed = message.kind === 'request' || !Number.isNaN(message.contentLength);
    messages.push(`stream ${connection.seenIn[0]?.stream}: ${start}${framed ? `, frame ${message.lastFrame}` : ''}`);
    if (message.bodyOctets > 0) bodies.push(message.bodyOctets);
  };
  const analyzer = createAnalyzer({ onMessage });
  const input = analyzer.open({ name: 'capture' });
  input.push(bytes);
  input.end();
  const { captures } = analyzer.finish();
  const frames = captures[0]?.frames ?? 0;
  const connections = captures[0]?.health.connections ?? 0;
  return { frames, connections, messages: messages.sort(byStream), bodies: bodies.sort((a, b) => a - b) };
}

test.skipIf(!installed).each(fixtures.map((fixture) => [fixture.situation, fixture] as const))(
  '%s: as tshark sees it (skipped where tshark is not installed)',
  (_, fixture) => {
    expect(byUs(fixture)).toEqual(byTshark(fixture));
  },
);
