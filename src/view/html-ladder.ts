/**
 * A finding -> its ladder as SVG: one lane per box, one arrow per evidence, time downwards.
 *
 * A message takes the rows that its words need; the space between two messages is to scale, so that a silence is as long as
 * it looks. Presentation is left to classes: the policy of the page allows no style attribute.
 */

import type { Evidence, Finding, Report } from '../model.ts';
import { type Crossings, crossingMarks } from './crossings.ts';
import { element, type Markup } from './markup.ts';
import { boxesOf, frameMark, owedInWords } from './overview.ts';
import { type Secrecy, safeLines } from './safe.ts';
import { silenceBetween } from './silence.ts';
import { duration, offset } from './time.ts';
import { cutEnd, wrap } from './wrap.ts';

const WIDTH = 880;
const FIRST_LANE = 120;
const LAST_LANE = 845;
const ROW = 16;
const TOP = 34;
const MOST_STEPS = 40;
const LABEL_LINES = 6;
/** Of one character of the style sheet's fixed-width font of 12 px, rounded up. */
const CHARACTER = 7.4;
/** Pixels for a second, and for all of the time that is drawn. */
const PER_SECOND = 60;
const MOST_TIME = 480;
/** Nanoseconds of quiet that get a name. */
const SILENCE = 0.5e9;

interface Drawing {
  readonly finding: Finding;
  readonly lanes: readonly number[];
  /** Pixels for a nanosecond. */
  readonly scale: number;
  readonly shapes: Markup[];
  y: number;
}

/** Undefined where there is nothing to draw. */
export function ladderFigure(finding: Finding, report: Report, crossings: Crossings, secrecy: Secrecy): Markup | undefined {
  const boxes = boxesOf(finding);
  const steps = finding.evidence.slice(0, MOST_STEPS);
  const [first, last] = [steps[0]?.moment.time, steps.at(-1)?.moment.time];
  if (boxes.length < 2 || first === undefined || last === undefined) return undefined;
  const end = Math.max(last, finding.wait?.end.time ?? last);
  const drawing: Drawing = {
    finding,
    lanes: boxes.map((_, index) => FIRST_LANE + ((LAST_LANE - FIRST_LANE) * index) / (boxes.length - 1)),
    scale: Math.min(PER_SECOND / 1e9, MOST_TIME / Math.max(1, end - first)),
    shapes: [],
    y: TOP,
  };
  let before = first;
  for (const step of steps) {
    pass(drawing, before, step.moment.time);
    arrow(drawing, step, first, report, crossings, secrecy);
    before = step.moment.time;
  }
  const owed = owedInWords(finding);
  if (end > before) {
    pass(drawing, before, end);
    drawing.y += ROW;
    drawing.shapes.push(text(8, drawing.y, offset(first, end), 'dim'), text(FIRST_LANE + 8, drawing.y, owed ?? '', 'red'));
  }
  return figure(drawing, boxes, finding.evidence.length - steps.length);
}

function figure({ finding, lanes, scale, shapes, y }: Drawing, boxes: readonly { readonly name: string }[], untold: number): Markup {
  const height = Math.ceil(y + ROW);
  const heads = boxes.map(({ name }, index) => {
    const anchor = index === 0 ? 'start' : index === boxes.length - 1 ? 'end' : 'middle';
    return element('text', { x: lanes[index], y: 16, class: 'name', 'text-anchor': anchor }, name);
  });
  const rails = lanes.map((x) => element('line', { x1: x, y1: 24, x2: x, y2: height, class: 'lane' }));
  const label = `Ladder of ${finding.id}: ${boxes.map((box) => box.name).join(', ')}. The table of evidence says the same.`;
  const svg = element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': label },
    text(8, 16, 'seconds', 'dim'),
    rails,
    heads,
    shapes,
  );
  const pixels = Math.round(scale * 1e9 * 10) / 10;
  const more = untold > 0 ? ` ${untold} later messages stand in the table only.` : '';
  return element(
    'figure',
    {},
    element('div', { class: 'wide', tabindex: 0, role: 'group', 'aria-label': `Ladder of ${finding.id}` }, svg),
    element('figcaption', {}, `The space between two messages is to scale: ${pixels} px for a second.${more}`),
  );
}

/** Time goes by: quiet that lasted gets its words, and a band where somebody was owed something. */
function pass(drawing: Drawing, from: number, to: number): void {
  const { finding, scale, shapes, lanes } = drawing;
  const height = Math.max(0, to - from) * scale;
  const [left = 0, right = 0] = [lanes[0], lanes.at(-1)];
  if (to - from >= SILENCE) {
    const silence = silenceBetween(from, to, finding.wait);
    const owed = silence !== undefined;
    const space = Math.max(height, ROW * 1.5);
    if (owed) shapes.push(element('rect', { x: left + 6, y: drawing.y + 5, width: right - left - 12, height: space, class: 'silence' }));
    const words = owed ? `${duration(silence)} of silence` : `${duration(to - from)} later`;
    // at the first lane, so that it is in sight on a narrow screen too
    shapes.push(text(left + 16, drawing.y + 9 + space / 2, words, owed ? 'red' : 'dim'));
    drawing.y += space + 10;
  } else drawing.y += height;
}

function arrow(drawing: Drawing, step: Evidence, start: number, report: Report, crossings: Crossings, secrecy: Secrecy): void {
  const { finding, lanes, shapes } = drawing;
  const space = lanes.length === 3 && step.hop === 'server-side' ? 1 : 0;
  const [left = 0, right = 0] = [lanes[space], lanes[space + 1]];
  const room = Math.floor((right - left - 16) / CHARACTER);
  const lines = safeLines(step.text, secrecy).flatMap((line) => wrap(line, room, '', '  '));
  const label = lines.length <= LABEL_LINES ? lines : [...lines.slice(0, LABEL_LINES - 1), cutEnd(`${lines[LABEL_LINES - 1]} …`, room)];
  const marks = crossingMarks(crossings(finding, step)).flatMap(({ what, fields }) => wrap(`${what}: ${fields}`, room, '', '  '));
  const last = step.moment.frame === finding.wait?.end.frame && step.moment.time === finding.wait.end.time;
  shapes.push(text(8, drawing.y + ROW, offset(start, step.moment.time), 'dim'));
  const rows = [
    ...label.map((words) => ({ words, style: last ? 'red' : undefined })),
    ...marks.map((words) => ({ words, style: 'amber' })),
  ];
  for (const { words, style } of rows) {
    drawing.y += ROW;
    shapes.push(text(left + 8, drawing.y, words, style));
  }
  drawing.y += 10;
  const { y } = drawing;
  const tail = last ? ' last' : '';
  const [tip, back] = step.from === 'client' ? [right - 2, right - 11] : [left + 2, left + 11];
  shapes.push(
    text(8, y + 4, frameMark(report, step)),
    element('line', { x1: left + 2, y1: y, x2: right - 2, y2: y, class: `arrow${tail}` }),
    element('polygon', { points: `${tip},${y} ${back},${y - 4} ${back},${y + 4}`, class: `head${tail}` }),
  );
  drawing.y += 6;
}

function text(x: number, y: number, words: string, style?: string): Markup {
  return element('text', { x, y: Math.round(y), class: style }, words);
}
