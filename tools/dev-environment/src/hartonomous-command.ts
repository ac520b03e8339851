import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { repositoryRoot, sourceCommand } from './child-service.ts';
import { CommandFailedError } from './errors.ts';

/**
 * Runs the command line `hartonomous` as a user would.
 *
 * @param onLine told of every line it prints
 * @throws {CommandFailedError} when it fails
 */
export async function runHartonomous(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(process.execPath, sourceCommand('apps/deploy-cli/src/main.ts', args), {
    cwd: repositoryRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGTERM',
    detached: true,
  });
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('close', (code) => resolve(code));
  child.once('error', reject);
  const exitCode = await promise;
  if (exitCode !== 0) throw new CommandFailedError(`hartonomous ${args.join(' ')}`, exitCode);
}
