#!/usr/bin/env node
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { runCli, stoppedMessage } from './run-cli.ts';
import { StopRequest } from './stop-request.ts';

/**
 * Time from a stop signal to the end by force, in milliseconds. Too short: a statement that SQL Server is cancelling
 * keeps its locks for a while. Too long: an unresponsive server delays the end after Ctrl-C.
 */
const stopTimeoutMs = 2_000;

const stop = new AbortController();
/** Of a command that has ended and only closes its connections. */
let finished: ExitCode | undefined;

// A second signal ends the process at once: its handler is gone by then.
function stopOn(signal: NodeJS.Signals, exitCode: ExitCode): void {
  process.once(signal, () => {
    stop.abort(new StopRequest(exitCode));
    const force = () => {
      if (finished === undefined) process.stderr.write(`STOPPED: ${stoppedMessage}\n`);
      process.exit(finished ?? exitCode);
    };
    setTimeout(force, stopTimeoutMs).unref();
  });
}

// The reader of the output has closed it (`hartonomous lineage 1 --up | head`), so nothing more can be reported.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

// Nobody reads the warnings and errors; the exit code has still to be right.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** On stderr: stdout may be piped somewhere. Ctrl-C ends the question as it ends everything else. */
async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal: stop.signal });
  } finally {
    terminal.close();
  }
}

stopOn('SIGINT', exitCodes.interrupted);
stopOn('SIGTERM', exitCodes.terminated);
// Ctrl-Break; the console was closed, or its user logs off.
if (process.platform === 'win32') {
  stopOn('SIGBREAK', exitCodes.interrupted);
  stopOn('SIGHUP', exitCodes.terminated);
}

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
  onFinish: (code) => {
    finished = code;
  },
  ...(process.stdin.isTTY ? { ask } : {}),
});
