import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diff } from 'node:util';

/** A file whose text differs from what was made. */
export interface FileDifference {
  /** From the repository's root. */
  readonly path: string;
  /** Lines that were made and aren't there (`+`), and those that are there and weren't made (`-`). */
  readonly lines: readonly string[];
}

/** Compares files with the texts that they should have; a file that is missing differs in every line. */
export function differences(root: string, expected: ReadonlyMap<string, string>): readonly FileDifference[] {
  return [...expected].flatMap(([path, text]) => {
    const file = join(root, path);
    const there = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (there === text) return [];
    const lines = diff(text.split('\n'), there.split('\n')).flatMap(([operation, line]) =>
      operation === 0 ? [] : [`${operation === 1 ? '+' : '-'} ${line}`],
    );
    return [{ path, lines }];
  });
}

/** Files in folders that nothing was made for: of entry points that are gone. */
export function leftovers(
  root: string,
  folders: readonly string[],
  expected: ReadonlyMap<string, string>,
): readonly string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => path.endsWith('.md') && !expected.has(path));
}

/** Writes what differs, and removes what is left over. */
export async function writeExpected(
  root: string,
  expected: ReadonlyMap<string, string>,
  gone: readonly string[],
): Promise<void> {
  for (const path of gone) rmSync(join(root, path));
  for (const [path, text] of expected) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
