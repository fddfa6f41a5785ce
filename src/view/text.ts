/**
 * A report -> text for a terminal: the verdict, each cause with its ladder, the table, what was cleared, and how far one
 * could see. No line is longer than `options.width`; what is said in colour is also said in words.
 */

import type { CaptureReport, Finding, Report } from '../model.ts';
import { type Remedies, remediesOf, signatureInWords } from './change.ts';
import { evidenceFrames, filterFor } from './contract.ts';
import { type Crossings, crossingMarks, crossingsOf } from './crossings.ts';
import { markCutHeads } from './cut-heads.ts';
import { framesInWords } from './frame-list.ts';
import { drawLadder } from './ladder.ts';
import {
  assumptions,
  blindSpots,
  boxAtFault,
  captureMark,
  capturesInWords,
  counted,
  countsInWords,
  endsOf,
  type FindingGroup,
  faultsAndNotes,
  frameMark,
  groupFindings,
  issueInWords,
  issuesOf,
  lookedAtInWords,
  otherTraffic,
  owedInWords,
  reasonOf,
  saidInVerdict,
  waysOf,
  zeroInWords,
} from './overview.ts';
import { pairingInWords } from './pairing.ts';
import { plain, safeText, type ViewOptions } from './safe.ts';
import { drawTable, NARROWEST_TABLE, SEVERITY_STYLES } from './table.ts';
import { calendar, duration, offset } from './time.ts';
import { widthOf, wrap } from './wrap.ts';

/** Causes told in full; the table has all. */
const MOST_TOLD = 12;
const MOST_REMEDIES = 6;
const MOST_LISTED = 20;
/** Fewer columns than this are taken for this many. */
const NARROWEST = 40;

type Lines = string[];

/** What every cause is told from. */
interface Page {
  readonly report: Report;
  readonly crossings: Crossings;
  readonly remedies: Remedies;
  readonly options: ViewOptions;
}

export function renderText(given: Report, { width, ...others }: ViewOptions): string {
  const options = { ...others, width: Math.max(NARROWEST, width) };
  const report = markCutHeads(given);
  const [faults, notes] = faultsAndNotes(report.findings);
  const groups = groupFindings(report, faults);
  const crossings = crossingsOf(report);
  const page = { report, crossings, remedies: remediesOf(report, crossings), options };
  const lines = [
    ...verdict(report, groups, options),
    ...groups.slice(0, MOST_TOLD).flatMap((group) => ['', ...tellGroup(page, group)]),
    ...(groups.length > 0 ? findingsTable(groups, options) : whatWasLookedAt(report, options)),
    ...aLineEach('Notes', report, notes, options),
    ...aLineEach('Looked at and cleared', report, report.exonerations, options),
    ...captureHealth(report, options),
    ...bullets('What could not be seen', blindSpots(report), options),
    ...nextCommands(report, groups[0]?.first, options),
  ];
  return `${lines.join('\n')}\n`;
}

// ------------------------------------------------------------------------------------------------ the verdict

function verdict(report: Report, groups: readonly FindingGroup[], options: ViewOptions): Lines {
  const style = SEVERITY_STYLES[groups[0]?.first.severity ?? ''] ?? 'bold';
  const looked = `${counted(report.connections, 'connection')}, ${counted(report.exchanges, 'exchange')}, ${report.relays} seen on two hops`;
  return [
    ...wrap(safeText(report.verdict, options), options.width).map((line) => options.paint(style, line)),
    ...wrap(`${countsInWords(report)} in ${capturesInWords(report, plain)}: ${looked}`, options.width).map((line) =>
      options.paint('dim', line),
    ),
  ];
}

// ------------------------------------------------------------------------------------------------ one cause

function tellGroup(page: Page, { first, count }: FindingGroup): Lines {
  const { report, crossings, options } = page;
  const times = count > 1 ? `, seen ${count} times, ${first.id} shown` : '';
  const head = `${first.id}  ${first.severity.toUpperCase()}, ${first.confidence}: ${plain(first.title)}${times}`;
  const why = [...whatToDo(page, first), ...reasons(first, options)];
  const drawn = first.severity === 'hang' || first.severity === 'will-hang' ? drawLadder(first, report, crossings, options) : [];
  return [
    ...wrap(head, options.width, '', '    ').map((line) => options.paint(SEVERITY_STYLES[first.severity] ?? 'bold', line)),
    ...(saidInVerdict(report, first, options) ? [] : wrap(safeText(first.message, options), options.width, '    ')),
    '',
    ...whoIsWho(report, first, options),
    '',
    ...(drawn.length > 0 ? drawn : evidenceList(report, first, crossings, options)),
    ...(why.length > 0 ? ['', ...why] : []),
  ];
}

