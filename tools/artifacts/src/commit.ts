import { CommandFailedError, CommitError } from './errors.ts';
import { runCommand } from './run-command.ts';

/** The commit that artifacts are built from. */
export interface Commit {
  /** Its full name, 40 hex digits; with `-changed` behind it where the files differ from it. */
  readonly id: string;
  /** When it was made, in seconds since 1970: the time of everything in the artifacts, so that two builds are the same. */
  readonly seconds: number;
}

/**
 * Asks git for the commit that is checked out.
 *
 * @param allowChanges whether files may differ from the commit, which is in the name then
 * @throws CommitError where there is no repository, or files differ
 */
export async function readCommit(root: string, allowChanges: boolean): Promise<Commit> {
  const git = async (...args: readonly string[]): Promise<string> => {
    try {
      return (await runCommand('git', args, { cwd: root })).trim();
    } catch (cause) {
      const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      if (!isMissing && !(cause instanceof CommandFailedError)) throw cause;
      const why = isMissing ? 'git was not found.' : cause.message;
      throw new CommitError(`The commit is unknown: ${why} Build artifacts in a clone of the repository.`, { cause });
    }
  };
  const id = await git('rev-parse', 'HEAD');
  const seconds = Number(await git('show', '--no-patch', '--format=%ct', 'HEAD'));
  const changes = await git('status', '--porcelain');
  if (changes === '') return { id, seconds };
  if (allowChanges) return { id: `${id}-changed`, seconds };
  const count = changes.split('\n').length;
  throw new CommitError(
    `${count} files differ from commit ${id.slice(0, 12)}, so artifacts would not be what they say. Commit first, or use --allow-changes.`,
  );
}
