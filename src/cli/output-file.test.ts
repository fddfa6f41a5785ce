import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planOutputs, writeWhole } from './output-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopcheck-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const plan = (paths: string[], more: { format?: 'json'; usualFormat?: 'json'; force?: boolean; inputs?: string[] } = {}) =>
  planOutputs(paths, { format: more.format, usualFormat: more.usualFormat, force: more.force === true, inputs: more.inputs ?? [] }).map(
    ({ format }) => format,
  );

describe('planning', () => {
  test('the ending names the format, --format beats it', () => {
    const paths = ['a.txt', 'a.json', 'a.NDJSON', 'a.jsonl', 'a.md', 'a.markdown', 'a', 'a.log'].map((name) => join(folder, name));
    expect(plan(paths)).toEqual(['text', 'json', 'ndjson', 'ndjson', 'markdown', 'markdown', 'text', 'text']);
    expect(plan(paths.slice(0, 2), { format: 'json' })).toEqual(['json', 'json']);
    expect(plan([...paths.slice(0, 1), ...paths.slice(-1)], { usualFormat: 'json' })).toEqual(['text', 'json']);
  });

  test('what would do harm is refused before anything is read', () => {
    const there = join(folder, 'there.json');
    writeFileSync(there, 'old');
    symlinkSync(there, join(folder, 'link.json'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.json'));
    mkdirSync(join(folder, 'sub.json'));
    expect(() => plan([there])).toThrow('there.json: exists, --force replaces it');
    expect(plan([there], { force: true })).toEqual(['json']);
    expect(() => plan([there], { force: true, inputs: [there] })).toThrow('there.json: is an input');
    expect(() => plan([join(folder, 'link.json')], { force: true })).toThrow('is not a regular file');
    expect(() => plan([join(folder, 'dangling.json')], { force: true })).toThrow('is not a regular file');
    expect(() => plan([join(folder, 'sub.json')], { force: true })).toThrow('is not a regular file');
    expect(() => plan([join(folder, 'none', 'a.json')])).toThrow('there is no folder');
    expect(() => plan(['-'])).toThrow('without -o the report goes to standard output');
    expect(() => plan([join(folder, 'a.md'), join(folder, 'a.md')])).toThrow('named twice');
  });
});

describe('writing', () => {
  test('whole, for the owner alone, and nothing beside it', () => {
    const path = join(folder, 'a.json');
    writeWhole(path, ['{"grüße', '":1}\n'], false);
    expect(readFileSync(path, 'utf8')).toBe('{"grüße":1}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('a file that appeared meanwhile stays, with --force it is replaced', () => {
    const path = join(folder, 'a.json');
    writeFileSync(path, 'old', { mode: 0o644 });
    expect(() => writeWhole(path, ['new'], false)).toThrow('exists, --force replaces it');
    expect(readFileSync(path, 'utf8')).toBe('old');
    writeWhole(path, ['new'], true);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o600]);
    expect(readdirSync(folder)).toEqual(['a.json']);
  });

  test('a link that appeared meanwhile is not followed', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'untouched');
    const path = join(folder, 'a.json');
    symlinkSync(victim, path);
    expect(() => writeWhole(path, ['new'], false)).toThrow('exists');
    writeWhole(path, ['new'], true);
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });

  test('a report that fails half way leaves nothing', () => {
    const path = join(folder, 'a.json');
    function* pieces(): Generator<string> {
      yield 'half';
      throw new Error('broken');
    }
    expect(() => writeWhole(path, pieces(), false)).toThrow('broken');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a folder that is gone', () => {
    expect(() => writeWhole(join(folder, 'none', 'a.json'), ['x'], false)).toThrow('cannot be written (no such file)');
  });
});
