/** Reports say of one box what went wrong, whom to wait for, and what to change: the one that is at fault. */
import { expect, test } from 'vitest';
import { analyze, render } from '../src/index.ts';
import { GET, OK, Wire } from './support/wire.ts';

/** The heads of one exchange on both hops, and the beginning of the body: what a proxy passes on that gets no more. */
function stoppedBehindProxy(...fields: readonly string[]): Wire {
  const beginning = OK('5\r\nhello\r\n', ...fields);
  return new Wire()
    .host('c', '10.0.1.10')
    .host('near', '10.0.1.1')
    .host('far', '10.0.2.1')
    .host('o', '10.0.2.20')
    .open('a', 'c', 'near', 8080)
    .say('a', 'client', GET('/feed'))
    .open('b', 'far', 'o', 80)
    .say('b', 'client', GET('/feed'))
    .say('b', 'server', beginning)
    .say('a', 'server', beginning)
    .wait(30)
    .close('a', 'client')
    .close('b', 'client')
    .wait(3);
}

const markdown = async (wire: Wire): Promise<string> => render(await analyze(wire.pcap()), 'markdown');
const text = async (wire: Wire): Promise<string> => render(await analyze(wire.pcap()), 'text');

test('an origin that leaves its chunked body without an end, behind a proxy that passed on all that it got', async () => {
  const wire = stoppedBehindProxy('Transfer-Encoding: chunked');
  const page = await markdown(wire);
  expect(page).toContain('10.0.2.20:80 never ended');
  expect(page).toContain('; it was itself waiting for the origin (`10.0.2.20:80`)');
  expect(page).toContain('**What to change:** on the origin 10.0.2.20:80: end every chunked body');
  expect(page).not.toContain('**In its configuration:**');
  expect(await text(wire)).toContain('on the origin 10.0.2.20:80: end every chunked body');
});

test('an origin that promises more than it sends', async () => {
  const page = await markdown(stoppedBehindProxy('Content-Length: 900'));
  expect(page).toContain('**What to change:** on the origin 10.0.2.20:80: count octets');
  expect(page).toContain('`HTTP/1.1 200 OK` `Content-Length: 900`');
});

test('a server that leaves Expect unanswered has no setting of a client', async () => {
  const wire = new Wire()
    .open('a', 'client', 'server', 80)
    .say('a', 'client', GET('/up', 'Content-Length: 9', 'Expect: 100-continue').replace('GET', 'POST'))
    .wait(20)
    .close('a', 'client')
    .wait(3);
  const page = await markdown(wire);
  expect(page).toContain('**What to change:** on the server 10.0.9.2:80: answer Expect');
  expect(page).not.toContain('**In its configuration:**');
  expect(page).toContain('`Content-Length: 9` `Expect: 100-continue`');
});
