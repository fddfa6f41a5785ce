import { expect, test } from 'vitest';
import type { Rule } from '../model.ts';
import { checkRules } from './check-rules.ts';
import { rules } from './index.ts';

/** As a program in plain JavaScript writes it: nothing has looked at its type. */
function written(json: string): readonly Rule[] {
  const parsed: readonly Rule[] = JSON.parse(json);
  return parsed.map((rule) => (rule === null ? rule : { check: () => {}, ...rule }));
}

const RIGHT = '"id": "mine", "on": "exchange", "title": "Mine"';

test.each([
  ['not a rule at all', '[null]', 'rule 1 of 1: id must be a text'],
  ['no id', '[{ "on": "exchange" }]', 'rule 1 of 1: id must be a text'],
  ['no kind', '[{ "id": "mine" }]', 'rule mine: on must be one of exchange, relay, connection, hops, profile'],
  ['no title', '[{ "id": "mine", "on": "relay" }]', 'rule mine: title must be a text'],
  ['no basis', `[{ ${RIGHT}, "remedies": [] }]`, 'rule mine: basis must be a list of texts'],
  ['one text in place of a list', `[{ ${RIGHT}, "basis": "RFC 9112", "remedies": [] }]`, 'rule mine: basis must be a list of texts'],
  ['no remedies', `[{ ${RIGHT}, "basis": [] }]`, 'rule mine: remedies must be a list of { product, text }'],
  ['a remedy for nobody', `[{ ${RIGHT}, "basis": [], "remedies": [{ "text": "stop" }] }]`, 'rule mine: remedies must be a list'],
  [
    'an unknown fact',
    `[{ ${RIGHT}, "basis": [], "remedies": [], "onlyFor": ["waits"] }]`,
    'rule mine: onlyFor must be a list of the facts',
  ],
  ['nothing to ask', `[{ ${RIGHT}, "basis": [], "remedies": [], "check": 7 }]`, 'rule mine: check must be a function'],
  ['no end', '[{ "id": "mine", "on": "connection", "title": "Mine", "basis": [], "remedies": [] }]', 'rule mine: ends must be a function'],
])('%s', (_, json, message) => {
  expect(() => checkRules(written(json))).toThrow(TypeError);
  expect(() => checkRules(written(json))).toThrow(message);
});

test('those of hopcheck are right, and so is one with the least that it takes', () => {
  expect(() => checkRules(rules)).not.toThrow();
  expect(() => checkRules(written(`[{ ${RIGHT}, "basis": [], "remedies": [] }]`))).not.toThrow();
});
