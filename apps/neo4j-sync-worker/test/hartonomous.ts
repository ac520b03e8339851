import { runCli } from '@hartonomous/deploy-cli';

/** Runs the operators' command line in this process, with these environment variables and no others. */
export async function hartonomous(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  let output = '';
  const sink = { write: (text: string) => (output += text) };
  const { signal } = new AbortController();
  const exitCode = await runCli(args, { env, stdout: sink, stderr: sink, signal });
  return { exitCode, output };
}
