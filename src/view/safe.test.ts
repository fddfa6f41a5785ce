import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyWire, WORST } from '../../test/support/hostile-report.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import { marks, redactField, redactTarget } from './redact.ts';
import { escapeOctets, plain, safePieces, safeText, safeWire } from './safe.ts';

const hash = () => 'beef';
const octets = fc.array(fc.integer({ min: 0, max: 255 })).map((codes) => String.fromCharCode(...codes));

describe('escaping', () => {
  test.each([
    ['GET /a', 'GET /a'],
    ['a\r\n\tb', 'a\\r\\n\\tb'],
    ['\u0000\u001b[0m\u007f', '\\x00\\x1b[0m\\x7f'],
    ['\u0085\u009b\u00e9', '\\x85\\x9b\\xe9'],
    ['\\x1b', '\\\\x1b'],
  ])('octets %j become %s', (input, output) => {
    expect(escapeOctets(input)).toBe(output);
  });

  test.each([
    ['proxy.pcap', 'proxy.pcap'],
    ['C:\\captures\\日本.pcap', 'C:\\captures\\日本.pcap'],
    ['a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['\u2028\u2029\u200b\ufeff', '\\u2028\\u2029\\u200b\\ufeff'],
    ['\ud800x', '\\ud800x'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['a\nb', 'a\\x0ab'],
  ])('our own text %j becomes %s', (input, output) => {
    expect(plain(input)).toBe(output);
  });

  test('octets can be read back', () => {
    const named = new Map([
      ['\\r', '\r'],
      ['\\n', '\n'],
      ['\\t', '\t'],
      ['\\\\', '\\'],
    ]);
    const back = (text: string) =>
      text.replaceAll(
        /\\(?:x([0-9a-f]{2})|.)/g,
        (all, hex: string | undefined) => named.get(all) ?? String.fromCharCode(Number.parseInt(hex ?? '', 16)),
      );
    fc.assert(fc.property(octets, (input) => void expect(back(escapeOctets(input))).toBe(input)));
  });

  test('whatever is in a Wire, printable ASCII comes out', () => {
    fc.assert(
      fc.property(octets, fc.boolean(), (input, showSecrets) => {
        expect(safeText(everyWire(input), viewOptions(80, { showSecrets }))).toMatch(/^[ -~]*$/);
      }),
    );
  });

  test.each(WORST)('%s', (_name, input) => {
    expect(safeText(everyWire(input), viewOptions(80, { showSecrets: true }))).toMatch(/^[ -~]*$/);
  });

  test('a very long value is cut and counted', () => {
    expect(safeWire({ kind: 'reason', octets: 'r'.repeat(1000) }, viewOptions())).toBe(`${'r'.repeat(400)} [+600 octets]`);
  });

  test('captured parts stay apart from ours; a space between two of them joins them', () => {
    const [method, target] = [{ kind: 'method', octets: 'GET' } as const, { kind: 'target', octets: '/a' } as const];
    expect(safePieces(['sent ', method, ' ', target, ' again'], viewOptions())).toEqual([
      { text: 'sent ', captured: false },
      { text: 'GET /a', captured: true },
      { text: ' again', captured: false },
    ]);
  });

  test('no other view file opens a Wire', () => {
    const folder = new URL('.', import.meta.url);
    const openers = readdirSync(folder).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && readFileSync(new URL(file, folder), 'utf8').includes('.octets'),
    );
    expect(openers).toEqual(['safe.ts']);
  });
});

describe('redaction of field values', () => {
  test.each([
    ['connection', 'keep-alive, X-Odd', 'keep-alive, X-Odd'],
    ['Keep-Alive', 'timeout=5, max=100', 'timeout=5, max=100'],
    ['via', '1.1 proxy (squid/5.7)', '1.1 proxy (squid/5.7)'],
    ['via', '1.1 keycloak:8080, 1.1 auth:80 (x)', '1.1 keycloak:8080, 1.1 auth:80 (x)'],
    ['content-type', 'video/mp4; codecs="avc1.42E01E"', 'video/mp4; codecs="avc1.42E01E"'],
    ['user-agent', 'curl/8 (token=s3cr3t)', 'curl/8 (token=<redacted 7 octets #beef>'],
    ['user-agent', 'curl/8 (token: s3cr3t, x)', 'curl/8 (token: <redacted 6 octets #beef>, x)'],
    ['user-agent', 'curl/8 key:s3cr3t', 'curl/8 key:<redacted 6 octets #beef>'],
    ['user-agent', 'curl/8 (a:token=s3cr3t)', 'curl/8 (a:token=<redacted 7 octets #beef>'],
    ['server', 'x {"token":"s3cr3t"}', 'x {"token":<redacted 8 octets #beef>}'],
    ['server', 'x token = "s3cr3t" y', 'x token = <redacted 8 octets #beef> y'],
    ['warning', '199 x token%3Ds3cr3t', '199 x token%3D<redacted 6 octets #beef>'],
    ['via', '1.1 http://u:s3cr3t@h/?token=s3cr3t', '1.1 http://<redacted 8 octets #beef>@h/?token=<redacted 6 octets #beef>'],
    ['host', 'o.test:80 key=s3cr3t', 'o.test:80 key=<redacted 6 octets #beef>'],
    ['cookie', 'sid=1; b=2', '<redacted 10 octets #beef>'],
    ['set-cookie', 'a=b', '<redacted 3 octets #beef>'],
    ['authorization', 'Basic dXNlcjpwYXNz', 'Basic <redacted 12 octets #beef>'],
    ['authorization', 'dXNlcjpwYXNz', '<redacted 12 octets #beef>'],
    ['proxy-authorization', 'NTLM TlRMTVNTUAAB', 'NTLM <redacted 12 octets #beef>'],
    ['www-authenticate', 'Digest realm="x", nonce="y"', 'Digest <redacted 20 octets #beef>'],
    ['x-api-key', 'k', '<redacted 1 octet #beef>'],
    ['x-never-heard-of', 'value', '<redacted 5 octets #beef>'],
    [undefined, 'value', '<redacted 5 octets #beef>'],
    ['referer', 'http://e/?a', '<redacted 11 octets #beef>'],
    ['location', 'http://e/a?token=abc', 'http://e/a?token=<redacted 3 octets #beef>'],
    ['cookie', '', ''],
    ['host', 'www.example.com:80', 'www.example.com:80'],
    ['host', 'user:s3cr3t@www.example.com', '<redacted 11 octets #beef>@www.example.com'],
    ['user-agent', 'app/1 (device_key=s3cr3t; os=9)', 'app/1 (device_key=<redacted 6 octets #beef>; os=9)'],
    ['cache-control', 'max-age=60, private="x"', 'max-age=60, private="x"'],
  ])('%s: %s', (name, value, shown) => {
    expect(redactField(name, value, marks(hash))).toBe(shown);
  });
});

describe('credentials where none belong', () => {
  const kinds = ['target', 'field-name', 'reason', 'method', 'version', 'host-name'] as const;
  test.each([
    ['Bearer eyJSECRETSECRET', 'Bearer <redacted 15 octets #beef>'],
    ['X-Bearer%20abcdefgh0', 'X-Bearer%20<redacted 9 octets #beef>'],
    ['a, basic+dXNlcjpwYXNz=', 'a, basic+<redacted 13 octets #beef>'],
    ['/x/eyJhbGciOiJ.eyJzdWIi.sig', '/x/<redacted 24 octets #beef>'],
    ['/docs/basic+authentication', '/docs/basic+authentication'],
    ['Basic protocols', 'Basic protocols'],
    ['/keyJournals2024', '/keyJournals2024'],
    ['/bearer short', '/bearer short'],
  ])('%s', (octets, shown) => {
    const shownAs = [
      ...kinds.map((kind) => safeWire({ kind, octets }, viewOptions(80, { hash }))),
      safeWire({ kind: 'field-value', octets, name: 'connection' }, viewOptions(80, { hash })),
    ];
    expect(new Set(shownAs)).toEqual(new Set([shown]));
  });
});

test('a reason phrase', () => {
  const shown = safeWire({ kind: 'reason', octets: 'Bad token=s3cr3t here' }, viewOptions(80, { hash }));
  expect(shown).toBe('Bad token=<redacted 6 octets #beef> here');
});

describe('redaction of targets', () => {
  const SECRET = '<redacted 6 octets #beef>';
  test.each([
    ['/a/b.gif?x=1&y=2', '/a/b.gif?x=1&y=2'],
    ['*', '*'],
    ['origin.example:443', 'origin.example:443'],
    ['/a?token=s3cr3t', `/a?token=${SECRET}`],
    ['/a?x=1&API_KEY=s3cr3t&y=2', `/a?x=1&API_KEY=${SECRET}&y=2`],
    ['/a?sig=s3cr3t;code=s3cr3t#access_token=s3cr3t', `/a?sig=${SECRET};code=${SECRET}#access_token=${SECRET}`],
    ['/a?Session-Id=s3cr3t', `/a?Session-Id=${SECRET}`],
    ['/a?pass%77ord=s3cr3t', `/a?pass%77ord=${SECRET}`],
    ['/a?%2570assword=s3cr3t', `/a?%2570assword=${SECRET}`],
    ['/a?user[password]=s3cr3t', `/a?user[password]=${SECRET}`],
    ['/a;jsessionid=s3cr3t/b', `/a;jsessionid=${SECRET}/b`],
    ['/a?a=1?secret=s3cr3t', `/a?a=1?secret=${SECRET}`],
    ['http://s3cr3t@e.example/a@b', `http://${SECRET}@e.example/a@b`],
    ['http://s3cr3t@e.example?q=a', `http://${SECRET}@e.example?q=a`],
    ['s3cr3t@e.example:443', `${SECRET}@e.example:443`],
    ['//s3cr3t@e.example/', `//${SECRET}@e.example/`],
    ['/a?next=%2Fb%3Ftoken%3Ds3cr3t', '/a?next=<redacted 21 octets #beef>'],
    ['/a?_csrf=s3cr3t&pw=s3cr3t&hmac=s3cr3t&nonce=s3cr3t', `/a?_csrf=${SECRET}&pw=${SECRET}&hmac=${SECRET}&nonce=${SECRET}`],
    ['/a?pwa=1&spin=2&codec=h264', '/a?pwa=1&spin=2&codec=h264'],
    ['/a?token%3Ds3cr3t', '/a?<redacted 14 octets #beef>'],
    ['/a?q=token%3Ds3cr3t', '/a?q=<redacted 14 octets #beef>'],
    ['/a?q={"token":"s3cr3t"}', '/a?q=<redacted 18 octets #beef>'],
    ['/a?q=%7B%22key%22%3A%22s3cr3t%22%7D', '/a?q=<redacted 30 octets #beef>'],
    ['/a?a=1,token=s3cr3t', '/a?a=<redacted 14 octets #beef>'],
    [`/reset/${'0'.repeat(32)}-${'0a1b'.repeat(8)}`, '/reset/<redacted 65 octets #beef>'],
    [`/reset/${'0a1b'.repeat(16)}`, '/reset/<redacted 64 octets #beef>'],
    ['/assets/app-d41d8cd98f00b204e9800998ecf8427e.css', '/assets/app-d41d8cd98f00b204e9800998ecf8427e.css'],
    ['/v2/sha256:d41d8cd98f00b204e9800998ecf8427e', '/v2/sha256:d41d8cd98f00b204e9800998ecf8427e'],
    ['/hook/T0a1B2c3D4e5F6g7H8i9J0k1', '/hook/<redacted 24 octets #beef>'],
    ['/assets/app.3f2c9d8e7b6a5f4e3f2c9d8e.js', '/assets/app.3f2c9d8e7b6a5f4e3f2c9d8e.js'],
    ['/o/123e4567-e89b-12d3-a456-426614174000', '/o/123e4567-e89b-12d3-a456-426614174000'],
  ])('%s', (target, shown) => {
    expect(redactTarget(target, marks(hash))).toBe(shown);
  });

  test.each(['%3F', '?a', '//', 'aA1', '%25', ';=', '//a@', '-'])('256 KiB of %s come to an end', (part) => {
    const long = part.repeat(Math.floor(262_144 / part.length));
    for (const target of [long, `/?a=${long}`])
      expect(redactTarget(target, marks(hash))).toMatch(/^(?:[^<]|<redacted \d+ octets? #\w{4}>)*$/);
  });

  test.each(['a', 'a.', '" ', 'a:', 'a=', "'", '//a@'])('256 KiB of %s in a field come to an end', (part) => {
    const long = part.repeat(Math.floor(262_144 / part.length));
    for (const value of [long, `key${long}`, `key=${long}`])
      expect(redactField('user-agent', value, marks(hash))).toMatch(/^(?:[^<]|<redacted \d+ octets? #\w{4}>)*$/);
  });

  test('equal secrets show as equal, other ones do not', () => {
    const shown = (secret: string) => safeWire({ kind: 'target', octets: `/?key=${secret}` }, viewOptions());
    expect(shown('aaaa')).toBe(shown('aaaa'));
    expect(shown('aaaa')).not.toBe(shown('aaab'));
  });

  test('with showSecrets nothing is redacted and everything is escaped', () => {
    const options = viewOptions(80, { showSecrets: true });
    expect(safeWire({ kind: 'target', octets: '/?key=\u001b' }, options)).toBe('/?key=\\x1b');
    expect(safeWire({ kind: 'octets', octets: 'body\n' }, options)).toBe('body\\n');
  });

  test('of a body only chunk framing is shown', () => {
    expect(safeWire({ kind: 'octets', octets: '\r\n1f4\r\n' }, viewOptions())).toBe('\\r\\n1f4\\r\\n');
    expect(safeWire({ kind: 'octets', octets: 'name=value' }, viewOptions())).toMatch(/^<redacted 10 octets #/);
  });
});
