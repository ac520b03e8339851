import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MergeBaseError } from '../errors.ts';
import { checkChangesets } from './check-changesets.ts';

let root: string;
let clone: string;

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};
const gitIn = (cwd: string, ...args: readonly string[]) =>
  execFileSync('git', args, { cwd, stdio: 'pipe', env: { ...process.env, ...identity } });

function put(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function commit(folder: string, message: string): void {
  gitIn(folder, 'add', '-A');
  gitIn(folder, 'commit', '-qm', message);
}

const changeset = '---\n"@x/one": patch\n---\n\nIt is better now.\n';

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'changesets-'));
  root = join(folder, 'origin');
  clone = join(folder, 'clone');
  put(root, 'package.json', JSON.stringify({ name: 'root', private: true }));
  put(root, 'pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
  put(root, 'pnpm-lock.yaml', "lockfileVersion: '9.0'\n");
  put(root, '.changeset/config.json', JSON.stringify({ baseBranch: 'main', access: 'public' }));
  put(root, '.changeset/earlier.md', changeset);
  put(root, 'packages/one/package.json', JSON.stringify({ name: '@x/one', version: '1.0.0' }));
  put(root, 'packages/one/src/index.ts', 'export const one = 1;\n');
  gitIn(root, 'init', '-q', '-b', 'main');
  commit(root, 'first');
});

afterEach(() => rmSync(dirname(root), { recursive: true, force: true }));

function branchOff(...cloneOptions: readonly string[]): void {
  gitIn(dirname(root), 'clone', '-q', ...cloneOptions, `file://${root}`, clone);
  gitIn(clone, 'checkout', '-q', '-b', 'work');
  put(clone, 'packages/one/src/index.ts', 'export const one = 2;\n');
}

test('a branch that changes a package needs a changeset of its own; those of main do not count', () => {
  branchOff();
  commit(clone, 'change');
  expect(checkChangesets(clone, {})).toMatchObject({
    exitCode: 1,
    output: expect.stringMatching(/where this branch left origin\/main[\s\S]*no changesets were found/),
  });
  put(clone, '.changeset/mine.md', changeset);
  commit(clone, 'changeset');
  expect(checkChangesets(clone, {})).toMatchObject({ exitCode: 0 });
});

test('what main got meanwhile is not the branch that must explain it', () => {
  branchOff();
  gitIn(clone, 'checkout', '-q', '--', '.');
  put(clone, 'notes.md', 'no package\n');
  commit(clone, 'notes');
  put(root, 'packages/one/src/index.ts', 'export const one = 3;\n');
  commit(root, 'of somebody else');
  gitIn(clone, 'fetch', '-q');
  expect(checkChangesets(clone, {})).toMatchObject({ exitCode: 0 });
});

test('main itself passes, and says what it could see', () => {
  gitIn(dirname(root), 'clone', '-q', `file://${root}`, clone);
  expect(checkChangesets(clone, {})).toEqual({
    exitCode: 0,
    output: "Changesets: HEAD is part of origin/main: only what isn't committed is checked.\n",
  });
  put(clone, 'packages/one/src/index.ts', 'export const one = 2;\n');
  expect(checkChangesets(clone, {})).toMatchObject({ exitCode: 1 });
});

test('without a remote, a branch is compared with the own main', () => {
  gitIn(root, 'checkout', '-q', '-b', 'work');
  put(root, 'packages/one/src/index.ts', 'export const one = 2;\n');
  commit(root, 'change');
  expect(checkChangesets(root, {})).toMatchObject({ exitCode: 1, output: expect.stringContaining('left main') });
});

test('without any main it says that nothing was checked', () => {
  gitIn(root, 'branch', '-q', '-m', 'other');
  expect(checkChangesets(root, {})).toEqual({ exitCode: 0, output: expect.stringContaining('NOT CHECKED') });
});

test('a pull request is compared with the branch that it is for, and fails where that was not fetched', () => {
  gitIn(root, 'branch', '-q', 'release');
  branchOff();
  commit(clone, 'change');
  expect(checkChangesets(clone, { GITHUB_BASE_REF: 'release' }).output).toContain('origin/release');
  expect(() => checkChangesets(clone, { GITHUB_BASE_REF: 'absent' })).toThrow(MergeBaseError);
});

test('a shallow clone whose history does not reach the common commit fails', () => {
  gitIn(root, 'checkout', '-q', '-b', 'work');
  put(root, 'packages/one/src/index.ts', 'export const one = 2;\n');
  commit(root, 'change');
  gitIn(dirname(root), 'clone', '-q', '--depth=1', '--no-single-branch', '--branch=work', `file://${root}`, clone);
  expect(() => checkChangesets(clone, {})).toThrow(MergeBaseError);
});

test('a changeset that is not committed yet counts, and Git is left as it was', () => {
  branchOff();
  put(clone, '.changeset/one-is-two.md', changeset);
  const before = gitIn(clone, 'status', '--porcelain').toString();
  expect(checkChangesets(clone, {})).toMatchObject({ exitCode: 0 });
  expect(gitIn(clone, 'status', '--porcelain').toString()).toBe(before);
});
