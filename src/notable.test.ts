import { expect, test } from 'vitest';
import { bitsOf, CONTENT_ENCODING, FIELD_FACTS, FORWARDED, FORWARDED_FOR, notableIn, VIA } from './notable.ts';

test.each([
  ['Connection', 'keep-alive', bitsOf(['connection'])],
  ['CONNECTION', 'Close', bitsOf(['connection'])],
  ['Connection', 'close, te', bitsOf(['connection', 'options'])],
  ['Keep-Alive', 'timeout=5', bitsOf(['keep-alive'])],
  ['Proxy-Connection', 'keep-alive', bitsOf(['proxy-connection'])],
  ['Upgrade', 'websocket', bitsOf(['upgrade'])],
  ['TE', 'trailers', bitsOf(['te'])],
  ['HTTP2-Settings', 'AAMAAABkAAQAAP__', bitsOf(['http2-settings'])],
  ['Proxy-Authorization', 'Basic eDp5', bitsOf(['proxy-authorization'])],
  ['Transfer-Encoding', 'gzip, chunked', bitsOf(['coding'])],
  ['Transfer-Encoding', 'chunked', 0],
  ['Via', '1.1 p', VIA],
  ['x-forwarded-for', '10.0.0.1', FORWARDED_FOR],
  ['X-Real-IP', '10.0.0.1', FORWARDED],
  ['Forwarded', 'for=10.0.0.1', FORWARDED],
  ['Content-Encoding', 'gzip', CONTENT_ENCODING],
  ['Host', 'connection', 0],
])('%s: %s', (name, value, bits) => {
  expect(notableIn([{ name, value }])).toBe(bits);
});

test('what only pairing asks for is no fact', () => {
  expect(FIELD_FACTS & (VIA | FORWARDED_FOR | FORWARDED | CONTENT_ENCODING)).toBe(0);
});
