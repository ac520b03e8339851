import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { changesetBase } from './changeset-base.ts';

const program = fileURLToPath(new URL('../../../../node_modules/@changesets/cli/bin.js', import.meta.url));

/** The end of {@link checkChangesets}. */
export interface ChangesetCheck {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * Fails when a package was changed and no changeset was added since the branch left main. Says so where there is no main to
 * compare with, as in an export of the sources.
 *
 * @param root folder of the repository
 * @throws MergeBaseError
 */
export function checkChangesets(root: string, env: Readonly<Record<string, string | undefined>>): ChangesetCheck {
  const base = changesetBase(root, env);
  if (base === undefined) {
    return { exitCode: 0, output: 'Changesets: NOT CHECKED, this clone has no branch main to compare with.\n' };
  }
  const args = [program, 'status', `--since=${base.since}`];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { exitCode: status ?? 1, output: `Changesets: ${base.explanation}\n${status === 0 ? '' : stdout + stderr}` };
}
