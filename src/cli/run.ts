/**
 * Arguments -> exit code: the one place where failures become a line on standard error. It never throws.
 */
import { CommanderError } from 'commander';
import { makeProgram } from './commands.ts';
import { type ExitCode, type Io, Refusal, say } from './io.ts';

/** @param argv without the names of node and of the program */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = makeProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // commander has said its own lines already
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    sayFailure(error, argv.includes('--debug'), io);
    return 2;
  }
}

export function sayFailure(error: unknown, debug: boolean, io: Pick<Io, 'stderr'>): void {
  if (error instanceof Refusal) say(io, error.message);
  else say(io, `internal error: ${String(error)}${debug ? '' : '; --debug shows where, please report it'}`);
  if (debug && error instanceof Error) io.stderr.write(`${error.stack}\n`);
}
