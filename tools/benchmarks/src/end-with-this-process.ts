import type { ChildProcess } from 'node:child_process';

/** Kills a child when this process ends without having stopped it, so that a benchmark that crashes leaves nothing behind. */
export function endWithThisProcess(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}
