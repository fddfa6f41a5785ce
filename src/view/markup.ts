/**
 * Names, attributes and texts -> HTML, SVG or XML. Markup is a type of its own, and only this file makes it: a string that is put
 * into an element is text, so that nothing which was captured can become a tag, an attribute or an entity.
 */

import type { Text } from '../model.ts';
import { plain, type Secrecy, safePieces } from './safe.ts';

export interface Markup {
  readonly markup: string;
}

export type Child = string | number | Markup | undefined | readonly Child[];
type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Elements that have no end tag in HTML. */
const VOID = new Set(['meta', 'br', 'input']);

/** Attributes that are undefined are left out, and so are children. */
export function element(name: string, attributes: Attributes, ...children: readonly Child[]): Markup {
  const given = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escaped(String(value))}"`]));
  const start = `<${name}${given.join('')}>`;
  return { markup: VOID.has(name) ? start : `${start}${inside(children)}</${name}>` };
}

function inside(child: Child): string {
  if (child === undefined) return '';
  if (typeof child === 'object') return 'markup' in child ? child.markup : child.map(inside).join('');
  return escaped(String(child));
}

/** A text is one line; this ends it. */
export const LINE_END: Markup = { markup: '\n' };

/** Children without an element around them. */
export function together(...children: readonly Child[]): Markup {
  return { markup: inside(children) };
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escaped(text: string): string {
  return plain(text).replaceAll(/[&<>"']/g, (mark) => ENTITIES.get(mark) ?? '');
}

export function code(text: string): Markup {
  return element('code', {}, text);
}

/** A text of a finding: what was captured stands as code. */
export function told(text: Text, secrecy: Secrecy): Markup {
  return together(safePieces(text, secrecy).map((piece) => (piece.captured ? code(piece.text) : prose(piece.text))));
}

/** Our own text, in which `code` is meant as code. */
export function prose(text: string): Markup {
  return together(text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? code(part) : part)));
}
