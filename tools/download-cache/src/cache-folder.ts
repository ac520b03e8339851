import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Folder that downloads are kept in: `HARTONOMOUS_CACHE`, else `hartonomous` in the user's cache folder
 * (`XDG_CACHE_HOME`, `LOCALAPPDATA` on Windows, else `~/.cache`).
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.HARTONOMOUS_CACHE) return env.HARTONOMOUS_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'hartonomous');
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'hartonomous');
  return join(homedir(), '.cache', 'hartonomous');
}
