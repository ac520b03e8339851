import { execFile } from 'node:child_process';
import { programCommand } from '@hartonomous/test-support';

/** Runs the operators' command line in a process of its own, with these environment variables and no others. */
export async function hartonomous(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const ended = Promise.withResolvers<{ readonly exitCode: number; readonly output: string }>();
  execFile(process.execPath, programCommand('deploy-cli', args), { env }, (error, stdout, stderr) => {
    const exitCode = error === null ? 0 : error.code;
    if (typeof exitCode === 'number') ended.resolve({ exitCode, output: stdout + stderr });
    else ended.reject(error);
  });
  return await ended.promise;
}
