import { expect, test } from 'vitest';
import { isColoured, paintInColour, paintNothing } from './colour.ts';

const terminal = { isTerminal: true };
const file = { isTerminal: false };

test.each([
  ['a terminal', 'auto', terminal, {}, true],
  ['a file', 'auto', file, {}, false],
  ['NO_COLOR', 'auto', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', 'auto', terminal, { NO_COLOR: '' }, true],
  ['TERM=dumb', 'auto', terminal, { TERM: 'dumb' }, false],
  ['FORCE_COLOR on a file', 'auto', file, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', 'auto', terminal, { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR over NO_COLOR', 'auto', file, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ['--color always', 'always', file, { NO_COLOR: '1' }, true],
  ['--color never', 'never', terminal, { FORCE_COLOR: '1' }, false],
] as const)('%s', (_name, choice, output, env, coloured) => {
  expect(isColoured(choice, output, env)).toBe(coloured);
});

test('paint', () => {
  expect(paintInColour('red', 'a')).toBe('\u001b[31ma\u001b[39m');
  expect(paintInColour(['bold', 'red'], 'a')).toBe('\u001b[31m\u001b[1ma\u001b[22m\u001b[39m');
  expect(paintInColour('no such style', 'a')).toBe('a');
  expect(paintNothing('red', 'a')).toBe('a');
});
