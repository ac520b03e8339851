/** A word as a POSIX shell takes it: quoted where that is needed. For commands that are shown; none is run by a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
