/**
 * Ladders: the stories in the rule pages, one step a line, told on a Wire and judged by the whole pipeline.
 *
 *     client > proxy   GET http://o.test/a HTTP/1.0 | Connection: Keep-Alive      a request; it opens the connection
 *     proxy > origin   ...                                                        what the proxy received last, octet for octet
 *     origin > proxy   HTTP/1.0 200 OK | Content-Length: 2 || hi                  fields behind |, body behind ||
 *     | Connection: Keep-Alive                                                    goes on with the line before
 *     origin > proxy   || more                                                    octets alone; \r, \n and \x00 as in C
 *     client > proxy (unacknowledged) GET /b HTTP/1.0                             also (lost): sent, and not in the capture
 *     wait 6 s                                                                    or 200 ms
 *     origin closes proxy                                                         FIN; the next request opens a new connection
 *     proxy resets client
 *     what origin sends has hop limit 61                                          from here on; 64 before: another box in its name
 *     capture ends                                                                it went on until here: an ARP frame shows it
 *     20 times:                                                                   what follows up to the next `again`
 *     again
 *
 * `proxy > origin#2` is a second connection of these two. The other verbs are in the table below. A ladder ends with what
 * must be found: all of the report, in the notation of `Expectation`.
 */

import { createAnalyzer } from '../../src/analyze.ts';
import type { Confidence, Finding, Report, Rule, Severity } from '../../src/model.ts';
import { plain, safeText } from '../../src/view/index.ts';
import { Story } from './story.ts';
import { pcapOf, type WireFrame } from './wire.ts';

export interface Ladder {
  /** Line in its page. */
  readonly line: number;
  readonly steps: readonly ((story: Story) => void)[];
  /** One line for each finding; empty when there must be none. */
  readonly expected: readonly Expectation[];
  /** True: nothing at all may be found that is not expected. False: nothing of the page's own rule. */
  readonly whole: boolean;
}

/**
 * `finding: hang dumb-proxy-deadlock proven: never read request 2`: severity, rule, confidence if it matters, words of the
 * message with the hosts' names in place of their addresses. `part:` stands on top too, and says what it is part of; `child:`
 * is explained by another finding. `cleared:` is no finding: the silence is somebody else's (its severity is info).
 */
interface Expectation {
  readonly place: (typeof PLACES)[number];
  readonly severity: Severity;
  readonly rule: string;
  readonly confidence: Confidence | undefined;
  readonly words: string;
}

/** How a story is told: into how many octets a message is cut, and what becomes of its frames. */
export interface Telling {
  readonly cut: (octets: number) => number;
  readonly frames: (frames: readonly WireFrame[]) => readonly WireFrame[];
}

const same = (frames: readonly WireFrame[]): readonly WireFrame[] => frames;
const whole = (): number => 1460;

/** The findings must be the same in all of them. */
export const TELLINGS: Readonly<Record<string, Telling>> = {
  'as it is': { cut: whole, frames: same },
  'with every message in two segments': { cut: (octets) => Math.ceil(octets / 2), frames: same },
  'octet by octet': { cut: () => 1, frames: same },
  'with every frame captured twice': {
    cut: whole,
    frames: (frames) => frames.flatMap((frame) => [frame, { ...frame, time: frame.time + 20 }]),
  },
};

interface Line {
  readonly verb: RegExp;
  readonly play: (story: Story, words: Readonly<Record<string, string>>) => void;
}

const HOST = '[a-z][a-z-]*(?:#\\d)?';
const verb = (words: string): RegExp => new RegExp(`^${words.replace('A', `(?<a>${HOST})`).replace('B', `(?<b>${HOST})`)}$`);

const VERBS: readonly Line[] = [
  {
    verb: new RegExp(`^(?<a>${HOST}) +> +(?<b>${HOST})(?: \\((?<how>lost|unacknowledged)\\))? +(?<message>\\S.*)$`),
    play: (story, { a = '', b = '', how, message = '' }) => story.send(a, b, message, how),
  },
  { verb: verb('A closes B'), play: (story, { a = '', b = '' }) => story.close(a, b) },
  { verb: verb('A resets B'), play: (story, { a = '', b = '' }) => story.reset(a, b) },
  { verb: verb('A opens B'), play: (story, { a = '', b = '' }) => story.open(a, b) },
  { verb: verb('A is connected to B'), play: (story, { a = '', b = '' }) => story.open(a, b, { handshake: false }) },
  { verb: verb('A knocks at B in vain'), play: (story, { a = '', b = '' }) => story.knock(a, b) },
  { verb: verb('A sends it to B again'), play: (story, { a = '', b = '' }) => story.retransmit(a, b) },
  { verb: verb('A acknowledges B'), play: (story, { a = '', b = '' }) => story.acknowledge(a, b) },
  { verb: verb('A probes B'), play: (story, { a = '', b = '' }) => story.probe(a, b) },
  { verb: verb('A shuts its window to B'), play: (story, { a = '', b = '' }) => story.window(a, b, 'zeroWindow') },
  { verb: verb('A opens its window to B'), play: (story, { a = '', b = '' }) => story.window(a, b, 'openWindow') },
  {
    verb: /^wait (?<count>[\d.]+) (?<unit>s|ms)$/,
    play: (story, { count, unit }) => story.wait(Number(count) * (unit === 'ms' ? 0.001 : 1)),
  },
  {
    verb: verb('what A sends has hop limit (?<hops>\\d+)'),
    play: (story, { a = '', hops }) => story.hopLimit(a, Number(hops)),
  },
  { verb: verb('nothing that A sends is captured'), play: (story, { a = '' }) => story.hide(a) },
  { verb: /^capture ends$/, play: (story) => story.goesOn() },
];

