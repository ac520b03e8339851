import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes a file that is made from the code; with `--check` among the arguments it only compares, and exit code 1 means that the file
 * isn't what the code makes.
 *
 * @param command that writes it, for the message
 */
export async function writeGenerated(file: URL, text: string, command: string): Promise<void> {
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8')) !== text) {
    process.stderr.write(
      `${basename(fileURLToPath(file))} is not what the code makes: run ${command} in this folder.\n`,
    );
    process.exitCode = 1;
  }
}
