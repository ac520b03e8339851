import { runCli } from '../src/run-cli.ts';

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with these environment variables and no others. */
export async function hartonomous(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(args, {
    env,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: new AbortController().signal,
  });
  return { exitCode, stdout, stderr };
}
