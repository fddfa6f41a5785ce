import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MarkedIds } from './marked-ids.ts';

test('finds what a set finds, whatever is added and taken out', () => {
  const step = fc.record({ added: fc.array(fc.nat(5000)), gone: fc.nat(7), wanted: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const [marked, twin] = [new MarkedIds(), new Set<number>()];
      for (const { added, gone, wanted } of steps) {
        for (const id of added) {
          marked.add(id);
          twin.add(id);
        }
        const [stays, fits] = [(id: number): boolean => id % 7 !== gone, (id: number): boolean => id % 5 === wanted];
        const sorted = [...twin].toSorted((one, other) => one - other);
        const found = sorted.find((id) => stays(id) && fits(id));
        for (const id of sorted) if (id < (found ?? Number.POSITIVE_INFINITY) && !stays(id)) twin.delete(id);
        expect(marked.find(stays, fits)).toBe(found);
      }
    }),
  );
});
