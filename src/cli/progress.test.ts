import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeOutput } from './fakes.ts';
import { Progress } from './progress.ts';

const reading = { name: 'a\u001b.pcap', octets: 5_000_000, total: 20_000_000, frames: 1234 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('on a terminal, not before it takes long, and it is cleared', () => {
  const stderr = new FakeOutput(80);
  const progress = new Progress({ stderr }, true);
  progress.show(reading);
  progress.clear();
  expect(stderr.text).toBe('');
  vi.advanceTimersByTime(500);
  progress.findings = 2;
  progress.show(reading);
  progress.show(reading);
  expect(stderr.text).toBe('\r\u001b[2K5.0 MB of 20.0 (25 %), 1234 frames, 2 findings: a\\x1b.pcap');
  stderr.text = '';
  progress.clear();
  expect(stderr.text).toBe('\r\u001b[2K');
});

test('never longer than the terminal', () => {
  const stderr = new FakeOutput(20);
  const progress = new Progress({ stderr }, true);
  vi.advanceTimersByTime(500);
  progress.show(reading);
  expect(stderr.text.replace('\r\u001b[2K', '')).toHaveLength(19);
});

test.each([
  ['no terminal', undefined, true],
  ['not wanted', 80, false],
])('%s: nothing', (_name, columns, wanted) => {
  const stderr = new FakeOutput(columns);
  const progress = new Progress({ stderr }, wanted);
  vi.advanceTimersByTime(500);
  progress.show(reading);
  expect(stderr.text).toBe('');
});
