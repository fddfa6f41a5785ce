/**
 * A finding -> what to change, said of the boxes in it: which one, what went through it, its line of configuration where it says
 * what product it is, and what helps until then.
 *
 * The first remedy of a rule says for any product who has to do what; the others are settings of products, or help meanwhile.
 */
import type { Evidence, Finding, Remedy, Report, Signature, Text } from '../model.ts';
import { type Crossings, receivedBefore } from './crossings.ts';
import { type Box, boxAtFault, boxesOf, frameMark } from './overview.ts';

/** Labels with what there is to say, for the first screen; empty where there is no remedy. `items` stand below the text. */
export type Change = readonly { readonly label: string; readonly text: Text; readonly items: readonly string[] }[];

/** All remedies of a finding in words. Findings are asked for in their order: what one has told is not told again. */
export type Remedies = (finding: Finding) => readonly Text[];

/** Settings that are told where nobody knows the product. */
const MOST_SETTINGS = 2;

/** Products by what they call themselves in Server or Via; their names as in the remedies. */
const PRODUCTS: readonly (readonly [pattern: RegExp, product: string])[] = [
  [/\bsquid\b/i, 'Squid'],
  [/\b(?:nginx|openresty|tengine)\b/i, 'nginx'],
  [/\bapache(?=\/|$| \()/i, 'Apache httpd'],
  [/\bvarnish\b/i, 'Varnish'],
  [/\bhaproxy\b/i, 'HAProxy'],
  [/\benvoy\b/i, 'Envoy'],
  [/\btinyproxy\b/i, 'tinyproxy'],
];
const OTHER_PRODUCTS = ['Node http-proxy', 'Node', 'Go ReverseProxy', 'Go client', 'Go'];
const IN_FRONT = ' in front of it';
const AT_ONCE = ', at once';
const THE_CLIENT = 'the client';
/** What it is told to change is the client; it has no setting for this. */
const WITHOUT_SETTINGS = 'tinyproxy';
/** What such a box can be, where it does not say so: no server is told what its client may set, no origin what a proxy may. */
const ONLY_AS: ReadonlyMap<string, readonly Box['name'][]> = new Map([
  ['Go client', ['client']],
  ['Node http-proxy', ['proxy', 'server']],
  ['Go ReverseProxy', ['proxy', 'server']],
]);
const IN_ITS_CONFIGURATION = 'In its configuration';

/** Which box a remedy speaks of. */
const SPOKEN_OF: ReadonlyMap<string, (finding: Finding) => Box | undefined> = new Map([
  ['any proxy', proxyOf],
  ['the proxy', proxyOf],
  [THE_CLIENT, (finding: Finding) => endOf(finding, 0)],
  ['the peer', (finding: Finding) => endOf(finding, 0)],
  ['the side that sends requests', (finding: Finding) => endOf(finding, 0)],
  ['the server', (finding: Finding) => endOf(finding, 1)],
  ['the origin', (finding: Finding) => boxesOf(finding).at(-1)],
  ['the sender', boxAtFault],
  ['server or proxy', boxAtFault],
]);

function proxyOf(finding: Finding): Box | undefined {
  return boxesOf(finding).find(({ name }) => name === 'proxy') ?? boxAtFault(finding);
}

/** The client or the server of the hop where it happened. */
function endOf(finding: Finding, end: 0 | 1): Box | undefined {
  const boxes = boxesOf(finding);
  return boxes[(boxes.length === 3 && finding.hops[0]?.role === 'server-side' ? 1 : 0) + end];
}

export function changeOf(finding: Finding, report: Report, crossings: Crossings): Change {
  const [first] = finding.remedies;
  if (first === undefined) return [];
  const what = { label: 'What to change', text: whatToDo(finding, first, report, crossings), items: [] };
  const box = SPOKEN_OF.get(first.product)?.(finding);
  const config = first.product === THE_CLIENT ? [] : configuration(finding, box);
  return [what, ...config, ...meanwhile(finding)];
}

/** The first one is said of its box; then come the settings of products that say what they are. */
export function remediesOf(report: Report, crossings: Crossings): Remedies {
  const toldBy = new Map<readonly Remedy[], string>();
  return (finding) => {
    const [first, ...others] = finding.remedies;
    if (first === undefined) return [];
    const what = whatToDo(finding, first, report, crossings);
    const before = toldBy.get(finding.remedies);
    if (before !== undefined && others.length > 0) return [what, [`settings, and what helps until then: as for ${before}`]];
    toldBy.set(finding.remedies, finding.id);
    const box = SPOKEN_OF.get(first.product)?.(finding);
    const isKnown = ({ product }: Remedy): boolean => {
      const configured = product.endsWith(IN_FRONT) ? proxyOf(finding) : box;
      return settingOf(product) !== undefined && settingOf(product) === productOf(signatureOf(finding, configured));
    };
    const sorted = [...others.filter(isKnown), ...others.filter((remedy) => !isKnown(remedy))];
    return [what, ...sorted.map((remedy): Text => [inWords(remedy)])];
  };
}

/** "it says Via: 1.1 cache (squid/5.7)"; undefined where it says nothing. */
export function signatureInWords(finding: Finding, box: Box | undefined): Text | undefined {
  const signature = signatureOf(finding, box);
  if (signature === undefined) return undefined;
  const { field, value } = signature;
  return ['it says ', { kind: 'field-name', octets: field }, ': ', { kind: 'field-value', octets: value, name: field.toLowerCase() }];
}

function whatToDo(finding: Finding, remedy: Remedy, report: Report, crossings: Crossings): Text {
  const box = SPOKEN_OF.get(remedy.product)?.(finding);
  if (box === undefined) return [inWords(remedy)];
  const passed = box.name === 'proxy' ? passedOn(finding, report, crossings) : [];
  return [`on the ${box.name} ${placeOf(finding, box)}: ${remedy.text}`, ...passed];
}

/** A client is known by its address: its port is another one tomorrow. */
function placeOf(finding: Finding, { endpoints: [endpoint = ''] }: Box): string {
  return finding.hops.find(({ client }) => client.text === endpoint)?.client.address ?? endpoint;
}

/** '; the same on both hops: "Connection: keep-alive" (frame 14 and frame 19)' */
function passedOn(finding: Finding, report: Report, crossings: Crossings): Text {
  const seen = finding.evidence.flatMap((sent) => {
    const received = receivedBefore(finding, sent);
    const { relayed, same } = crossings(finding, sent);
    const names = [...relayed, ...same].filter((name) => (finding.fields ?? []).includes(name));
    const fields = names.flatMap((name, index): Text => [index === 0 ? '"' : '" and "', ...fieldIn(sent, name)]);
    if (received === undefined || fields.length === 0) return [];
    return [[...fields, `" (${frameMark(report, received)} and ${frameMark(report, sent)})`]];
  });
  return seen.flatMap((text, index): Text => [index === 0 ? '; the same on both hops: ' : ', ', ...text]);
}

function fieldIn({ text }: Evidence, name: string): Text {
  const value = text.find((part) => typeof part === 'object' && part.kind === 'field-value' && part.name === name.toLowerCase());
  return value === undefined ? [] : [{ kind: 'field-name', octets: name }, ': ', value];
}

/** Where the box says what it is, its settings alone. The remedies of a client are for whoever waits for it. */
function configuration(finding: Finding, box: Box | undefined): Change {
  const settings = finding.remedies.filter(({ product }) => settingOf(product) === product);
  if (box === undefined || settings.length === 0) return [];
  const signature = signatureOf(finding, box);
  const own = settings.filter(({ product }) => product === productOf(signature));
  if (signature !== undefined && own.length === 0) return [];
  if (own.length > 0) return [{ label: IN_ITS_CONFIGURATION, text: own.map(inWords), items: [] }];
  const likely = settings
    .filter(({ product }) => product !== WITHOUT_SETTINGS && ONLY_AS.get(product)?.includes(box.name) !== false)
    .slice(0, MOST_SETTINGS);
  if (likely.length === 0) return [];
  return [
    { label: IN_ITS_CONFIGURATION, text: ['it does not say what product it is; here is what others need'], items: likely.map(inWords) },
  ];
}

function meanwhile(finding: Finding): Change {
  const atOnce = finding.remedies.filter(({ product }) => product.endsWith(AT_ONCE));
  const inFront = finding.remedies.filter(({ product }) => product.endsWith(IN_FRONT));
  const proxy = productOf((finding.signatures ?? []).find(({ box }) => box === 'proxy'));
  const own = inFront.filter(({ product }) => settingOf(product) === proxy);
  const help = [
    ...atOnce.map(({ product, text }) =>
      product === finding.remedies[0]?.product + AT_ONCE ? text : inWords({ product: product.slice(0, -AT_ONCE.length), text }),
    ),
    ...(own.length > 0 ? own : inFront).map(inWords),
  ];
  const [first] = help;
  if (first === undefined) return [];
  return [{ label: 'Until then', ...(help.length === 1 ? { text: [first], items: [] } : { text: [], items: help }) }];
}

function inWords({ product, text }: Remedy): string {
  return `${product}: ${text}`;
}

function signatureOf({ signatures = [] }: Finding, box: Box | undefined): Signature | undefined {
  return signatures.find((signature) => signature.box === box?.name);
}

function productOf(signature: Signature | undefined): string | undefined {
  return signature === undefined ? undefined : PRODUCTS.find(([pattern]) => pattern.test(signature.value))?.[1];
}

/** The product that a remedy configures; undefined where it speaks of a role. */
function settingOf(product: string): string | undefined {
  const name = product.endsWith(IN_FRONT) ? product.slice(0, -IN_FRONT.length) : product;
  return PRODUCTS.some(([, known]) => known === name) || OTHER_PRODUCTS.includes(name) ? name : undefined;
}
