/** What makes the length of a message a matter of opinion: fields that two receivers may read differently (RULES R29). */
import type { Field, Message, Text } from '../model.ts';
import * as say from './words.ts';

export interface Ambiguity {
  /** "Content-Length: 5 and Transfer-Encoding: chunked in one message". */
  readonly what: Text;
  /** The rule that it breaks. */
  readonly because: string;
  readonly fields: readonly string[];
}

/** Names of the coding registry (RFC 9112 section 7), and of its predecessor. */
const CODINGS: ReadonlySet<string> = new Set(['chunked', 'compress', 'deflate', 'gzip', 'x-compress', 'x-gzip', 'identity']);

const LENGTH = ['Content-Length'];
const CODING = ['Transfer-Encoding'];
const BOTH = ['Content-Length', 'Transfer-Encoding'];

/** The worst of it; undefined for a head that everybody must read alike. */
export function ambiguityOf(message: Message): Ambiguity | undefined {
  const { oddities } = message;
  const lengths = fieldsOf(message, 'content-length');
  const codings = fieldsOf(message, 'transfer-encoding');
  if (lengths.length === 0 && codings.length === 0) return undefined;
  const strange = codings.find(({ value }) => faultOf(value) !== undefined);
  const fault = strange && faultOf(strange.value);
  if (oddities.includes('length-and-coding') && !oddities.includes('identity-coding'))
    return {
      what: [...listed([...lengths, ...codings]), ' in one message'],
      because:
        'a message with Transfer-Encoding must not have Content-Length (RFC 9112 section 6.1): who reads the one finds another end than who reads the other',
      fields: BOTH,
    };
  if (oddities.includes('conflicting-length'))
    return {
      what: [...listed(lengths), ', which differ'],
      because: 'Content-Length with different values is an error that cannot be repaired (RFC 9112 section 6.3, rule 5)',
      fields: LENGTH,
    };
  if (oddities.includes('invalid-length'))
    return {
      what: [...listed(lengths), ', which is no number of octets'],
      because: 'an invalid Content-Length is an error that cannot be repaired (RFC 9112 section 6.3, rule 5)',
      fields: LENGTH,
    };
  return strange === undefined || fault === undefined ? undefined : { what: say.fieldText(strange), because: fault, fields: CODING };
}

/** What is wrong with the value of a Transfer-Encoding; undefined when all receivers must agree about it. */
function faultOf(value: string): string | undefined {
  if (value === 'chunked') return undefined;
  const names = value.split(',', MAX_NAMES).map((part) => part.replace(/;.*$/s, '').trim().toLowerCase());
  if (names.includes('')) return 'an empty element in the list: some receivers skip it, others see no chunked (RFC 9112 section 6.1)';
  const unknown = names.find((name) => !CODINGS.has(name));
  if (unknown !== undefined)
    return 'a coding that is not registered: some receivers take it for chunked, others do not (RFC 9112 section 6.1)';
  const chunked = names.indexOf('chunked');
  if (chunked >= 0 && chunked < names.length - 1) return 'chunked must be the last coding, and be there once (RFC 9112 section 6.1)';
  return undefined;
}

/** Elements of one Transfer-Encoding that are looked at. */
const MAX_NAMES = 100;
/** Fields that a text shows. */
const MAX_SHOWN = 4;

function fieldsOf(message: Message, name: string): readonly Field[] {
  return message.fields.filter((field) => field.name.length === name.length && field.name.toLowerCase() === name);
}

function listed(fields: readonly Field[]): Text {
  return fields.slice(0, MAX_SHOWN).flatMap((field, index) => [...(index === 0 ? [] : [' and ']), ...say.fieldText(field)]);
}
