import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ServiceCommandError } from '../errors.ts';
import { stepText } from './service-step.ts';

const run = promisify(execFile);

/** Longest time of one command, in milliseconds. A stop takes as long as the worker's drain. */
const commandTimeoutMs = 120_000;

/** Most bytes that a command may print, 16 MB. More ends it: the 200 lines of a log that are asked for can have 50 kB each. */
const mostOutputBytes = 16_777_216;

/** Characters of what a program says went wrong; the end says most. */
const mostReasonLength = 2_000;

/**
 * Runs a program of the system, without a shell.
 *
 * @returns what it printed
 * @throws ServiceCommandError when it isn't there, fails, prints too much, or takes longer than two minutes
 */
export async function runProgram(command: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    // Texts that are compared are those of no language.
    const env = { ...process.env, LC_ALL: 'C', SYSTEMD_PAGER: '', SYSTEMD_COLORS: '0' };
    const limits = { timeout: commandTimeoutMs, maxBuffer: mostOutputBytes };
    const { stdout } = await run(command, args, { env, ...limits, signal, windowsHide: true });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    const text = stepText({ kind: 'run', command, args });
    throw new ServiceCommandError(
      text,
      reasonOf(error),
      'Nothing after it was done. Put that right and run it again.',
      error,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no such program.';
  if ('code' in error && error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return `it printed more than ${mostOutputBytes} bytes, and was ended.`;
  }
  if ('killed' in error && error.killed === true) {
    return `it took longer than ${commandTimeoutMs / 1_000} s, and was ended.`;
  }
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return stderr === '' ? error.message : stderr.slice(-mostReasonLength);
}
