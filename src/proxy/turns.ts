/**
 * Which requests a proxy has sent on last, whoever had asked. One that does a single thing at a time serves its clients in turn: what
 * it was busy with before is what the next one had to wait for.
 */
import type { Host } from './habits.ts';
import type { OpenRelay } from './open-relay.ts';

/** A client waits for its turn while few others have theirs; behind more of them nobody can tell what it waited for. */
const REMEMBERED = 4;

/** Hot: called for each request that a proxy sends on. */
export function takeTurn(relay: OpenRelay): void {
  const { asked } = relay.hop;
  const turns: OpenRelay[] = asked.turns ?? [];
  if (asked.turns === undefined) asked.turns = turns;
  if (turns.length >= REMEMBERED) turns.shift();
  turns.push(relay);
}

/** What the proxy had sent on last before it went on with this one; undefined where that came on the same connection, or is not known. */
export function turnBefore(relay: OpenRelay, asked: Host): OpenRelay | undefined {
  const until = sentOn(relay) ?? Number.POSITIVE_INFINITY;
  let latest: OpenRelay | undefined;
  for (const other of asked.turns ?? []) {
    const sent = sentOn(other);
    if (other === relay || sent === undefined || sent >= until) continue;
    if (latest === undefined || sent >= (sentOn(latest) ?? 0)) latest = other;
  }
  return latest?.hop === relay.hop ? undefined : latest;
}

function sentOn({ attempts: [first] }: OpenRelay): number | undefined {
  return first?.request.firstTime;
}
