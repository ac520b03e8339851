import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Runs a program to its end. */
export const run = promisify(execFile);

/**
 * Makes an environment of Python with packages from PyPI.
 *
 * @param folder that it is made in
 * @returns the folder of its programs
 */
export async function installPython(folder: string, packages: readonly string[]): Promise<string> {
  await run('python3', ['-m', 'venv', folder]);
  const programs = join(folder, 'bin');
  await run(join(programs, 'pip'), ['install', '--quiet', ...packages]);
  return programs;
}
