import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UploadFolderError } from '../errors.ts';

/**
 * The folder for uploads, made where it isn't there.
 *
 * @param set by the settings; without one, a folder of this user in the system's temporary one, which is everybody's: somebody else may have
 * made it first, to read what comes
 * @throws UploadFolderError
 */
export async function uploadFolder(set: string | undefined): Promise<string> {
  const user = process.getuid?.();
  const folder = set ?? join(tmpdir(), `hartonomous-uploads-${user ?? ''}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new UploadFolderError(folder, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (set !== undefined || user === undefined) return folder;
  const { uid, mode } = await lstat(folder);
  if (uid !== user || (mode & 0o077) !== 0) throw new UploadFolderError(folder, 'It is open to others.', undefined);
  return folder;
}
