import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pseudonyms } from './pseudonyms.ts';

describe('pseudonyms', () => {
  test('by role, in order of appearance, the same for the same', () => {
    const names = new Pseudonyms();
    expect(names.address('10.0.0.1', 'client')).toBe('192.0.2.1');
    expect(names.address('10.0.0.2', 'client')).toBe('192.0.2.2');
    expect(names.address('10.0.0.3', 'proxy')).toBe('198.51.100.1');
    expect(names.address('fe80::1', 'server')).toBe('2001:db8:3::1');
    expect(names.address('10.0.0.1', 'server')).toBe('192.0.2.1');
    expect(names.endpoint({ address: 'fe80::1', port: 80, text: '[fe80::1]:80' }, 'client').text).toBe('[2001:db8:3::1]:80');
    expect(names.endpoint({ address: '10.0.0.3', port: 8080, text: '10.0.0.3:8080' }, 'client').text).toBe('198.51.100.1:8080');
  });

  test('in a text: every address, nothing else', () => {
    const names = new Pseudonyms();
    names.address('10.0.0.1', 'client');
    names.address('fe80::1', 'server');
    expect(names.text('10.0.0.1:80 waited 12.5 s for fe80::1, since 12:34:56 (RFC 9112 section 6.3.), [2a00:1450::5]:443 too.')).toBe(
      '192.0.2.1:80 waited 12.5 s for 2001:db8:3::1, since 12:34:56 (RFC 9112 section 6.3.), [2001:db8:4::1]:443 too.',
    );
    expect(names.text('it was 172.16.9.7.')).toBe('it was 198.18.1.0.');
  });

  test('never the same for two, whatever the number', () => {
    const names = new Pseudonyms();
    const made = Array.from({ length: 2000 }, (_, index) =>
      names.address(`10.1.${index >> 8}.${index & 255}`, index % 2 === 0 ? 'client' : 'server'),
    );
    expect(new Set(made).size).toBe(2000);
    expect(made.filter((each) => !/^(?:192\.0\.2|203\.0\.113|198\.1[89]\.\d{1,3})\.\d{1,3}$/.test(each))).toEqual([]);
  });

  test('no address of any kind survives in brackets or as four numbers', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV6(), fc.string(), (four, six, words) => {
        const text = new Pseudonyms().text(`${words} ${four} [${six}]:80`);
        expect(text).not.toContain(` ${four} `);
        expect(text).not.toContain(`[${six}]`);
      }),
    );
  });
});