function whoIsWho(report: Report, finding: Finding, options: ViewOptions): Lines {
  const lines = waysOf(report, finding).flatMap(({ from, client, to, server, seen }) =>
    wrap(`${from} ${client} > ${to} ${server}, ${seen}`, options.width, '    ', '      '),
  );
  const owed = owedInWords(finding);
  const signature = signatureInWords(finding, boxAtFault(finding));
  const said = signature === undefined ? '' : `; ${safeText(signature, options)}`;
  const zero = zeroInWords(report, finding);
  return [
    ...lines,
    ...(owed === undefined ? [] : wrap(`T${owed.slice(1)}${said}.`, options.width, '    ')),
    ...(zero === undefined ? [] : wrap(`${zero}.`, options.width, '    ')),
  ];
}

function evidenceList(report: Report, finding: Finding, crossings: Crossings, options: ViewOptions): Lines {
  const start = finding.evidence[0]?.moment.time ?? 0;
  return finding.evidence.flatMap((evidence) => {
    const head = `    ${offset(start, evidence.moment.time).padStart(10)} s  ${frameMark(report, evidence)}  ${endsOf(finding, evidence)[0]}: `;
    const marks = crossingMarks(crossings(finding, evidence)).map(({ what, fields }) => ` (${what}: ${fields})`);
    return wrap(safeText(evidence.text, options) + marks.join(''), options.width, head, ' '.repeat(18));
  });
}

function whatToDo({ remedies, options }: Page, finding: Finding): Lines {
  const told = remedies(finding).map((text) => safeText(text, options));
  return reasonList('What to do', upTo(told, MOST_REMEDIES, `hopcheck explain ${finding.rule}`), options);
}

function reasons(finding: Finding, options: ViewOptions): Lines {
  const because = finding.because
    .map(reasonOf)
    .flatMap(({ said, parts }) => [
      ...wrap(safeText(said, options), options.width, '      - ', '        '),
      ...parts.flatMap((part) => wrap(plain(part), options.width, '          ', '            ')),
    ]);
  const children = finding.children.map((child) => `${child.id} ${child.severity}, ${child.confidence}: ${plain(child.title)}`);
  return [
    ...(because.length > 0 ? [options.paint('bold', '    Because'), ...because] : []),
    ...reasonList('What would change our mind', finding.wouldChangeOurMind.map(plain), options),
    ...reasonList('It also explains', upTo(children, MOST_REMEDIES, '--format json'), options),
    ...reasonList('Basis', finding.basis.length === 0 ? [] : [finding.basis.map(plain).join('; ')], options).map((line) =>
      linked(line, options),
    ),
    ...(finding.partOf === undefined ? [] : wrap(`Part of ${finding.partOf}.`, options.width, '    ')),
  ];
}

function reasonList(title: string, texts: readonly string[], options: ViewOptions): Lines {
  if (texts.length === 0) return [];
  return [options.paint('bold', `    ${title}`), ...texts.flatMap((text) => wrap(text, options.width, '      - ', '        '))];
}

/** A basis is ours, so that no captured octet can be in a link. */
function linked(line: string, { hyperlinks }: ViewOptions): string {
  if (hyperlinks !== true) return line;
  return line.replaceAll(/RFC (\d+)(?: section (\d+(?:\.\d+)*))?/g, (text, number: string, section: string | undefined) => {
    const place = section === undefined ? '' : `#section-${section}`;
    return `${LINK}https://www.rfc-editor.org/rfc/rfc${number}${place}${END}${text}${LINK}${END}`;
  });
}

/** OSC 8, and the string terminator (ECMA-48 section 8.3.143). */
const LINK = '\u001b]8;;';
const END = '\u001b\\';

function upTo(texts: readonly string[], most: number, where: string): string[] {
  return texts.length <= most ? [...texts] : [...texts.slice(0, most), `... and ${texts.length - most} more (${where})`];
}

// ------------------------------------------------------------------------------------------------ the whole report

function findingsTable(groups: readonly FindingGroup[], options: ViewOptions): Lines {
  const untold = groups.length - MOST_TOLD;
  const note = untold > 0 ? wrap(`The first ${MOST_TOLD} causes are told above; ${untold} more are in the table.`, options.width) : [];
  if (options.width < NARROWEST_TABLE) return bullets('Findings', groups.map(lineOf), options);
  return ['', options.paint('bold', 'Findings'), ...note, ...drawTable(groups, options.width, options.paint)];
}

function lineOf({ first, count }: FindingGroup): string {
  return `${first.id} ${first.severity}, ${first.confidence}: ${first.rule}${count > 1 ? `, ${count} times` : ''}`;
}

/** Without findings: what the silence of this report is worth. */
function whatWasLookedAt(report: Report, options: ViewOptions): Lines {
  return bullets('What was looked at', lookedAtInWords(report), options);
}

