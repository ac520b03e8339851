import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReleaseFolderError } from './errors.ts';
import { currentRelease, installedReleases } from './release-folders.ts';
import { readJournal } from './release-journal.ts';
import type { ReleaseRun } from './release-run.ts';

/** The last one that was proved and isn't the present one. @throws ReleaseFolderError where there is none */
export async function releaseBefore({ folders, service }: Pick<ReleaseRun, 'folders' | 'service'>): Promise<string> {
  const current = await currentRelease(folders);
  const installed = await installedReleases(folders);
  const { entries } = await readJournal(folders);
  const proved = entries.filter(({ result, release }) => result === 'deployed' && release !== current);
  const found = proved.map(({ release }) => release).findLast((name) => installed.includes(name));
  if (found !== undefined) return found;
  throw new ReleaseFolderError(
    `There is no release of ${service.name} that served before.`,
    `Name one: hartonomous release list ${service.name}`,
  );
}

/** Removes old releases: never the present one, nor the one to go back to. */
export async function pruneReleases(run: ReleaseRun, keep: number): Promise<void> {
  const { folders, onStep } = run;
  const { entries } = await readJournal(folders);
  const current = await currentRelease(folders);
  const before = await releaseBefore(run).catch((error: unknown) => {
    if (error instanceof ReleaseFolderError) return undefined;
    throw error;
  });
  const lastUse = (name: string) =>
    entries.findLastIndex(({ release, previous }) => [release, previous].includes(name));
  const old = (await installedReleases(folders))
    .filter((name) => name !== current && name !== before)
    .sort((left, right) => lastUse(right) - lastUse(left))
    .slice(keep);
  for (const name of old) {
    await rm(join(folders.releases, name), { recursive: true, force: true });
    onStep(`✓ Removed the old release ${name}`);
  }
}
