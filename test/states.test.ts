/**
 * The states of a connection: every transition of the table, made by frames. docs/states.md is the picture of the same table;
 * `npx vitest run test/states.test.ts -u` draws it anew.
 */
import { expect, test } from 'vitest';
import { STATES, TRANSITIONS } from '../src/http/debts.ts';
import { readHttp } from './support/http-log.ts';
import { type End, GET, OK, Wire } from './support/wire.ts';

type Turn = readonly [End, string] | 'client-fin' | 'server-fin';

const C = 'client';
const S = 'server';
const POST = 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n';
const EXPECT = 'POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
const CLOSE = OK('x', 'Connection: close');
const HALF = GET('/a').slice(0, 30);
const REST = GET('/a').slice(30);
const EXCHANGE: readonly Turn[] = [
  [C, GET('/')],
  [S, OK()],
];

/** What leads to the first state, and the event that leads on; in the order of the table. */
const STORIES: readonly (readonly [before: readonly Turn[], event: readonly Turn[]])[] = [
  [[], [[C, HALF]]],
  [[], [[C, GET('/')]]],
  [[], [[C, POST]]],
  [[], [[C, EXPECT]]],
  [[], [[S, OK()]]],
  [[[C, HALF]], [[C, REST]]],
  [[[C, POST.slice(0, 20)]], [[C, POST.slice(20)]]],
  [[[C, HALF]], [[S, OK()]]],
  [[[C, EXPECT]], [[S, 'HTTP/1.1 100 Continue\r\n\r\n']]],
  [[[C, EXPECT]], [[C, 'hello']]],
  [[[C, EXPECT]], [[S, OK()]]],
  [[[C, POST]], [[C, 'hello']]],
  [[[C, POST]], [[S, OK()]]],
  [[[C, GET('/')]], [[S, OK()]]],
  [[[C, GET('/')]], [[S, OK('', 'Content-Length: 5')]]],
  [[[C, GET('/')]], [[S, CLOSE]]],
  [[[C, GET('/')]], [[S, 'HTTP/1.1 200 OK\r\n\r\n']]],
  [[[C, 'CONNECT a:1 HTTP/1.1\r\n\r\n']], [[S, OK()]]],
  [[[C, GET('/')]], ['server-fin']],
  [
    [
      [C, GET('/')],
      [S, OK('', 'Content-Length: 5')],
    ],
    [[S, 'hello']],
  ],
  [
    [
      [C, GET('/')],
      [S, CLOSE.slice(0, -1)],
    ],
    [[S, 'x']],
  ],
  [
    [
      [C, GET('/') + GET('/b')],
      [S, OK('', 'Content-Length: 5')],
    ],
    [[S, 'hello']],
  ],
  [
    [
      [C, GET('/')],
      [S, OK('', 'Transfer-Encoding: chunked')],
    ],
    [[S, 'no chunk']],
  ],
  [
    [
      [C, GET('/')],
      [S, OK('', 'Content-Length: 5')],
    ],
    ['server-fin'],
  ],
  [
    [
      [C, GET('/')],
      [S, CLOSE],
    ],
    ['server-fin'],
  ],
  [
    [
      [C, GET('/')],
      [S, CLOSE],
    ],
    [[C, GET('/b')]],
  ],
  [EXCHANGE, [[C, HALF]]],
  [EXCHANGE, [[C, GET('/b')]]],
  [EXCHANGE, [[S, '\x01\x02']]],
  [EXCHANGE, ['server-fin']],
  [[...EXCHANGE, 'server-fin'], ['client-fin']],
  [[...EXCHANGE, [S, '\x01\x02']], [[C, GET('/b')]]],
  [[[C, 'CONNECT a:1 HTTP/1.1\r\n\r\n'], [S, OK()], 'client-fin'], ['server-fin']],
];

function tell(turns: readonly Turn[]): Uint8Array {
  const wire = new Wire().open('c', C, S, 80);
  for (const turn of turns) {
    if (typeof turn === 'string') wire.fin('c', turn === 'client-fin' ? C : S);
    else wire.say('c', turn[0], turn[1]);
  }
  return wire.pcap();
}

test.each(TRANSITIONS.map(([from, event, to], index) => ({ from, event, to, story: STORIES[index] })))(
  '$from, $event: $to',
  ({ from, to, story: [before, event] = [[], []] }) => {
    const stateAfter = (turns: readonly Turn[]): string | undefined => readHttp(tell(turns)).states.at(-1);
    expect(stateAfter(before)).toBe(from);
    expect(stateAfter([...before, ...event])).toBe(to);
  },
);

test('every state can be reached, and every story has its transition', () => {
  expect(STORIES).toHaveLength(TRANSITIONS.length);
  const reached = new Set(TRANSITIONS.map(([, , to]) => to));
  expect(STATES.map(([state]) => state).filter((state) => !reached.has(state))).toEqual(['idle-fresh']);
});

test('docs/states.md is the picture of the tables', async () => {
  const states = STATES.map(([state, owes]) => `| \`${state}\` | ${owes?.[0] ?? 'nobody'} | ${owes?.[1] ?? '–'} |`);
  const arrows = TRANSITIONS.map(([from, event, to]) => `    ${idOf(from)} --> ${idOf(to)}: ${event}`);
  const names = STATES.map(([state, owes]) => `    ${idOf(state)}: ${state}${owes === undefined ? '' : ` (${owes[0]} owes)`}`);
  const page = `# Who owes the next octet

A connection is at each instant in one state, and most states name a debtor and a debt. A debt that stays unpaid with both ends
alive is a hang; in \`idle-persistent\` nobody owes anything, and think time is no hang. A reset leads to \`closed\` from everywhere.

This page is drawn from the tables in [src/http/debts.ts](../src/http/debts.ts); do not edit it.

The first row that applies decides:

| state | debtor | debt |
| --- | --- | --- |
${states.join('\n')}

\`\`\`mermaid
stateDiagram-v2
${names.join('\n')}
    [*] --> idle_fresh
${arrows.join('\n')}
    closed --> [*]
\`\`\`
`;
  await expect(page).toMatchFileSnapshot('../docs/states.md');
});

function idOf(state: string): string {
  return state.replaceAll('-', '_');
}
