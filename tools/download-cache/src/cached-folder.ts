import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';

/** What {@link cachedFolder} needs to know. */
export interface FolderRequest {
  /** Of the folder in the cache; another content has another name. */
  readonly name: string;
  /** Puts everything into an empty folder. Called when the cache doesn't have it. */
  readonly fill: (folder: string) => Promise<void>;
  /** Goes into ready.json, for people who look. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Returns a folder of the cache, after filling it where it isn't there.
 *
 * Two processes may do this at once: each fills a folder of its own, and the rename that publishes it is atomic; who
 * comes second throws away what it fetched.
 *
 * @throws what `fill` throws; nothing is left of it then
 */
export async function cachedFolder({ name, fill, facts }: FolderRequest): Promise<string> {
  const cache = cacheFolder();
  const target = join(cache, name);
  if (await isReady(target)) return target;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, `${name}.partial-`));
  try {
    await fill(work);
    await writeFile(join(work, 'ready.json'), JSON.stringify({ ...facts, at: new Date() }));
    await publish(work, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

async function publish(work: string, target: string): Promise<void> {
  try {
    await rename(work, target);
  } catch (error) {
    // Another process published first (the target is a non-empty folder), which is as good.
    if (!(await isReady(target))) throw error;
  }
}

async function isReady(target: string): Promise<boolean> {
  return access(join(target, 'ready.json')).then(
    () => true,
    () => false,
  );
}
