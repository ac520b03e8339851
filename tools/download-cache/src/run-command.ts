import { spawn } from 'node:child_process';

/** How a command ended. */
export interface CommandResult {
  /** `null` when the command was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What may be said besides the command line. */
export interface RunCommandOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  /** Longest time, in milliseconds. @default none */
  readonly timeoutMs?: number;
  /** Called with each line of the standard output. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a command to its end and keeps what it printed.
 *
 * @returns `undefined` when there is no such command
 * @throws whatever else keeps it from starting; the signal's reason when aborted
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandResult | undefined> {
  options.signal?.throwIfAborted();
  const done = Promise.withResolvers<CommandResult | undefined>();
  // Windows starts `mvn.cmd` through its shell only, which takes what it gets apart at blanks: those of a user's folder, for example.
  const shell = process.platform === 'win32' && command.endsWith('.cmd');
  const words = shell ? [command, ...args].map(quotedForCmd) : [command, ...args];
  const child = spawn(words[0] ?? command, words.slice(1), {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell,
    windowsHide: true,
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let stdout = '';
  let stderr = '';
  let unfinished = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) options.onLine?.(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.once('error', (error: NodeJS.ErrnoException) => {
    if (options.signal?.aborted === true) done.reject(options.signal.reason);
    else if (error.code === 'ENOENT') done.resolve(undefined);
    else done.reject(error);
  });
  child.once('close', (exitCode) => done.resolve({ exitCode, stdout, stderr }));
  return done.promise;
}

/** The last lines of a text, trailing blanks left out. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/**
 * A word for the command line of cmd.exe, which then passes it on as one argument.
 *
 * @throws RangeError for characters that it would read inside of quotes too
 */
export function quotedForCmd(word: string): string {
  if (/["%!\r\n]/.test(word)) throw new RangeError(`${word} can't be passed through the shell of Windows.`);
  return /[\s&()<>^|=;,]/.test(word) ? `"${word}"` : word;
}
