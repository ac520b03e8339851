import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '@hartonomous/test-support';

const run = promisify(execFile);

/** A checkout of an earlier commit with its own dependencies installed, in a temporary folder. */
export class EarlierVersion implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Checks the commit out and installs what it needs, from the package manager's store where it has it.
   * @throws the command's error, for example in a clone without the commit (a shallow one)
   */
  static async checkOut(commit: string): Promise<EarlierVersion> {
    const folder = join(tmpdir(), `hartonomous-${commit}-${process.pid}`);
    await run('git', ['worktree', 'add', '--detach', folder, commit], { cwd: repositoryRoot });
    const earlier = new EarlierVersion(folder);
    try {
      await run('npx', ['-y', 'pnpm@12', 'install', '--frozen-lockfile'], { cwd: folder });
    } catch (error) {
      await earlier[Symbol.asyncDispose]();
      throw error;
    }
    return earlier;
  }

  /** Arguments of Node for one of its programs. */
  program(file: string, ...args: string[]): string[] {
    return [
      '--conditions=@hartonomous/source',
      '--disable-warning=ExperimentalWarning',
      join(this.folder, file),
      ...args,
    ];
  }

  /** Runs its command line to the end. @throws the command's error with its output */
  async hartonomous(env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
    const program = this.program('apps/deploy-cli/src/main.ts', ...args);
    const { stdout } = await run(process.execPath, program, { cwd: this.folder, env: { ...process.env, ...env } });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await run('git', ['worktree', 'prune'], { cwd: repositoryRoot });
  }
}
