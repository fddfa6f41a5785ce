/**
 * The program: the process as an Io, and nothing else. bin/hopcheck.js imports it.
 */
import { fstatSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Io, Output } from './io.ts';
import { run, sayFailure } from './run.ts';
import { Interrupt, type SignalName } from './signals.ts';

// Exchanges die young, but not all before the collector has moved them: without this the heap grows to several times what is
// alive before it looks again (bench/, mix many: 198 MiB instead of 147, for a tenth of the time).
setFlagsFromString('--heap-growing-percent=80');

const interrupt = new Interrupt();
const io: Io = {
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  env: process.env,
  stdinPiped: isPiped(),
  interrupt,
  now: () => Date.now() / 1000,
};

process.on('uncaughtException', (error) => {
  sayFailure(error, process.argv.includes('--debug'), io);
  process.exit(2); // 1 means findings
});
for (const name of ['SIGINT', 'SIGTERM'] satisfies SignalName[]) {
  process.on(name, () => {
    if (interrupt.raise(name, performance.now())) process.exit(2);
  });
}
process.exitCode = await run(process.argv.slice(2), io);

/** A reader that goes away is no error: what is still read ends, and nothing more is written. */
function outputOf(stream: NodeJS.WriteStream): Output {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone = true;
    if (stream === process.stdout) interrupt.raise('EPIPE', performance.now());
  });
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY === true ? stream.columns : undefined;
    },
    write(text) {
      if (!gone) stream.write(text);
    },
  };
}

function isPiped(): boolean {
  try {
    const stats = fstatSync(0);
    return stats.isFIFO() || stats.isSocket() || stats.isFile();
  } catch {
    return false;
  }
}
