/** A capture with a secret in every place that one may stand in: none of them is to be read in anything that is written. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fakeIo } from '../src/cli/fakes.ts';
import { run } from '../src/cli/run.ts';
import { GET, OK, Wire } from './support/wire.ts';

const SECRET = /s3cret\d+/g;
let made = 0;
const secret = (): string => `s3cret${++made}`;

const PARAMETERS = ['token', 'api_key', 'X-Amz-Signature', 'password', '_csrf', 'hmac', 'nonce', 'pw', 'code'];

function target(path: string): string {
  const query = PARAMETERS.map((name) => `${name}=${secret()}`).join('&');
  return `http://user:${secret()}@o.test${path};jsessionid=${secret()}?${query}`;
}

function fields(): string[] {
  return [
    `Host: user:${secret()}@o.test`,
    `Authorization: Basic ${secret()}`,
    `Proxy-Authorization: Bearer ${secret()}`,
    `authorization : Digest ${secret()}`,
    `Authorization:\r\n Basic ${secret()}`,
    `Cookie: sid=${secret()}; b=${secret()}`,
    `X-Api-Key: ${secret()}`,
    `Referer: http://o.test/?token=${secret()}`,
    `User-Agent: curl/8 (device_key=${secret()})`,
    'Connection: keep-alive',
  ];
}

function answer(body: string): string {
  return OK(
    body,
    `Set-Cookie: a=${secret()}; HttpOnly`,
    `Location: http://u:${secret()}@h/?token=${secret()}`,
    `WWW-Authenticate: Basic realm="${secret()}"`,
    'Connection: keep-alive',
    'Keep-Alive: timeout=6',
  );
}

const [first, second] = [GET(target('/one'), ...fields()), answer(`{"token":"${secret()}"}`)];
const wire = new Wire()
  .host('c', '10.0.1.10')
  .host('near', '10.0.1.1')
  .host('far', '10.0.2.1')
  .host('o', '10.0.2.20')
  .open('a', 'c', 'near', 8080)
  .say('a', 'client', first)
  .open('b', 'far', 'o', 80)
  .say('b', 'client', first)
  .say('b', 'server', second)
  .say('a', 'server', second)
  .wait(0.1)
  .say('a', 'client', GET(target('/two'), ...fields()))
  .wait(6)
  .close('b', 'server')
  .reset('a', 'server')
  .open('d', 'c', 'o', 80)
  .say('d', 'client', GET(target('/three'), ...fields()))
  .say('d', 'server', OK(`a;x=${secret()}\r\n0123456789\r\n`, 'Transfer-Encoding: chunked'))
  .wait(30)
  .close('d', 'client')
  .open('e', 'c', 'o', 80)
  .say('e', 'client', `GET /cut?token=${secret()}`)
  .wait(20)
  .close('e', 'client')
  .open('f', 'c', 'o', 80)
  .say('f', 'client', GET('/bad'))
  .say('f', 'server', `HTTP/1.1 400 Bad token=${secret()}\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc`)
  .wait(20)
  .close('f', 'client')
  .wait(3);

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const capture = join(folder, 'capture.pcap');
writeFileSync(capture, wire.pcap());

async function written(argv: readonly string[]): Promise<string> {
  const io = fakeIo();
  await run([...argv, capture], io);
  return io.stdout.text + io.stderr.text;
}

const WAYS = ['text', 'json', 'ndjson', 'markdown', 'html', 'sarif', 'junit'].map((format) => ['-f', format]);
const LISTS = [['messages'], ['messages', '-f', 'ndjson'], ['relays'], ['relays', '-f', 'ndjson'], ['info', '-f', 'json']];

test.each([...WAYS, ...LISTS].map((argv) => [argv.join(' '), argv] as const))('%s', async (_name, argv) => {
  const text = await written(argv);
  expect(text.length).toBeGreaterThan(100);
  expect(text.match(SECRET) ?? []).toEqual([]);
});

test('--show-secrets shows them', async () => {
  expect(new Set((await written(['messages', '-f', 'ndjson', '--show-secrets'])).match(SECRET)).size).toBeGreaterThan(40);
});

test('the evidence', async () => {
  const evidence = join(folder, 'evidence.pcapng');
  await written(['--evidence', evidence]);
  const octets = readFileSync(evidence, 'latin1');
  expect(octets).toContain('keep-alive');
  expect(octets.match(SECRET) ?? []).toEqual([]);
});
