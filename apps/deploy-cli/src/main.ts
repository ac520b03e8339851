#!/usr/bin/env node
import { askAtTerminal } from './ask-at-terminal.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { Output } from './output.ts';
import { runCli, stoppedMessage } from './run-cli.ts';
import { StopRequest } from './stop-request.ts';

/**
 * Time from a stop signal to the end by force, in milliseconds. Too short: a statement that SQL Server is cancelling
 * keeps its locks for a while. Too long: an unresponsive server delays the end after Ctrl-C.
 */
const stopTimeoutMs = 2_000;

const { argv, env, stdin, stdout, stderr } = process;
const stop = new AbortController();
/** Of a command that has ended and only closes its connections. */
let finished: ExitCode | undefined;
/** What has to come to its end, see {@link holdStop}. */
const held = new Set<object>();

/** While it isn't disposed, neither a stop signal nor a reader that is gone ends the process: what was begun is completed or undone. */
function holdStop(): Disposable {
  const hold = {};
  held.add(hold);
  return { [Symbol.dispose]: () => void held.delete(hold) };
}

// A second signal ends the process at once: its handler is gone by then.
function stopOn(signal: NodeJS.Signals, exitCode: ExitCode): void {
  process.once(signal, () => {
    stop.abort(new StopRequest(exitCode));
    const force = () => {
      if (held.size > 0) {
        setTimeout(force, stopTimeoutMs).unref();
        return;
      }
      if (finished === undefined) stderr.write(`STOPPED: ${stoppedMessage}\n`);
      process.exit(finished ?? exitCode);
    };
    setTimeout(force, stopTimeoutMs).unref();
  });
}

// The reader of the output has closed it (`hartonomous lineage 1 --up | head`) or its terminal is gone, so nothing more can be reported;
// or there is no room for it.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (held.size > 0) return;
  const isReaderGone = error.code === 'EPIPE' || error.code === 'EIO';
  if (!isReaderGone) stderr.write(`OUTPUT_FAILED: The output can't be written: ${error.message}\n`);
  process.exit(isReaderGone ? (finished ?? process.exitCode ?? exitCodes.readerGone) : exitCodes.failed);
});

// Nobody reads the warnings and errors; the exit code has still to be right.
stderr.on('error', () => undefined);

// Node would print it with all its fields, secrets included.
process.on('uncaughtException', (error) => {
  new Output({ stdout, stderr }, argv.includes('--json'), false).unexpected(error);
  process.exit(exitCodes.failed);
});

stopOn('SIGINT', exitCodes.interrupted);
stopOn('SIGTERM', exitCodes.terminated);
// The terminal or the connection to this machine is gone; on Windows the console was closed, or its user logs off.
stopOn('SIGHUP', exitCodes.hungUp);
if (process.platform === 'win32') stopOn('SIGBREAK', exitCodes.interrupted);

/** On stderr: stdout may be piped somewhere. Ctrl-C ends the question as it ends everything else. */
const ask = (question: string) =>
  askAtTerminal(question, {
    input: stdin,
    output: stderr,
    signal: stop.signal,
    onInterrupt: () => process.kill(process.pid, 'SIGINT'),
  });

process.exitCode = await runCli(argv.slice(2), {
  ...{ env, stdout, stderr, signal: stop.signal, holdStop },
  onFinish: (code) => {
    finished = code;
  },
  ...(stdin.isTTY ? { ask } : {}),
});
