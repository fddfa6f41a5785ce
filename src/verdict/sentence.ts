/** The whole report in one sentence: the worst finding that is sure enough, or what was looked at when there is none. */
import type { Finding, Group, Severity, Text } from '../model.ts';
import { CONFIDENCES, isSure, SEVERITIES } from '../ranks.ts';

const NOUNS: Readonly<Record<Severity, readonly [string, string]>> = {
  hang: ['hang', 'hangs'],
  'will-hang': ['connection that will hang', 'connections that will hang'],
  loss: ['lost exchange', 'lost exchanges'],
  violation: ['violation', 'violations'],
  hygiene: ['thing to clean up', 'things to clean up'],
  info: ['note', 'notes'],
};

export interface Looked {
  readonly connections: number;
  readonly exchanges: number;
  readonly relays: number;
  readonly encrypted?: number;
}

/** Findings that are only counted, by group: as many as there are beyond those that are kept. */
export function onlyCounted(findings: readonly Finding[], groups: readonly Group[]): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  const count = ({ group, children }: Finding): void => {
    kept.set(group, (kept.get(group) ?? 0) + 1);
    children.forEach(count);
  };
  findings.forEach(count);
  return new Map(groups.map(({ id, count: all }) => [id, all - (kept.get(id) ?? 0)]));
}

/** @param further as `onlyCounted` */
export function verdictSentence(findings: readonly Finding[], looked: Looked, further: ReadonlyMap<string, number> = new Map()): Text {
  const faults = findings.filter(({ severity }) => severity !== 'info');
  const sure = faults.filter(isSure).sort(byWeight);
  const [worst] = sure;
  if (worst !== undefined) return [`${counted(sure, worst.severity, further)}: `, ...worst.message];
  const scope = `${plural(looked.exchanges, 'exchange')} on ${plural(looked.connections, 'connection')}`;
  const [doubtful] = faults.toSorted(byWeight);
  if (doubtful !== undefined)
    return [`nothing certain in ${scope}; ${doubtful.confidence === 'likely' ? 'likely' : 'possibly'}, `, ...doubtful.message];
  if (looked.connections === 0) return ['no TCP connection was seen, so there is nothing to judge'];
  if (looked.exchanges === 0)
    return [`no HTTP/1.x exchange on ${plural(looked.connections, 'connection')}${encryptedIn(looked)}, so there is nothing to judge`];
  return [
    `no hang found in ${scope}, ${looked.relays === 0 ? 'none of them seen on two hops' : `${looked.relays} of them seen on two hops`}`,
  ];
}

function encryptedIn({ connections, encrypted = 0 }: Looked): string {
  if (encrypted === 0) return '';
  return connections === 1 ? ', which is encrypted' : `, ${encrypted === connections ? 'all' : encrypted} of them encrypted`;
}

function counted(findings: readonly Finding[], severity: Severity, further: ReadonlyMap<string, number>): string {
  const kept = findings.filter((finding) => finding.severity === severity);
  const groups = new Set(kept.map(({ group }) => group));
  const count = [...groups].reduce((sum, group) => sum + (further.get(group) ?? 0), kept.length);
  return `${count} ${NOUNS[severity][count === 1 ? 0 : 1]}`;
}

function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence)
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
