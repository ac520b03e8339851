import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

// Git for Windows converts line ends as it checks out (core.autocrlf=true) unless an attribute says otherwise. The linter, hashes of scripts and
// the comparison of generated files want them as they are in the repository.
test('no file changes its line ends in a clone on Windows', () => {
  const lines = execFileSync('git', ['ls-files', '--eol'], { cwd: root, encoding: 'utf8' }).trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1000);
  const files = lines.map((line) => /^i\/(\S+)\s+w\/\S*\s+attr\/(.*?)\s*\t(.+)$/.exec(line)?.slice(1) ?? [line]);
  const kept = ([inIndex, attributes = '']: readonly string[]): boolean =>
    attributes === '-text' || (attributes === 'text=auto eol=lf' && ['lf', 'none', '-text'].includes(inIndex ?? ''));
  expect(files.filter((file) => !kept(file))).toEqual([]);
});
