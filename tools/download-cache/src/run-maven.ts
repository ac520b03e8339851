import { type CommandResult, type RunCommandOptions, runCommand } from './run-command.ts';

/**
 * Runs Maven to its end.
 *
 * @returns `undefined` when there is no Maven on PATH
 * @throws what else keeps it from starting; the signal's reason when aborted
 */
export async function runMaven(
  args: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult | undefined> {
  const isWindows = process.platform === 'win32';
  const result = await runCommand(isWindows ? 'mvn.cmd' : 'mvn', ['-B', ...args], options);
  // What the shell of Windows answers for a command that it doesn't know.
  return isWindows && result?.exitCode === 9009 ? undefined : result;
}
