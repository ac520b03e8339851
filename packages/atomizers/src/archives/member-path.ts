import { ArchivePathError } from '../errors.ts';

const maxPathLength = 4096;
const maxGivenName = 200;

/**
 * The path of an archive's member with `/` between its parts.
 *
 * @throws ArchivePathError when the path is absolute, names a drive or a server, goes up, or can't be a path at all
 */
export function memberPath(name: string): string {
  const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  if (name.length > maxPathLength) throw new ArchivePathError(shown, `is longer than ${maxPathLength} characters`);
  if (name.includes('\0')) throw new ArchivePathError(shown, 'has a NUL in it');
  const path = name.replaceAll('\\', '/');
  if (path.startsWith('//')) throw new ArchivePathError(shown, 'names a server');
  if (path.startsWith('/')) throw new ArchivePathError(shown, 'is absolute');
  // A colon may stand in a name (`Q: what is an atom.txt`); a drive has no blank behind it.
  if (/^[A-Za-z]:(?:\S|$)/.test(path)) throw new ArchivePathError(shown, 'names a drive');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new ArchivePathError(shown, 'goes up (..)');
  if (parts.length === 0 && path !== './' && path !== '.') throw new ArchivePathError(shown, 'is empty');
  return parts.join('/');
}

/**
 * A name that a person has given to an attachment, as a path that {@link memberPath} takes.
 *
 * @returns undefined where nothing of it can be a name
 */
export function givenName(given: string): string | undefined {
  const name = given
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
    .replaceAll(/[\u0000-\u001f\u007f/\\]/g, '_')
    .slice(-maxGivenName)
    .toWellFormed()
    .trim()
    .replace(/^([A-Za-z]):(?=\S|$)/, '$1_');
  return /^\.{0,2}$/.test(name) ? undefined : name;
}
