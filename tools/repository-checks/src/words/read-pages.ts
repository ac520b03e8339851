import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

/** What people read or write: sources, pages, messages of the command lines. */
const read = ['**/*.{ts,mjs,sql,md,yml,html}', '.*/**/*.{ts,mjs,sql,md,yml,html}'];

/** Not ours to word, or made from what is: files that tests read, reports, statements of an earlier version; and the lists of wordings themselves. */
const left = [
  '**/test/{corpus,field}/**',
  '**/test/upgrade/*.sql',
  '**/CHANGELOG.md',
  '**/*.api.md',
  'docs/api/**',
  'docs/glossary.md',
  'pnpm-lock.yaml',
  'tools/repository-checks/src/words/*',
];

/** A file of the repository. */
export interface Page {
  /** From the root. */
  readonly file: string;
  readonly text: string;
}

/** The files of a clone whose words count, those that aren't committed yet among them. */
export function readPages(root: string): readonly Page[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const deleted = new Set(git(root, ['ls-files', '-z', '--deleted']));
  return git(root, list)
    .filter((file) => !deleted.has(file) && isPage(file))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/** Whether the words of a file count. @param file from the root, with slashes */
export function isPage(file: string): boolean {
  const fits = (pattern: string) => matchesGlob(file, pattern);
  return read.some(fits) && !left.some(fits);
}

function git(root: string, args: readonly string[]): readonly string[] {
  const list = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(list.split('\0').filter((file) => file !== ''))];
}
