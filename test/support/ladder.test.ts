import { expect, test } from 'vitest';
import { parseLadder, TELLINGS, tell } from './ladder.ts';

const HANG = `
client > server  GET /a HTTP/1.1 | Host: s.test
server > client  HTTP/1.1 200 OK | Connection: keep-alive
                 | Content-Type: text/html || <html>done</html>
wait 15 s                                              -- nobody says that it is over
server closes client
client closes server`;
const RULE = 'until-close-but-kept-open';

const told = (verdict: string, story = HANG): readonly string[] => {
  const telling = TELLINGS['as it is'];
  if (telling === undefined) throw new Error('no such telling');
  return tell(parseLadder(`${story}\n${verdict}`, 7), RULE, telling);
};

test.each([
  ['finding: hang until-close-but-kept-open strong: server answered GET /a', []],
  ['finding: hang until-close-but-kept-open', []],
  ['finding: hang until-close-but-kept-open proven', ['missing', 'too many']],
  ['finding: will-hang until-close-but-kept-open', ['missing', 'too many']],
  ['finding: hang until-close-but-kept-open: of the proxy', ['missing', 'too many']],
  ['child: hang until-close-but-kept-open', ['missing', 'too many']],
  ['finding: hang until-close-but-kept-open\nfinding: hang dumb-proxy-deadlock', ['missing']],
  ['no finding', ['too many']],
  ['no finding at all', ['too many']],
])('judges %s', (verdict, complaints) => {
  expect(told(verdict).map((complaint) => complaint.replace(/:.*/, ''))).toEqual(complaints);
});

test('tells a block of steps several times', () => {
  const steps = (text: string): number => parseLadder(`${text}\nno finding`, 1).steps.length;
  expect(steps('wait 1 s\n3 times:\nclient opens server\nclient closes server\nagain\nwait 1 s')).toBe(8);
});

test('no finding: of the rule whose page it is', () => {
  const [telling] = Object.values(TELLINGS);
  expect(telling && tell(parseLadder(`${HANG}\nno finding`, 1), 'dumb-proxy-deadlock', telling)).toEqual([]);
});

test.each([
  ['a story without an end', '', 'must end with findings'],
  ['findings and none', 'finding: hang dumb-proxy-deadlock\nno finding', 'must end with findings'],
  ['a word that is no step', 'server sighs\nno finding', 'line 7 has a line that is no step: server sighs'],
  ['a severity that is none', 'finding: awful dumb-proxy-deadlock', 'no step'],
])('refuses %s', (_, verdict, message) => {
  expect(() => parseLadder(`${HANG}\n${verdict}`, 7)).toThrow(message);
});

test.each([
  ['a close of hosts that are not connected', 'other closes server\nno finding', 'other and server are not connected'],
  ['passing on what was never received', 'other > server   ...\nno finding', 'nothing that it could pass on'],
  ['a wait that no frame proves', 'wait 60 s\nno finding', 'end it with "capture ends"'],
])('refuses to tell %s', (_, verdict, message) => {
  expect(() => told(verdict)).toThrow(message);
});
