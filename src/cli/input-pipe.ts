/**
 * A pipe, FIFO or socket -> its octets, without blocking timers and signals.
 *
 * A `net.Socket` that reads into our own buffer, not `fs.read`: a read that waits in the thread pool keeps the process
 * from exiting until the writer says something, so Ctrl-C would hang; and it takes two and a half times as long.
 */
import { Socket } from 'node:net';
import { readBuffer } from './input-file.ts';
import type { Interrupt } from './signals.ts';

const SILENCE_MS = 250;
/** tcpdump writes its last block when it gets the signal that we got, too. */
const READ_ON_MS = 300;

export interface PipeReading {
  /** Takes the octets of one read; they are valid during the call, or until the promise that it gives is kept: so long nothing is read. */
  readonly chunk: (bytes: Uint8Array) => Promise<void> | undefined;
  /** Asked after each read and each silence; true ends the reading early. */
  readonly stopped: () => boolean;
  /** Called every 250 ms as long as nothing comes. */
  readonly silence: () => void;
  readonly interrupt: Interrupt;
}

/** Reads to the end, or until 300 ms after a signal. Rejects with what `chunk` throws. */
export function readPipe(fd: number, { chunk, silence, stopped, interrupt }: PipeReading): Promise<void> {
  return new Promise((resolve, reject) => {
    let arrived = false;
    let working: Promise<void> | undefined;
    const attempt = (action: () => Promise<void> | undefined): void => {
      try {
        working = action();
        if (working === undefined) check();
        else working.then(goOn, finish);
      } catch (error) {
        finish(error);
      }
    };
    const check = (): void => {
      if (stopped()) finish();
    };
    const goOn = (): void => {
      working = undefined;
      check();
      if (!finished) socket.resume();
    };
    const sayNothing = (): undefined => {
      silence();
    };
    const options = {
      fd,
      readable: true,
      writable: false,
      onread: {
        buffer: readBuffer(),
        callback(count: number, bytes: Uint8Array): boolean {
          arrived = true;
          if (!finished) attempt(() => chunk(bytes.subarray(0, count)));
          return !finished && working === undefined;
        },
      },
    };
    let finished = false;
    const socket = new Socket(options);
    const timer = setInterval(() => {
      if (!arrived && working === undefined) attempt(sayNothing);
      arrived = false;
    }, SILENCE_MS);
    let deadline: NodeJS.Timeout | undefined;
    const finish = (error?: unknown): void => {
      if (finished) return;
      finished = true;
      clearInterval(timer);
      clearTimeout(deadline);
      forget();
      socket.destroy();
      if (error !== undefined) reject(error);
      else if (working === undefined) resolve();
      else working.then(resolve, reject);
    };
    const stopSoon = (): void => {
      deadline = setTimeout(finish, interrupt.raised === 'EPIPE' ? 0 : READ_ON_MS);
    };
    const forget = interrupt.onRaise(stopSoon);
    if (interrupt.raised !== undefined) stopSoon();
    socket.on('end', () => finish());
    socket.on('error', finish);
    socket.on('close', () => finish());
    socket.resume();
  });
}
