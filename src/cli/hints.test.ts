import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { GET, OK, Wire } from '../../test/support/wire.ts';
import { fakeIo } from './fakes.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-hints-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, wire: Wire): string {
  const path = join(folder, name);
  writeFileSync(path, wire.pcap());
  return path;
}

async function told(...argv: readonly string[]): Promise<string> {
  const io = fakeIo();
  await run(argv, io);
  expect(io.stderr.text).toBe('');
  return io.stdout.text;
}

describe('--port', () => {
  const capture = written(
    'late.pcap',
    new Wire().open('c', 'client', 'server', 9000, { handshake: false }).say('c', 'server', 'LOREM ipsum').say('c', 'client', GET('/late')),
  );
  const config = join(folder, 'hopcheck.config.json');
  writeFileSync(config, JSON.stringify({ port: ['9000=http'] }));

  test('the request behind a body of which the beginning was not captured', async () => {
    expect(await told('messages', capture)).not.toContain('/late');
    expect(await told('messages', '--port', '80=http', '--port', '9000=http', capture)).toContain('GET /late');
  });

  test('by the configuration of the project, which the command line beats', async () => {
    expect(await told('messages', '--config', config, capture)).toContain('GET /late');
    expect(await told('messages', '--config', config, '--port', '80=http', capture)).not.toContain('/late');
  });
});

test('--proxy: what it was asked is told as a relay, and the report names it', async () => {
  const capture = written(
    'proxy.pcap',
    new Wire()
      .host('proxy', '10.0.8.3')
      .open('far', 'proxy', 'origin', 80)
      .say('far', 'client', GET('/probe'))
      .say('far', 'server', OK('fine'))
      .open('near', 'client', 'proxy', 8080)
      .say('near', 'client', GET('/page')),
  );
  expect(await told('relays', capture)).not.toContain('/page');
  expect(await told('relays', '--proxy', '10.0.8.3:8080', capture)).toContain('GET /page');
  const proxiesIn = async (...argv: readonly string[]) => JSON.parse(await told('-f', 'json', ...argv, capture)).summary.proxies;
  expect(await proxiesIn()).toEqual([]);
  expect(await proxiesIn('--proxy', '10.0.8.3', '--proxy', '10.9.9.9')).toEqual([['10.0.8.3']]);
});