function aLineEach(title: string, report: Report, findings: readonly Finding[], options: ViewOptions): Lines {
  const texts = groupFindings(report, findings).map(({ first, count }) => {
    const frames = framesInWords(report, first);
    const where = frames === '' ? '' : ` (${frames})`;
    return `${first.id} ${plain(first.title)}${count > 1 ? `, ${count} times` : ''}: ${safeText(first.message, options)}${where}`;
  });
  return bullets(title, upTo(texts, MOST_LISTED, '--format json'), options);
}

function captureHealth(report: Report, options: ViewOptions): Lines {
  const lines = report.captures.slice(0, MOST_LISTED).flatMap((capture) => healthOf(report, capture, options));
  const more = report.captures.length - MOST_LISTED;
  const rest = more > 0 ? [`  ... and ${more} more (--format json)`] : [];
  const assumed = assumptions(report).flatMap((text) => wrap(plain(text), options.width, '  ', '    '));
  return ['', options.paint('bold', 'Capture health'), ...lines, ...rest, ...assumed, ...pairing(report, options)];
}

function pairing({ pairing, relays }: Report, options: ViewOptions): Lines {
  if (relays === 0) return [];
  return ['  pairing of the hops', ...pairingInWords(pairing).flatMap((fact) => wrap(fact, options.width, '    '))];
}

function healthOf(report: Report, capture: CaptureReport, options: ViewOptions): Lines {
  const { health } = capture;
  const dropped = health.dropped === undefined ? 'drops not told by the file' : `${health.dropped} dropped`;
  const quiet = capture.observedUntil - capture.lastTime;
  const facts = [
    `${counted(capture.frames, 'frame')}, ${calendar(report.base, capture.firstTime)}, ${duration(capture.lastTime - capture.firstTime)} long` +
      (quiet > 0 ? `, and nothing in the ${duration(quiet)} after it` : ''),
    `${counted(health.connections, 'connection')}: ${health.synSeen} with SYN, ${health.bothDirections} in both directions, ${health.encrypted} encrypted`,
    `${counted(health.gaps, 'gap')}, ${counted(health.duplicates, 'duplicate')}, ${counted(health.cutFrames, 'cut frame')}, ${dropped}`,
    ...otherTraffic(health),
    ...upTo(issuesOf(capture).map(issueText), MOST_LISTED, '--format json'),
  ];
  const kind = [capture.format ?? 'not read', ...capture.linkTypes].map(plain).join(', ');
  const state = capture.complete ? '' : ', incomplete';
  return [
    ...wrap(
      `${plain(capture.name)}${captureMark(report, capture.index)}: ${kind}, ${counted(capture.bytes, 'octet')}${state}`,
      options.width,
      '  ',
      '    ',
    ),
    ...(capture.frames === 0 ? facts.slice(3) : facts).flatMap((fact) => wrap(fact, options.width, '    ')),
  ];
}

function issueText(issue: CaptureReport['issues'][number]): string {
  return `${issue.code}: ${plain(issueInWords(issue))}`;
}

function bullets(title: string, texts: readonly string[], options: ViewOptions): Lines {
  if (texts.length === 0) return [];
  return ['', options.paint('bold', title), ...texts.flatMap((text) => wrap(plain(text), options.width, '  - ', '    '))];
}

// ------------------------------------------------------------------------------------------------ what to type next

function nextCommands(report: Report, finding: Finding | undefined, options: ViewOptions): Lines {
  if (finding === undefined) return [];
  const places = evidenceFrames(report, finding);
  return [
    '',
    options.paint('bold', 'Next'),
    ...places.flatMap(({ capture, frames }) => tshark(report.captures[capture], filterFor(frames), options)),
    ...wrap(`hopcheck explain ${finding.rule}`, options.width, '  '),
  ];
}

/** What a capture is called that came through a pipe: nothing can read it again. */
const FROM_PIPE = 'stdin';

/** A line end inside the quoted filter is white space to Wireshark, so that the command may be pasted as it stands. */
function tshark(capture: CaptureReport | undefined, filter: string, options: ViewOptions): Lines {
  const readable = capture !== undefined && capture.name !== FROM_PIPE && plain(capture.name) === capture.name;
  if (!readable) return wrap(`Wireshark: ${spaced(filter)}`, options.width, '  ', '    ');
  const call = `tshark -r ${shellQuoted(capture.name)} -Y`;
  const line = `  ${call} '${filter}'`;
  if (widthOf(line) <= options.width) return [line];
  if (widthOf(call) + 4 > options.width) return wrap(`Wireshark: ${spaced(filter)}`, options.width, '  ', '    ');
  return [`  ${call} \\`, ...wrap(`'${spaced(filter)}'`, options.width, '    ')];
}

function spaced(filter: string): string {
  return filter.replaceAll(',', ', ');
}

function shellQuoted(name: string): string {
  const safe = name.startsWith('-') ? `./${name}` : name;
  return /^[\w./:@%+=,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
