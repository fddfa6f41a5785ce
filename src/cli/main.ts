/**
 * The program: the process as an Io, and nothing else. bin/hopcheck.js imports it.
 */
import { fstatSync } from 'node:fs';
import type { Io, Output } from './io.ts';
import { run, sayFailure } from './run.ts';
import { Interrupt, type SignalName } from './signals.ts';

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
    if (interrupt.raise(name, Date.now())) process.exit(2);
  });
}
process.exitCode = await run(process.argv.slice(2), io);

/** A reader that goes away is no error: what is still read ends, and nothing more is written. */
function outputOf(stream: NodeJS.WriteStream): Output {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone = true;
    if (stream === process.stdout) interrupt.raise('EPIPE', Date.now());
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
