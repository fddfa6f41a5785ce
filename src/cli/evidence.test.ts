import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { describeInterface, enhancedPacket, join as joinOctets, section } from '../../test/support/capture-bytes.ts';
import { GET, OK, pcapOf, Wire, type WireFrame } from '../../test/support/wire.ts';
import { fakeIo } from './fakes.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

const demo = fileURLToPath(new URL('../../fixtures/figure-4-15/capture.pcap', import.meta.url));
let files = 0;

function capture(bytes: Uint8Array): string {
  const path = join(folder, `${++files}.pcap`);
  writeFileSync(path, bytes);
  return path;
}

/** The evidence of a capture as latin-1, and what was said. */
async function evidence(path: string, ...options: string[]): Promise<{ octets: Buffer; file: string; said: string }> {
  const io = fakeIo();
  const file = join(folder, `${++files}.pcapng`);
  expect(await run([path, '--evidence', file, '--fail-on', 'never', ...options], io)).toBe(0);
  return { octets: readFileSync(file), file, said: io.stderr.text };
}

async function findingsOf(path: string): Promise<unknown[]> {
  const io = fakeIo();
  await run([path, '-f', 'json'], io);
  const { findings } = JSON.parse(io.stdout.text);
  return findings.map(({ rule, severity, confidence, wait }: Record<string, unknown>) => [rule, severity, confidence, wait]);
}

