import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DocumentCheckError } from './errors.ts';

const maxOutputBytes = 256 * 1024 * 1024;

/**
 * What a program writes to its standard output.
 *
 * @param advice what to do when there is no such program, or it fails
 * @throws DocumentCheckError
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly advice: string },
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: options.cwd, maxBuffer: maxOutputBytes });
    return stdout;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DocumentCheckError(`${detail.trimEnd()}\n${options.advice}`, { cause: error });
  }
}
