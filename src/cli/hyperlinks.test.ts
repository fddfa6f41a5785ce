import { expect, test } from 'vitest';
import { fakeIo } from './fakes.ts';
import { hasHyperlinks } from './hyperlinks.ts';
import { run } from './run.ts';

test.each([
  [true, 80, { VTE_VERSION: '6003' }],
  [false, 80, { VTE_VERSION: '5000' }],
  [true, 80, { TERM_PROGRAM: 'WezTerm' }],
  [true, 80, { TERM: 'xterm-kitty' }],
  [true, 80, { WT_SESSION: 'a' }],
  [false, 80, { TERM: 'xterm-256color' }],
  [false, 80, { TERM: 'dumb', KITTY_WINDOW_ID: '1' }],
  [false, 80, { KITTY_WINDOW_ID: '1', CI: 'true' }],
  [false, undefined, { KITTY_WINDOW_ID: '1' }],
  [true, undefined, { FORCE_HYPERLINK: '1' }],
  [false, 80, { FORCE_HYPERLINK: '0', KITTY_WINDOW_ID: '1' }],
])('%s: %s columns, %j', (has, columns, env) => {
  expect(hasHyperlinks({ isTerminal: columns !== undefined }, env)).toBe(has);
});

test('the report links what it is based on, and a file gets no link', async () => {
  const io = fakeIo({ columns: 100, env: { TERM: 'xterm-kitty', NO_COLOR: '1' } });
  await run(['demo'], io);
  const ESC = '\u001b';
  expect(io.stdout.text).toContain(
    `${ESC}]8;;https://www.rfc-editor.org/rfc/rfc9112#section-9.3${ESC}\\RFC 9112 section 9.3${ESC}]8;;${ESC}\\`,
  );
  const plain = fakeIo({ columns: 100, env: { TERM: 'xterm', NO_COLOR: '1' } });
  await run(['demo'], plain);
  expect(io.stdout.text.replaceAll(new RegExp(`${ESC}\\]8;;[^${ESC}]*${ESC}\\\\`, 'g'), '')).toBe(plain.stdout.text);
});
