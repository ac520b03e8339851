import { spawn } from 'node:child_process';
import { CommandFailedError } from './errors.ts';

/** Where a command runs. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/**
 * Runs a program to its end, without a shell.
 *
 * @returns what it wrote to standard output
 * @throws CommandFailedError when it ends with something else than 0, with all that it wrote
 */
export async function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  const { cwd, env, signal } = options;
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  });
  let stdout = '';
  let both = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    both += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    both += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  const code = await promise;
  if (code !== 0) throw new CommandFailedError([program, ...args].join(' '), both);
  return stdout;
}
