/**
 * Text -> lines of a given width, counted in the columns of a terminal: combining marks take none, CJK and emoji two.
 *
 * It works on text that safe.ts has made harmless and that carries no colour; colour is painted on whole lines afterwards.
 */

const ELLIPSIS = '…';
const ZERO_WIDTH = /\p{Mn}|\p{Me}|[\u1160-\u11ff]/u;
const WIDE = new RegExp(
  `[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7a3${'\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{18dff}\\u{1b000}-\\u{1b2ff}'}\\u{1f200}-\\u{1f2ff}\\u{20000}-\\u{3fffd}]|\\p{Emoji_Presentation}`,
  'u',
);

export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** At most `width` columns from the start of `text`. */
function startOf(text: string, width: number): string {
  let taken = '';
  let columns = 0;
  for (const character of text) {
    columns += characterWidth(character);
    if (columns > width) break;
    taken += character;
  }
  return taken;
}

function endOf(text: string, width: number): string {
  let taken = '';
  let columns = 0;
  for (const character of [...text].reverse()) {
    columns += characterWidth(character);
    if (columns > width) break;
    taken = character + taken;
  }
  return taken;
}

/** Cut in the middle, so that a host and the end of a path both stay. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 8) return width < 1 ? '' : startOf(text, width - 1) + ELLIPSIS;
  const tail = Math.floor((width - 1) / 3);
  return startOf(text, width - 1 - tail) + ELLIPSIS + endOf(text, tail);
}

export function cutEnd(text: string, width: number): string {
  return widthOf(text) <= width ? text : startOf(text, Math.max(0, width - 1)) + ELLIPSIS;
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** A name in kebab-case may be broken behind its hyphens, a reference of three lines behind its slashes; any other word is shortened when it is too long. */
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)+$/;
const BEHIND_SLASHES = /(?<=\/)(?=[^/])/;

/** Lines of at most `width` columns; the first begins with `first`, the others with `rest`. Always one line or more. */
export function wrap(text: string, width: number, first = '', rest: string = first): string[] {
  const lines: string[] = [];
  let line = cutEnd(first, width);
  let empty = true;
  for (const word of words(text, Math.max(1, width - Math.max(widthOf(first), widthOf(rest))))) {
    const joint = empty || word.glued ? '' : ' ';
    if (!empty && widthOf(line) + joint.length + widthOf(word.text) > width) {
      lines.push(line);
      line = rest + word.text;
    } else line += joint + word.text;
    empty = false;
  }
  lines.push(line);
  return lines.map((each) => cutEnd(each.replace(/ +$/, ''), width));
}

interface Word {
  readonly text: string;
  /** It follows the word before it without a space. */
  readonly glued: boolean;
}

/** Spaces between words; "7.96 s" is one word. */
const BREAKS = / (?!(?<=\d )(?:s|ms|us|min)\b)/;

function words(text: string, room: number): Word[] {
  return text
    .split(BREAKS)
    .filter((word) => word !== '')
    .flatMap((word) => {
      if (widthOf(word) <= room) return [{ text: word, glued: false }];
      return partsOf(word, room).map((part, index) => ({ text: shorten(part, room), glued: index > 0 }));
    });
}

function partsOf(word: string, room: number): string[] {
  if (KEBAB.test(word)) return word.split(/(?<=-)/);
  return widthOf(word) <= 3 * room ? word.split(BEHIND_SLASHES) : [word];
}
