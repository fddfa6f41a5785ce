/** What to change, in the first screen of a report: which box, by its address and by what it says of itself; which field; which setting. */
import { describe, expect, test } from 'vitest';
import { analyze, type Format, type Report, render, rules } from '../src/index.ts';
import { viewOptions } from './support/view-options.ts';
import { Wire } from './support/wire.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n';

interface Said {
  /** Fields that the proxy adds to the request and to the response. */
  readonly forwards?: string;
  readonly answers?: string;
  /** Fields of the origin's response, and what becomes of them on the way through the proxy. */
  readonly origin?: string;
  readonly passes?: string;
}

/** The hang of figure 4-15, between boxes that name themselves or not. */
function hang({ forwards = '', answers = '', origin = 'Server: nginx/1.22.1\r\n', passes = origin }: Said): Promise<Report> {
  const get = (target: string, more = ''): string =>
    `GET ${target} HTTP/1.1\r\nHost: o.test\r\nConnection: keep-alive\r\nReferer: http://o.test/start\r\n${more}\r\n`;
  const wire = new Wire()
    .host('client', '10.0.1.10')
    .host('proxy', '10.0.1.1')
    .host('origin', '10.0.2.20')
    .open('near', 'client', 'proxy', 8080)
    .say('near', 'client', get('http://o.test/index.html'))
    .open('far', 'proxy', 'origin', 80)
    .say('far', 'client', get('/index.html', forwards))
    .say('far', 'server', `${HEAD}${origin}Content-Length: 2\r\n\r\nhi`)
    .say('near', 'server', `${HEAD}${passes}${answers}Content-Length: 2\r\n\r\nhi`)
    .wait(0.2)
    .say('near', 'client', get('http://o.test/logo.gif'))
    .wait(8)
    .close('far', 'server')
    .close('near', 'server');
  return analyze(wire.pcap(), { name: 'hang.pcap' });
}

/** The lines between the verdict and the table. */
function inShort(report: Report, anonymous = false): string[] {
  const page = render(report, 'markdown', viewOptions(80, { anonymous }));
  return page.slice(page.indexOf('- **'), page.indexOf('\n\n|')).split('\n');
}

const BOX = '- **Which box:** the proxy owed a response for 8.00 s, until it closed the connection (`10.0.1.1:8080` / `10.0.1.1:40002`)';
const CHANGE =
  '- **What to change:** on the proxy 10.0.1.1:8080: remove Connection and every field that it names before forwarding, in both ' +
  'directions, and write its own (RFC 9110 section 7.6.1); the same on both hops: "`Connection: keep-alive`" (frame 4 and frame 9), ' +
  '"`Connection: keep-alive`" (frame 11 and frame 13)';
const AT_ONCE = '- **Until then:** send "Connection: close" to the origin, or refuse persistence to clients, until it is repaired';
const NGINX = 'nginx: `proxy_http_version` 1.1; `proxy_set_header` Connection ""; never `proxy_set_header` Connection `$http_connection`';

describe('the hang of figure 4-15', () => {
  test('a proxy that says nothing of itself: the Server field is that of the origin', async () => {
    expect(inShort(await hang({}))).toEqual([
      BOX,
      CHANGE,
      '- **In its configuration:** it does not say what product it is; here is what others need',
      `  - ${NGINX}`,
      '  - HAProxy: option http-server-close, or option httpclose, on the backend',
      AT_ONCE,
      '- **How sure:** strong (rule `dumb-proxy-deadlock`), in `hang.pcap`',
    ]);
  });

  test.each<[string, Said, string]>([
    ['in Server', { passes: 'Server: openresty/1.25\r\n' }, '`Server: openresty/1.25`'],
    ['in Server, where the origin says nothing', { origin: '', answers: 'Server: nginx\r\n' }, '`Server: nginx`'],
    ['in Via of the request', { forwards: 'Via: 1.1 edge (nginx)\r\n' }, '`Via: 1.1 edge (nginx)`'],
    ['in Via of the response, behind others', { answers: 'Via: 1.1 a (x, y), 1.1 b (nginx)\r\n' }, '`Via: 1.1 b (nginx)`'],
  ])('a proxy that says %s what it is: its own setting alone', async (_where, said, signature) => {
    const [box, , configuration] = inShort(await hang(said));
    expect(box).toBe(`${BOX}; it says ${signature}`);
    expect(configuration).toBe(`- **In its configuration:** ${NGINX}`);
  });

  test('a product of which no setting is known: none', async () => {
    const lines = inShort(await hang({ answers: 'Via: 1.1 cache (squid/5.7)\r\n' }));
    expect(lines[0]).toBe(`${BOX}; it says \`Via: 1.1 cache (squid/5.7)\``);
    expect(lines.slice(1, 3)).toEqual([CHANGE, AT_ONCE]);
  });

  test('its own setting comes first, and that of the product of another box does not', async () => {
    const secondOf = async (said: Said): Promise<string | undefined> =>
      /- on the proxy .*?\n {6}- (\w+)/s.exec(render(await hang(said), 'text', viewOptions(200)))?.[1];
    expect(await secondOf({})).toBe('any');
    expect(await secondOf({ answers: 'Via: 1.1 edge (HAProxy)\r\n' })).toBe('HAProxy');
  });

  test('anonymous: not even the name in Via', async () => {
    const page = inShort(await hang({ answers: 'Via: 1.1 secret-host (squid/5.7)\r\n' }), true).join('\n');
    expect(page).toMatch(/it says `Via: <redacted \d+ octets/);
    expect(page).not.toContain('secret-host');
  });

  test.each<[Format, string]>([
    ['text', 'What to do\n      - on the proxy 10.0.1.1:8080: remove Connection'],
    ['html', '<dt>What to change</dt><dd>on the proxy 10.0.1.1:8080: remove Connection'],
  ])('in %s, too', async (format, expected) => {
    expect(render(await hang({}), format, viewOptions(80))).toContain(expected);
  });
});

test('an origin that does not end its body is told so, and the proxy in front of it what helps until then', async () => {
  const unframed = 'HTTP/1.1 200 OK\r\nServer: thttpd/2.29\r\nConnection: keep-alive\r\n\r\nhi';
  const wire = new Wire()
    .open('c', 'client', 'server', 80)
    .say('c', 'client', 'GET /a HTTP/1.1\r\nHost: o.test\r\n\r\n')
    .say('c', 'server', unframed)
    .wait(60)
    .close('c', 'client');
  expect(inShort(await analyze(wire.pcap()))).toEqual([
    expect.stringMatching(/^- \*\*Which box:\*\* the server owed .* \(`10\.0\.9\.2:80`\); it says `Server: thttpd\/2\.29`$/),
    expect.stringMatching(/^- \*\*What to change:\*\* on the server 10\.0\.9\.2:80: send Content-Length or /),
    '- **Until then:**',
    expect.stringMatching(/^ {2}- Squid in front of it: /),
    expect.stringMatching(/^ {2}- nginx in front of it: /),
    expect.stringMatching(/^- \*\*How sure:\*\* /),
  ]);
});

test('the first remedy of a rule says for any product who has to do what', () => {
  const products = rules.flatMap(({ remedies: [first] }) => (first === undefined ? [] : [first.product]));
  expect(products.filter((product) => !/^(?:any |both |server or |the )/.test(product))).toEqual([]);
});
