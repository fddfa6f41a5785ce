import { expect, test } from 'vitest';
import { latin1, octetsOf } from '../octets.ts';
import { BufferPool, HeldOctets } from './held-octets.ts';

test('where segments overlap the octets that came first stay', () => {
  const held = new HeldOctets(100, new Uint8Array(64));
  const put = (offset: number, text: string): boolean => held.put(offset, octetsOf(`##${text}##`), 2, 2 + text.length);
  expect(put(104, 'EF')).toBe(true);
  expect(put(101, 'bcdef')).toBe(false);
  expect(put(101, 'bcdEF')).toBe(true);
  expect(put(105, 'Fgh')).toBe(true);
  expect(`${held.ranges} ${latin1(held.bytes, 1, 8)}`).toBe('101-108 bcdEFgh');
});

test('moves to a larger buffer and to another beginning', () => {
  const held = new HeldOctets(100, new Uint8Array(8));
  held.put(105, octetsOf('abc'), 0, 3);
  held.move(104, new Uint8Array(16));
  expect(latin1(held.bytes, 1, 4)).toBe('abc');
  held.put(110, octetsOf('xyz'), 0, 3);
  held.move(105, held.bytes);
  expect(`${latin1(held.bytes, 0, 3)} ${latin1(held.bytes, 5, 8)}`).toBe('abc xyz');
});

test('tells which frame made which octets readable', () => {
  const held = new HeldOctets(100, new Uint8Array(64));
  const put = (offset: number, text: string, frame: number): void => {
    held.put(offset, octetsOf(text), 0, text.length);
    held.arrived(offset, frame, frame * 10, frame === 10 ? 50 : 0);
  };
  put(120, 'xyz', 8);
  put(110, 'cd', 7);
  put(108, 'ab', 9);
  put(112, 'e', 10);
  const pieces = [held.takePiece(0), held.takePiece(0), held.takePiece(0)];
  expect(pieces.map(({ to, frame, time }) => [to, frame, time])).toEqual([
    [112, 9, 90],
    [113, 10, 100],
    [123, 8, 80],
  ]);
  expect([held.ranges.count, held.frame]).toEqual([0, Number.NaN]);
});

test('the pool lends powers of two, again and again, and never more than its limit', () => {
  const pool = new BufferPool(2 ** 14);
  const [one, two] = [pool.take(5000), pool.take(8192)];
  expect([one?.length, two?.length, pool.take(1)]).toEqual([8192, 8192, undefined]);
  if (one !== undefined) pool.give(one);
  expect(pool.take(4097)).toBe(one);
  if (one !== undefined) pool.give(one);
  expect([pool.take(1)?.length, pool.take(1)?.length, pool.take(1), pool.lent]).toEqual([4096, 4096, undefined, 16384]);
});
