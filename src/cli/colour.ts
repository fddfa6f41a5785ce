/**
 * Is an output coloured, and how: --color first, then FORCE_COLOR, NO_COLOR, TERM, then whether it is a terminal.
 */
import { inspect, styleText } from 'node:util';
import type { Paint } from '../view/safe.ts';
import type { Io, Output } from './io.ts';

export type ColorChoice = 'auto' | 'always' | 'never';

export function isColoured(choice: ColorChoice, output: Pick<Output, 'isTerminal'>, env: Io['env']): boolean {
  if (choice !== 'auto') return choice === 'always';
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return output.isTerminal && env['TERM'] !== 'dumb';
}

type Style = Extract<Parameters<typeof styleText>[0], string>;

/** A style that this Node does not know leaves the text as it is. */
export const paintInColour: Paint = (style, text) =>
  (typeof style === 'string' ? [style] : style)
    .filter(isStyle)
    .reduce((painted, name) => styleText(name, painted, { validateStream: false }), text);

export const paintNothing: Paint = (_style, text) => text;

function isStyle(name: string): name is Style {
  return Object.hasOwn(inspect.colors, name);
}
