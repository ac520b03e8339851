import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder =
  process.env.HARTONOMOUS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hartonomous');

/**
 * A folder that is made once per machine. Two runs may make it at once: each fills a folder of its own, and the rename
 * that publishes it is atomic; who comes second throws its own away.
 *
 * @param fill fills the folder; whether it can be moved afterwards is its business
 */
export async function cachedFolder(name: string, fill: (path: string) => Promise<void>): Promise<string> {
  const target = join(folder, name);
  if (existsSync(target)) return target;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(`${target}.partial-`);
  try {
    await fill(work);
    await rename(work, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}
