// pnpm release:tags: a tag name@version for each package and program that has none, pushed to origin. Those that are there stay as they are.
import { fileURLToPath } from 'node:url';
import { PublishedPackageError } from './errors.ts';
import { pnpm, runCommand } from './run-command.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const author = 'release';
const env = {
  ...process.env,
  GIT_AUTHOR_NAME: author,
  GIT_AUTHOR_EMAIL: `${author}@localhost`,
  GIT_COMMITTER_NAME: author,
  GIT_COMMITTER_EMAIL: `${author}@localhost`,
};

try {
  // No credentials stay in a workflow's checkout; this has git ask gh for them.
  if (process.env.GH_TOKEN !== undefined) await runCommand('gh', ['auth', 'setup-git'], { cwd: root });
  // A checkout of one commit has no tags, and those that are made again could not be pushed.
  await runCommand('git', ['fetch', '--quiet', '--tags', 'origin'], { cwd: root });
  process.stdout.write(await pnpm(['exec', 'changeset', 'tag'], { cwd: root, env }));
  await runCommand('git', ['push', '--quiet', '--tags', 'origin'], { cwd: root });
} catch (error) {
  if (!(error instanceof PublishedPackageError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
