// pnpm lint:workflows: has zizmor look for what makes the workflows unsafe. Wants Python 3.9 or newer, and its package registry.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const zizmor = 'zizmor==1.32.0';
const root = join(import.meta.dirname, '../../..');
const onWindows = process.platform === 'win32';

/** @returns the exit code; undefined when there is no such program */
function run(program: string, args: readonly string[]): number | undefined {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', windowsHide: true });
  if (error === undefined) return status ?? 1;
  if ('code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

const folder = mkdtempSync(join(tmpdir(), 'zizmor-'));
try {
  const programs = join(folder, onWindows ? 'Scripts' : 'bin');
  const made = run(onWindows ? 'python' : 'python3', ['-m', 'venv', folder]);
  if (made === undefined) process.stderr.write('NOT CHECKED: there is no Python here, which zizmor needs.\n');
  const installed =
    made === 0 ? run(join(programs, 'pip'), ['install', '--quiet', '--disable-pip-version-check', zizmor]) : made;
  // Offline: whether a pinned commit is that of a release is asked of GitHub, and not here.
  process.exitCode =
    installed === 0 ? (run(join(programs, 'zizmor'), ['--offline', '--no-progress', '.github']) ?? 1) : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
