import { spawn } from 'node:child_process';
import { CommandFailedError } from './errors.ts';

/** Where a command runs. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end. On Windows npm's own programs are scripts of cmd.exe, which only its shell starts: all arguments here are
 * names and paths of temporary folders.
 *
 * @returns what it wrote to standard output
 * @throws CommandFailedError when it ends with something else than 0
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env }: CommandOptions,
): Promise<string> {
  const isScript = process.platform === 'win32' && ['npm', 'npx'].includes(program);
  const child = spawn(isScript ? `${program}.cmd` : program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    shell: isScript,
    ...(env === undefined ? {} : { env }),
  });
  let stdout = '';
  let both = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    both += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    both += String(chunk);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  const code = await promise;
  if (code !== 0) throw new CommandFailedError([program, ...args].join(' '), code, both);
  return stdout;
}

/** pnpm, whatever started this. */
export async function pnpm(args: readonly string[], options: CommandOptions): Promise<string> {
  return await runCommand('npx', ['-y', 'pnpm@12', ...args], options);
}
