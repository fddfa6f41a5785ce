import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../test/support/packet.ts';
import { ADDRESS_LIMIT_REACHED, newAddresses } from './addresses.ts';

test.each([
  [0x0a000001, '10.0.0.1'],
  [-1, '255.255.255.255'],
  [0, '0.0.0.0'],
  [-1062731519, '192.168.1.1'],
])('IPv4 %i is %s', (address, text) => {
  expect(newAddresses().text(4, address)).toBe(text);
});

/** RFC 5952 sections 4 and 5. */
test.each([
  ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['fe80:0:0:0:0:0:0:0', 'fe80::'],
  ['0:0:0:0:0:ffff:c000:0201', '::ffff:192.0.2.1'],
  ['0:0:0:0:ffff:0:c000:0201', '::ffff:0:c000:201'],
])('IPv6 %s is %s', (address, text) => {
  const addresses = newAddresses();
  expect(addresses.text(6, addresses.intern(parseAddress(address), 0))).toBe(text);
});

test('agrees with a map, whatever arrives in whatever order, and through its growth', () => {
  const few = fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 });
  fc.assert(
    fc.property(fc.array(few, { maxLength: 200 }), fc.nat(2 ** 32 - 1), (list, seed) => {
      const addresses = newAddresses(1 << 20, seed);
      const map = new Map<string, number>();
      for (const octets of list) {
        const key = octets.join('.');
        const id = map.get(key) ?? map.size;
        map.set(key, id);
        expect(addresses.intern(octets, 0)).toBe(id);
      }
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('ten thousand addresses keep their numbers', () => {
  const addresses = newAddresses();
  const octets = (index: number): Uint8Array => parseAddress(`2001:db8::${(index >> 8).toString(16)}:${(index & 255).toString(16)}`);
  const ids = (): number[] => Array.from({ length: 10_000 }, (_, index) => addresses.intern(octets(index), 0));
  const first = ids();
  expect(first).toEqual(first.map((_, index) => index));
  expect(ids()).toEqual(first);
  expect(addresses.text(6, 9_999)).toBe('2001:db8::27:f');
});

test('beyond the limit only those known already have a number', () => {
  const addresses = newAddresses(2);
  const ids = ['::1', '::2', '::3', '::1', '::2'].map((address) => addresses.intern(parseAddress(address), 0));
  expect(ids).toEqual([0, 1, ADDRESS_LIMIT_REACHED, 0, 1]);
});
