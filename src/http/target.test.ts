import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { pathStart, TargetHashes } from './target.ts';

function hashes(target: string): TargetHashes {
  const octets = octetsOf(`${target} HTTP/1.1`);
  const all = new TargetHashes();
  all.read(octets, 0, target.length);
  return all;
}

/** The parts of a target by regular expression: each must hash as a target of its own would. */
function parts(target: string): { target: string; tail: string; leaf: string; query: string } {
  const whole = target.replace(/^[^/]{0,9}?:\/\/[^/?]*/, '');
  const path = /^[^?]*/.exec(whole)?.[0] ?? '';
  const query = whole.slice(path.length);
  const end = (segments: number): string =>
    path.split('/').length > segments ? `/${path.split('/').slice(-segments).join('/')}${query}` : whole;
  return { target: whole === '' ? '/' : whole, tail: end(2) || '/', leaf: end(1) || '/', query };
}

test.each([
  ['/a/b', 0],
  ['http://host:80/a/b', 14],
  ['http://host?x', 11],
  ['*', 0],
  ['host:443', 0],
])('the path of %s begins at %i', (target, path) => {
  expect(pathStart(octetsOf(target), 0, target.length)).toBe(path);
});

test.each([
  ['/a/b/c/d?x=/y/z', '/c/d?x=/y/z', '/d?x=/y/z'],
  ['http://h/a/b/c', '/b/c', '/c'],
  ['/a', '/a', '/a'],
  ['a/b', 'a/b', '/b'],
  ['/a?b?c', '/a?b?c', '/a?b?c'],
])('%s ends in %s, and in %s', (target, tail, leaf) => {
  expect([hashes(target).tail, hashes(target).leaf]).toEqual([hashes(tail).target, hashes(leaf).target]);
});

test('the parts hash as if they stood alone, and none has 0', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '/', '?', ':'), maxLength: 14 });
  fc.assert(
    fc.property(fc.constantFrom('', 'http://h'), letters, (scheme, rest) => {
      if (rest.includes('://')) return;
      const target = scheme + rest;
      const [all, wanted] = [hashes(target), parts(target)];
      expect([all.target, all.tail, all.leaf]).not.toContain(0);
      expect(all.target).toBe(hashes(scheme === '' ? target : `http://other${rest}`).target);
      expect([all.tail, all.leaf]).toEqual([hashes(wanted.tail).target, hashes(wanted.leaf).target]);
      expect(all.query === 0).toBe(wanted.query === '');
    }),
    { numRuns: 10_000 },
  );
}, 120_000);
