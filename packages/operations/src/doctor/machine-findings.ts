import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type Finding, fine, unseen, warning } from './finding.ts';

const gigabyte = 1_000_000_000;

/**
 * This machine, as far as a worker on it needs it: room for files while they are ingested.
 *
 * @param leastFreeBytes below which a disk counts as nearly full
 */
export async function* machineFindings(leastFreeBytes: number, folder = tmpdir()): AsyncGenerator<Finding> {
  const id = 'disk.temporary';
  try {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const message = `${(free / gigabyte).toFixed(1)} GB are free in ${folder}, where files are kept while they are ingested.`;
    yield free >= leastFreeBytes
      ? fine(id, message)
      : warning(
          id,
          message,
          `Make room: less than ${(leastFreeBytes / gigabyte).toFixed(1)} GB counts as nearly full (--min-free-gb).`,
        );
  } catch (error) {
    yield unseen(id, `the room in ${folder} (${error instanceof Error ? error.message : String(error)}).`);
  }
}
