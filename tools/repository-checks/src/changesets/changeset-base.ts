import { execFileSync } from 'node:child_process';
import { MergeBaseError } from '../errors.ts';

/** What the changesets of a branch are compared with. */
export interface ChangesetBase {
  /** A commit. */
  readonly since: string;
  /** For people: what is compared with what, and what isn't seen by that. */
  readonly explanation: string;
}

/**
 * Finds the commit that a branch was made from: the merge base of HEAD and origin's main branch, else of the clone's own. In a
 * pull request of GitHub it is the branch that it is for.
 *
 * @returns undefined where the clone has no such branch, so that there is nothing to compare with
 * @throws MergeBaseError when the history that it takes was not fetched
 */
export function changesetBase(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): ChangesetBase | undefined {
  const target = env.GITHUB_BASE_REF === '' ? undefined : env.GITHUB_BASE_REF;
  const branch = target ?? 'main';
  const remote = `origin/${branch}`;
  const head = git(root, 'rev-parse', 'HEAD');
  const hasRemote = git(root, 'rev-parse', '--verify', '--quiet', `refs/remotes/${remote}`) !== undefined;
  if (target !== undefined && !hasRemote) throw new MergeBaseError(remote);
  const hasOwn = git(root, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`) !== undefined;
  if (head === undefined || (!hasRemote && !hasOwn)) return undefined;
  const name = hasRemote ? remote : branch;
  const since = git(root, 'merge-base', 'HEAD', hasRemote ? `refs/remotes/${remote}` : `refs/heads/${branch}`);
  if (since === undefined) throw new MergeBaseError(name);
  const explanation =
    since === head
      ? `HEAD is part of ${name}: only what isn't committed is checked.`
      : `what has changed since ${since.slice(0, 10)}, where this branch left ${name}.`;
  return { since, explanation };
}

/** What a command of git prints; undefined when it finds nothing. */
function git(root: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined;
    throw error;
  }
}
