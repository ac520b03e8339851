import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { ReleaseLockedError } from './errors.ts';
import { codeOf, type ReleaseFolders } from './release-folders.ts';

const holderSchema = z.object({
  owner: z.string(),
  host: z.string(),
  pid: z.int(),
  action: z.string(),
  since: z.string(),
});

/** Who works on the releases of a worker. */
type LockHolder = z.output<typeof holderSchema>;

/**
 * Takes the lock of a worker's releases. One whose process is gone from this machine is taken over.
 *
 * @param owner who is to be asked
 * @throws ReleaseLockedError
 */
export async function takeReleaseLock(
  { lock }: Pick<ReleaseFolders, 'lock'>,
  owner: string,
  action: string,
): Promise<AsyncDisposable> {
  const holder: LockHolder = { owner, host: hostname(), pid: process.pid, action, since: new Date().toISOString() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeFile(lock, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
      return { [Symbol.asyncDispose]: () => rm(lock, { force: true }) };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const other = await readHolder(lock);
    // It may have gone between the two checks; a second time means that others come and go.
    if (other === undefined && attempt < 3) continue;
    if (other !== undefined && isGone(other) && attempt < 3) {
      await removeLockOf(other, lock);
      continue;
    }
    throw lockedBy(lock, other);
  }
}

/** Who holds the lock; undefined where nobody does. */
async function readHolder(lock: string): Promise<LockHolder | undefined> {
  try {
    return holderSchema.safeParse(JSON.parse(await readFile(lock, 'utf8'))).data;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Removes the lock of a process that is gone. One at a time: a second one that had looked before would remove the lock of who has taken it
 * since. Where one dies in the middle, the lock is to be removed by hand.
 */
async function removeLockOf({ pid, since }: LockHolder, lock: string): Promise<void> {
  const turn = `${lock}.turn`;
  try {
    await writeFile(turn, '', { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  try {
    const other = await readHolder(lock);
    if (other?.pid === pid && other.since === since) await rm(lock, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

function lockedBy(lock: string, other: LockHolder | undefined): ReleaseLockedError {
  if (other === undefined) {
    return new ReleaseLockedError(
      `${lock} is there, and can't be read.`,
      'If nobody deploys, remove it, and run this again.',
    );
  }
  const { owner, action, since, pid, host } = other;
  return new ReleaseLockedError(
    `${owner} does a ${action} of this worker since ${since} (process ${pid} on ${host}).`,
    `Wait for it. If that process is gone, remove ${lock}, and run this again.`,
  );
}

/** Only of this machine can it be known. */
function isGone({ host, pid }: LockHolder): boolean {
  return host === hostname() && isProcessGone(pid);
}

/** Whether this machine has no process of that number. */
export function isProcessGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}
