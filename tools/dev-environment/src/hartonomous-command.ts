import { ChildService, sourceCommand } from '@hartonomous/test-support';
import { CommandFailedError } from './errors.ts';

/**
 * Runs the command line `hartonomous` as a user would.
 *
 * @param onLine called with every line it prints
 * @throws {CommandFailedError} when it fails
 */
export async function runHartonomous(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const command = ChildService.spawn({
    name: 'hartonomous',
    args: sourceCommand('apps/deploy-cli/src/main.ts', args),
    env: { ...process.env, ...env },
    ownGroup: true,
    onLine,
  });
  const stop = () => command.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const { code: exitCode } = await command.exited;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailedError(`hartonomous ${args.join(' ')}`, exitCode);
}
