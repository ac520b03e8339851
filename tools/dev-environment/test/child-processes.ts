import { readdir, readFile } from 'node:fs/promises';

/** Processes that a process has started itself, directly or not, by what their command lines hold. Linux only, as /proc is. */
export async function descendantsOf(pid: number): Promise<ReadonlyMap<number, string>> {
  const parents = new Map<number, number>();
  for (const name of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0));
  }
  const found = new Map<number, string>();
  const pending = [pid];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const [child, itsParent] of parents) {
      if (itsParent !== parent) continue;
      pending.push(child);
      found.set(child, (await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '));
    }
  }
  return found;
}

/** Which of these processes still run; one that has ended and waits to be collected doesn't. */
export async function stillRunning(pids: Iterable<number>): Promise<readonly number[]> {
  const running: number[] = [];
  for (const pid of pids) {
    const state = /^State:\s+(\S)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1];
    if (state !== undefined && state !== 'Z') running.push(pid);
  }
  return running;
}
