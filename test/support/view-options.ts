/** Options for views under test: no colour, a short hash that anyone can check, or colour as a terminal would get it. */

import type { ViewOptions } from '../../src/view/safe.ts';

const hash = (octets: string): string =>
  [...octets]
    .reduce((sum, unit) => (sum * 31 + unit.charCodeAt(0)) % 0x10000, 7)
    .toString(16)
    .padStart(4, '0');

export function viewOptions(width = 80, more: Partial<ViewOptions> = {}): ViewOptions {
  return { width, color: false, showSecrets: false, hash, paint: (_style, text) => text, ...more };
}

const ESCAPE = '\u001b';

export const inColour: Partial<ViewOptions> = { color: true, paint: (_style, text) => `${ESCAPE}[31m${text}${ESCAPE}[39m` };

export function withoutColour(text: string): string {
  return text.replaceAll(new RegExp(`${ESCAPE}\\[[0-9]+m`, 'g'), '');
}
