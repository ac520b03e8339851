import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { repositoryRoot, sourceCommand } from '@hartonomous/test-support';

/** A script of the dev environment while it runs, with the lines it has printed, without colours: a CI has them on. */
export interface RunningScript extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>;
}

/** Runs a script of this package as `pnpm demo` and `pnpm dev` do. */
export function runScript(script: string, args: readonly string[]): RunningScript {
  const child = spawn(process.execPath, sourceCommand(`tools/dev-environment/src/${script}`, args), {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => lines.push(stripVTControlCharacters(line)));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    lines,
    exited,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await exited;
      }
    },
  };
}
