import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changesetBase } from './changeset-base.ts';

const program = fileURLToPath(new URL('../../../../node_modules/@changesets/cli/bin.js', import.meta.url));

/** The end of {@link checkChangesets}. */
export interface ChangesetCheck {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * Fails when a package was changed and no changeset was added since the branch left main; one that isn't committed yet counts, too.
 * Says so where there is no main to compare with, as in an export of the sources.
 *
 * @param root folder of the repository
 * @throws MergeBaseError
 */
export function checkChangesets(root: string, env: Readonly<Record<string, string | undefined>>): ChangesetCheck {
  const base = changesetBase(root, env);
  if (base === undefined) {
    return { exitCode: 0, output: 'Changesets: NOT CHECKED, this clone has no branch main to compare with.\n' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'changesets-'));
  try {
    const args = [program, 'status', `--since=${base.since}`];
    const variables = { ...process.env, ...indexWithNewChangesets(root, folder) };
    const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
      ...{ cwd: root, encoding: 'utf8', env: variables },
    });
    if (error !== undefined) throw error;
    return { exitCode: status ?? 1, output: `Changesets: ${base.explanation}\n${status === 0 ? '' : stdout + stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Changesets looks for changed files by `git diff`, which leaves out those that Git doesn't know: a copy of the index announces them. */
function indexWithNewChangesets(root: string, folder: string): Readonly<Record<string, string>> {
  const git = (args: readonly string[], env = process.env) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', env });
  const list = git(['ls-files', '--others', '--exclude-standard', '.changeset/*.md']);
  const added = list.split('\n').filter((file) => file !== '');
  if (added.length === 0) return {};
  const index = { GIT_INDEX_FILE: join(folder, 'index') };
  copyFileSync(resolve(root, git(['rev-parse', '--git-path', 'index']).trim()), index.GIT_INDEX_FILE);
  git(['add', '--intent-to-add', '--', ...added], { ...process.env, ...index });
  return index;
}
