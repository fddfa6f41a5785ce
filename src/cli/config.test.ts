import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { fakeIo } from './fakes.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'hopcheck.config.json');
const capture = fileURLToPath(new URL('../../fixtures/figure-4-15/capture.pcap', import.meta.url));
const schema: object = JSON.parse(readFileSync(new URL('config.schema.json', import.meta.url), 'utf8'));
const fitsSchema = new Ajv2020().compile(schema);

function write(config: unknown): void {
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
}

const HANG = 'dumb-proxy-deadlock';
const IGNORED = 'request-ignored-on-persistent-connection';

describe('what may stand in it, by the reader and by the schema', () => {
  test.each([
    {},
    { $schema: 'hopcheck/config.schema.json', failOn: 'never', minConfidence: 'likely', rule: [HANG], baseline: 'report.json' },
    { port: ['8081=http', '65535=http'], proxy: ['10.0.0.1', '[2001:db8::1]:8080'] },
    { format: 'markdown', color: 'never', width: 120, strict: true, quiet: false },
    {
      ignore: [
        { rule: HANG, reason: 'ticket 7', until: '2027-01-31' },
        { rule: IGNORED, reason: 'b' },
      ],
    },
  ])('%j', (config) => {
    write(config);
    expect([readConfig(path), fitsSchema(config)]).toEqual([config, true]);
  });

  test.each([
    [{ output: ['a.txt'] }, 'there is no setting output; there are $schema, failOn'],
    [{ showSecrets: true }, 'there is no setting showSecrets'],
    [{ failOn: 'bad' }, 'failOn must be one of hang, will-hang'],
    [{ rule: HANG }, 'rule must be a list of texts'],
    [{ ignore: [HANG] }, 'ignore must be a list of {rule, reason, until}'],
    [{ ignore: [{ rule: HANG }] }, 'ignore must be a list of {rule, reason, until}'],
    [{ ignore: [{ rule: HANG, reason: 'x', until: 'tomorrow' }] }, 'ignore must be a list'],
    [{ port: ['8081=tls'] }, 'port must be a list of ports, as 8081=http'],
    [{ port: ['65536=http'] }, 'port must be a list of ports, as 8081=http'],
    [{ width: 3 }, 'width must be 20 to 10000'],
    [{ strict: 'yes' }, 'strict must be true or false'],
    [[], 'not an object'],
  ] as const)('not %j', (config, message) => {
    write(config);
    expect(() => readConfig(path)).toThrow(message);
    expect(fitsSchema(config)).toBe(false);
  });

  test('no JSON, no file', () => {
    write('{');
    expect(() => readConfig(path)).toThrow('not JSON');
    expect(() => readConfig(join(folder, 'none.json'))).toThrow('none.json: no such file');
  });
});

async function told(argv: readonly string[], code: number): Promise<{ out: string; err: string }> {
  const io = { ...fakeIo(), now: () => Date.parse('2026-11-22T12:00:00Z') / 1000 };
  expect([await run(argv, io), io.stderr.text]).toEqual([code, expect.any(String)]);
  return { out: io.stdout.text, err: io.stderr.text };
}

describe('what it does', () => {
  test('defaults, which the command line beats', async () => {
    write({ failOn: 'never', format: 'json' });
    expect((await told(['--config', path, capture], 0)).out).toMatch(/^\{/);
    expect((await told(['--config', path, '--fail-on', 'hang', '-f', 'markdown', capture], 1)).out).toMatch(/^#/);
    expect((await told(['messages', '--config', path, capture], 0)).out).not.toMatch(/^\{/);
  });

  test('the ending of an output beats a usual format', async () => {
    write({ format: 'json' });
    const output = join(folder, 'a.html');
    await told(['--config', path, '-q', '-o', output, capture], 1);
    expect(readFileSync(output, 'utf8')).toMatch(/^<!DOCTYPE html>/i);
  });

  test('a rule is ignored up to the day that it names, beside those of the command line', async () => {
    write({ ignore: [{ rule: HANG, reason: 'ticket 7', until: '2026-11-22' }] });
    const rulesIn = ({ out }: { out: string }): string[] =>
      JSON.parse(out)
        .findings.map((finding: { rule: string }) => finding.rule)
        .filter((rule: string) => rule === HANG || rule === IGNORED);
    expect(rulesIn(await told(['--config', path, '-f', 'json', capture], 0))).toEqual([IGNORED]);
    expect(rulesIn(await told(['--config', path, '-f', 'json', '--ignore', IGNORED, capture], 0))).toEqual([]);
    write({ ignore: [{ rule: HANG, reason: 'ticket 7', until: '2026-11-21' }] });
    const late = await told(['--config', path, '-f', 'json', capture], 1);
    expect(rulesIn(late)).toEqual([HANG]);
    expect(late.err).toBe(`hopcheck: ${path}: the time to ignore ${HANG} ended on 2026-11-21, so it is told again\n`);
  });

  test('a baseline stands beside it', async () => {
    writeFileSync(join(folder, 'report.json'), (await told([capture, '-f', 'json'], 1)).out);
    write({ baseline: 'report.json' });
    expect((await told(['--config', path, capture], 0)).out).toMatch(/^nothing is left to tell: baseline of hopcheck\.config\.json\shides/);
  });

  test('a wrong one is refused, unless it is not asked for', async () => {
    write({ rule: ['no-such-rule'] });
    expect((await told(['--config', path, capture], 2)).err).toContain(`${path}: there is no rule no-such-rule`);
    expect((await told(['demo', '--config', path], 2)).err).toContain(`${path}: there is no rule no-such-rule`);
    write('{');
    expect((await told(['--config', path, capture], 2)).err).toContain('not JSON');
    expect((await told(['--no-config', capture], 1)).out).toContain('hang');
  });
});
