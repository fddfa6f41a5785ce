/**
 * A finding on two hops -> its heads side by side, as the proxy received them and as it sent them on: a row for each field
 * that concerns connections, and what became of it.
 */

import type { Evidence, Finding } from '../model.ts';
import type { Context } from './contract.ts';
import { type Crossings, receivedBefore } from './crossings.ts';
import { code, element, type Markup } from './markup.ts';
import { type Secrecy, safeLines } from './safe.ts';

const MOST_PAIRS = 8;

interface Row {
  readonly name: string;
  readonly received: string | undefined;
  readonly sent: string | undefined;
}

export function headTables(finding: Finding, context: Context, crossings: Crossings, secrecy: Secrecy): Markup[] {
  const pairs = finding.evidence.flatMap((sent) => {
    const received = receivedBefore(finding, sent);
    return received === undefined ? [] : [{ received, sent }];
  });
  return pairs.slice(0, MOST_PAIRS).map(({ received, sent }) => {
    const what = sent.from === 'client' ? 'request' : 'response';
    const [source, target] = sent.from === 'client' ? ['client', 'origin'] : ['origin', 'client'];
    const frames = [received, sent].map((each) => context.locate(each.connection.point, each.moment.frame).frame);
    const caption = `The ${what} as the proxy received it and as it sent it on`;
    return element(
      'div',
      { class: 'wide', tabindex: 0, role: 'group', 'aria-label': caption },
      element(
        'table',
        {},
        element('caption', {}, caption),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ['', `from the ${source}, frame ${frames[0]}`, `to the ${target}, frame ${frames[1]}`, 'on its way'].map((head) =>
              element(head === '' ? 'td' : 'th', head === '' ? {} : { scope: 'col' }, head),
            ),
          ),
        ),
        element(
          'tbody',
          {},
          rowsOf(received, sent, secrecy).map((row) => tableRow(row, becameOf(row, crossings(finding, sent)))),
        ),
      ),
    );
  });
}

function rowsOf(received: Evidence, sent: Evidence, secrecy: Secrecy): Row[] {
  const [before, after] = [linesOf(received, secrecy), linesOf(sent, secrecy)];
  return [...new Set([...before.keys(), ...after.keys()])].map((name) => ({
    name: before.get(name)?.name ?? after.get(name)?.name ?? name,
    received: before.get(name)?.value,
    sent: after.get(name)?.value,
  }));
}

/** Field lines by their names in lower case, the first line under ''. Repeated fields are joined. */
function linesOf(evidence: Evidence, secrecy: Secrecy): Map<string, { readonly name: string; readonly value: string }> {
  const [start = '', ...fields] = safeLines(evidence.text, secrecy);
  const lines = new Map([['', { name: 'first line', value: start }]]);
  for (const field of fields) {
    const colon = field.indexOf(': ');
    const name = colon < 0 ? field : field.slice(0, colon);
    const value = colon < 0 ? '' : field.slice(colon + 2);
    const known = lines.get(name.toLowerCase());
    lines.set(name.toLowerCase(), { name, value: known === undefined ? value : `${known.value}, ${value}` });
  }
  return lines;
}

function becameOf(row: Row, crossing: ReturnType<Crossings>): string {
  const is = (names: readonly string[]): boolean => names.some((name) => name.toLowerCase() === row.name.toLowerCase());
  if (is(crossing.relayed)) return 'relayed';
  if (row.received === undefined) return 'added';
  if (row.sent === undefined) return 'removed';
  return row.received === row.sent ? 'same on both hops' : 'changed';
}

function tableRow({ name, received, sent }: Row, became: string): Markup {
  return element(
    'tr',
    { class: became === 'relayed' ? 'relayed' : undefined },
    element('th', { scope: 'row' }, name),
    [received, sent].map((value) => element('td', {}, value === undefined ? 'none' : code(value))),
    element('td', { class: became === 'relayed' ? 'warn' : undefined }, became === 'relayed' ? element('strong', {}, became) : became),
  );
}