/** A hang whose messages are full of secrets: the second request is never answered. */
function secretive(mss: number): Wire {
  const request = (path: string): string =>
    GET(
      `${path}?access_token=tiptop-secret-1`,
      'Host: o.test',
      'Authorization: Bearer tiptop-secret-2',
      'Cookie: sid=tiptop-secret-3',
      'X-Custom: tiptop-secret-4',
      'Connection: keep-alive',
    );
  const chunked =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: tiptop-secret-5\r\n\r\n' +
    '10;x=tiptop-secret\r\ntiptop-secret-6\n\r\n5\r\nHost:\r\n0\r\nX-Trailer: tiptop-secret-7\r\n\r\n';
  return new Wire()
    .open('c', 'client', 'server', 80)
    .say('c', 'client', request('/a'), { mss })
    .say('c', 'server', chunked, { mss })
    .say('c', 'client', `POST /tiptop HTTP/1.1\r\nHost: o.test\r\nContent-Length: 15\r\n\r\ntiptop-secret-8`, { mss })
    .say('c', 'server', 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\ntiptop-secret-9', { mss })
    .say('c', 'client', request('/b'), { mss })
    .wait(30)
    .close('c', 'client');
}

describe('--evidence', () => {
  test('has the connections of the findings and says what was found, frame by frame', async () => {
    const { octets, file, said } = await evidence(demo);
    expect(said).toContain(`${file}: written, 20 frames of the connections of the findings`);
    expect(octets.toString('latin1')).toMatch(
      /F\d hang, dumb-proxy-deadlock: GET \/logo\.gif HTTP\/1\.1 \| Connection: keep-alive \[frame 25 of /,
    );
    expect(await findingsOf(file)).toEqual(await findingsOf(demo));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('shows no secret and no body, however the segments fall, and gives the same findings', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (mss) => {
        const path = capture(secretive(mss).pcap());
        const before = await findingsOf(path);
        expect(before).toMatchObject([['request-ignored-on-persistent-connection', 'hang', expect.anything(), expect.anything()]]);
        for (const options of [[], ['--anonymize']]) {
          const { octets, file } = await evidence(path, ...options);
          expect(await findingsOf(file)).toEqual(before);
          const payloads = await messagesIn(file);
          expect(payloads).not.toMatch(/secret/);
          expect(octets.toString('latin1')).not.toContain('tiptop-secret');
        }
      }),
      { numRuns: 12 },
    );
  });

  test('the framing stays: heads, sizes of chunks, lengths', async () => {
    const { file } = await evidence(capture(secretive(1460).pcap()));
    const listed = await messagesIn(file, '--show-secrets');
    const messages = listed.split('\n').map((line) => JSON.parse(line));
    expect(messages.map(({ kind, method, framing, bodyBytes, complete }) => [kind, method, framing, bodyBytes, complete])).toEqual([
      ['request', 'GET', 'none', 0, true],
      ['response', undefined, 'chunked', 21, true],
      ['request', 'POST', 'length', 15, true],
      ['response', undefined, 'length', 15, true],
      ['request', 'GET', 'none', 0, true],
    ]);
    expect(messages[0].headers.authorization[0]).toMatch(/^Bearer [0-9a-f]{15}$/);
    expect(messages[0].headers.host).toEqual(['o.test']);
    expect(messages[4].headers.cookie).toEqual(messages[0].headers.cookie);
  });

  test('with --show-secrets frames are as they were, with --anonymize nothing tells who it was', async () => {
    const path = capture(secretive(1460).pcap());
    expect((await evidence(path, '--show-secrets')).octets.toString('latin1')).toContain('Bearer tiptop-secret-2');
    const { octets } = await evidence(path, '--anonymize');
    expect(octets.toString('latin1')).not.toMatch(/o\.test|tiptop|10\.0\.9\./);
    expect(octets.includes(Buffer.from([10, 0, 9]))).toBe(false);
  });

  test('IPv6, too', async () => {
    const wire = new Wire().host('client', '2001:db8::5').host('server', 'fd00::1').open('c', 'client', 'server', 80);
    for (const path of ['/a', '/b']) {
      wire.say('c', 'client', GET(path, 'Host: o.test'));
      if (path === '/a') wire.say('c', 'server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    }
    const path = capture(wire.wait(30).close('c', 'client').pcap());
    const { octets, file } = await evidence(path, '--anonymize');
    expect(octets.includes(Buffer.from([0xfd, 0]))).toBe(false);
    expect(await findingsOf(file)).toEqual(await findingsOf(path));
  });

  test('a gap in a body: what comes behind it is not taken for a head', async () => {
    const frames = secretive(30).frames();
    const path = capture(pcapOf(frames.filter((_, index) => index % 17 !== 9)));
    const { octets } = await evidence(path, '--min-confidence', 'possible');
    expect(octets.toString('latin1')).not.toContain('secret');
  });

  test('packed when its name says so, and the same bytes every time', async () => {
    const io = fakeIo();
    const path = join(folder, 'e.pcapng.gz');
    await run([demo, '-q', '--evidence', path], io);
    const first = readFileSync(path);
    await run([demo, '-q', '--force', '--evidence', path], io);
    expect(readFileSync(path).equals(first)).toBe(true);
    expect(gunzipSync(first).equals((await evidence(demo)).octets)).toBe(true);
  });

  test('a file that is there is refused before anything is read', async () => {
    const there = join(folder, 'there.pcapng');
    writeFileSync(there, '');
    const io = fakeIo();
    expect(await run([demo, '--evidence', there], io)).toBe(2);
    expect(io.stderr.lines).toEqual([expect.stringMatching(/exists, --force replaces it/)]);
  });
});

async function messagesIn(file: string, ...options: string[]): Promise<string> {
  const io = fakeIo();
  await run(['messages', '-f', 'ndjson', ...options, file], io);
  return io.stdout.text.trimEnd().split('\n').slice(0, -1).join('\n');
}

test('--bundle: a zip with the reports and the evidence, and nothing beside it', async () => {
  const inside = mkdtempSync(join(tmpdir(), 'hopcheck-'));
  try {
    const path = join(inside, 'ticket.zip');
    const io = fakeIo();
    expect(await run([demo, '--bundle', path, '--fail-on', 'never'], io)).toBe(0);
    expect(readdirSync(inside)).toEqual(['ticket.zip']);
    const entries = entriesOf(readFileSync(path));
    expect([...entries.keys()]).toEqual(['report.md', 'report.html', 'report.json', 'evidence.pcapng']);
    expect(JSON.parse(entries.get('report.json')?.toString() ?? '')).toMatchObject({ schema: 'hopcheck-report/1' });
    expect(entries.get('evidence.pcapng')?.equals((await evidence(demo)).octets)).toBe(true);
  } finally {
    rmSync(inside, { recursive: true });
  }
});

/** By the central directory. */
function entriesOf(zip: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const [packed, name, extra, comment] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    entries.set(zip.toString('utf8', at + 46, at + 46 + name), inflateRawSync(zip.subarray(data, data + packed)));
    at += 46 + name + extra + comment;
  }
  return entries;
}

test('frames of two interfaces that are not in the order of time keep their interfaces', async () => {
  const both = new Wire()
    .open('near', 'client', 'proxy', 8080)
    .say('near', 'client', GET('/a', 'Connection: keep-alive'))
    .open('far', 'proxy', 'origin', 80)
    .say('far', 'client', GET('/a', 'Connection: keep-alive'))
    .say('far', 'server', OK('hello', 'Connection: keep-alive'))
    .say('near', 'server', OK('hello', 'Connection: keep-alive'))
    .say('near', 'client', GET('/b', 'Connection: keep-alive'))
    .wait(9)
    .close('far', 'server')
    .reset('near', 'server')
    .frames();
  const portsOf = ({ bytes }: WireFrame): readonly number[] => [34, 36].map((at) => ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0));
  const idOf = (frame: WireFrame): number => (portsOf(frame).includes(80) ? 1 : 0);
  const packets = both
    .toSorted((a, b) => idOf(b) - idOf(a))
    .map((frame) => enhancedPacket(frame.bytes, { id: idOf(frame), stamp: BigInt(Math.round(frame.time)) }));
  const path = capture(joinOctets(section(), describeInterface(), describeInterface(), ...packets));
  const { file } = await evidence(path);
  expect(await findingsOf(file)).toEqual(await findingsOf(path));
  expect(await findingsOf(file)).toContainEqual(['dumb-proxy-deadlock', 'hang', 'strong', expect.anything()]);
});