const PLACES = ['finding', 'part', 'child', 'cleared'] as const;
const SEVERITIES = ['hang', 'will-hang', 'loss', 'violation', 'hygiene', 'info'] as const;
const CONFIDENCES = ['proven', 'strong', 'likely', 'possible'] as const;

const EXPECTED = new RegExp(
  `^(?<place>${PLACES.join('|')}): (?<severity>${SEVERITIES.join('|')}) (?<rule>[a-z0-9-]+)` +
    `(?: (?<confidence>${CONFIDENCES.join('|')}))?(?:: (?<words>.+))?$`,
);

/** `text` is the inside of a code block that begins at `line`. Throws where it is no ladder. */
export function parseLadder(text: string, line: number): Ladder {
  const steps: ((story: Story) => void)[] = [];
  let repeated: { readonly times: number; readonly from: number } | undefined;
  const expected: Expectation[] = [];
  let verdict: string | undefined;
  for (const written of text.replaceAll(/\n *\|/g, ' |').split('\n')) {
    const words = written.replace(/ +-- .*$/, '').trim();
    const found = EXPECTED.exec(words)?.groups;
    if (words === '') continue;
    if (found !== undefined) expected.push(expectationOf(found));
    else if (/^no finding( at all)?$/.test(words)) verdict = words;
    else if (/^\d+ times:$/.test(words)) repeated = { times: Number.parseInt(words, 10), from: steps.length };
    else if (words === 'again' && repeated !== undefined) {
      const block = steps.slice(repeated.from);
      for (let time = 1; time < repeated.times; time++) steps.push(...block);
      repeated = undefined;
    } else steps.push(stepOf(words, line));
  }
  if ((verdict === undefined) === (expected.length === 0))
    throw new Error(`the ladder at line ${line} must end with findings, or with "no finding"`);
  return { line, steps, expected, whole: verdict !== 'no finding' };
}

function stepOf(words: string, line: number): (story: Story) => void {
  for (const { verb, play } of VERBS) {
    const match = verb.exec(words);
    if (match !== null) return (story) => play(story, match.groups ?? {});
  }
  throw new Error(`the ladder at line ${line} has a line that is no step: ${words}`);
}

function expectationOf({ place, severity, rule = '', confidence, words = '' }: Record<string, string>): Expectation {
  return {
    place: oneOf(PLACES, place),
    severity: oneOf(SEVERITIES, severity),
    rule,
    confidence: confidence === undefined ? undefined : oneOf(CONFIDENCES, confidence),
    words,
  };
}

function oneOf<T extends string>(values: readonly T[], value: string | undefined): T {
  const known = values.find((one) => one === value);
  if (known === undefined) throw new Error(`${value} is none of ${values.join(', ')}`);
  return known;
}

/** What is wrong with the findings, a line each; empty when they are as expected. `rule` is the one whose page it is. */
export function tell(ladder: Ladder, rule: Rule['id'], telling: Telling): readonly string[] {
  const story = new Story(telling.cut);
  for (const step of ladder.steps) step(story);
  // Notes, and what is cleared, are told on the pages of their own rules only.
  const findings = placed(analyzed(pcapOf(telling.frames(story.frames()))), story).filter(
    (one) => one.severity !== 'info' || one.rule === rule,
  );
  const missing = ladder.expected.filter((expected) => !take(findings, expected));
  const surplus = findings.filter((found) => ladder.whole || found.rule === rule);
  return [
    ...missing.map(({ place, severity, rule: id, confidence = '', words }) => `missing: ${place} ${severity} ${id} ${confidence} ${words}`),
    ...surplus.map(({ place, severity, rule: id, confidence, words }) => `too many: ${place} ${severity} ${id} ${confidence} ${words}`),
  ];
}

function analyzed(capture: Uint8Array): Report {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'ladder' });
  input.push(capture);
  input.end();
  return analyzer.finish();
}

function placed({ findings, exonerations }: Report, story: Story): Expectation[] {
  const at = (place: Expectation['place'], finding: Finding): Expectation => ({
    place,
    severity: finding.severity,
    rule: finding.rule,
    confidence: finding.confidence,
    words: story.named(safeText(finding.message, { showSecrets: true, hash: plain })),
  });
  const found = findings.flatMap((finding) => [
    at(finding.partOf === undefined ? 'finding' : 'part', finding),
    ...finding.children.map((child) => at('child', child)),
  ]);
  return [...found, ...exonerations.map((exoneration) => at('cleared', exoneration))];
}

/** Takes the finding that is expected out of the ones that are left. */
function take(findings: Expectation[], expected: Expectation): boolean {
  const at = findings.findIndex(
    ({ place, severity, rule, confidence, words }) =>
      place === expected.place &&
      severity === expected.severity &&
      rule === expected.rule &&
      (expected.confidence ?? confidence) === confidence &&
      words.includes(expected.words),
  );
  if (at >= 0) findings.splice(at, 1);
  return at >= 0;
}
