/**
 * Are these rules? Those that come through the library may be plain JavaScript, which no compiler has looked at: what they lack is
 * said when the analyzer is made, and not by whoever stumbles over it in the middle of a capture.
 */
import { FACTS, type Rule } from '../model.ts';

interface Demand {
  readonly field: keyof Rule;
  readonly isMet: (value: unknown) => boolean;
  /** What it must be. */
  readonly must: string;
}

const KINDS: readonly unknown[] = ['exchange', 'relay', 'connection', 'hops', 'profile'];
const KNOWN_FACTS: readonly unknown[] = FACTS;

const DEMANDS: readonly Demand[] = [
  { field: 'on', isMet: (value) => KINDS.includes(value), must: `one of ${KINDS.join(', ')}` },
  { field: 'title', isMet: isText, must: 'a text' },
  { field: 'basis', isMet: listOf(isText), must: 'a list of texts: what the rule rests on' },
  { field: 'remedies', isMet: listOf(isRemedy), must: 'a list of { product, text }, empty where there is nothing to mend' },
  {
    field: 'onlyFor',
    isMet: (value) => value === undefined || listOf((fact) => KNOWN_FACTS.includes(fact))(value),
    must: 'a list of the facts that model.ts names, or left out',
  },
];

/** Throws a TypeError that names the first rule with a fault, and its field. */
export function checkRules(rules: readonly Rule[]): void {
  for (const [index, rule] of rules.entries()) {
    if (!isText(fieldOf(rule, 'id'))) throw new TypeError(`rule ${index + 1} of ${rules.length}: id must be a text`);
    for (const { field, isMet, must } of DEMANDS) if (!isMet(rule[field])) throw refusal(rule, field, must);
    const asked = rule.on === 'connection' ? 'ends' : 'check';
    if (typeof fieldOf(rule, asked) !== 'function') throw refusal(rule, asked, 'a function');
  }
}

function refusal({ id }: Rule, field: string, must: string): TypeError {
  return new TypeError(`rule ${id}: ${field} must be ${must}`);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isRemedy(value: unknown): boolean {
  return isText(fieldOf(value, 'product')) && isText(fieldOf(value, 'text'));
}

function listOf(isRight: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(isRight);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
