import { pendingSwitch } from './recover-pending.ts';
import { currentRelease, installedReleases, type PendingSwitch, type ReleaseFolders } from './release-folders.ts';
import { type ReleaseEntry, readJournal } from './release-journal.ts';

/** A release that is there. */
export interface ListedRelease {
  readonly name: string;
  readonly isCurrent: boolean;
  /** What was last done with it; null: nothing that the journal knows. */
  readonly last: ReleaseEntry | null;
}

/** The releases of a worker. */
export interface ReleaseList {
  readonly releases: readonly ListedRelease[];
  /** The last entries of the journal, the newest first. */
  readonly journal: readonly ReleaseEntry[];
  /** Lines of the journal that can't be read. */
  readonly unreadable: number;
  /** A switch that was cut off and not undone yet. */
  readonly pending: PendingSwitch | null;
}

/** Reads what is there; changes nothing. @param entries of the journal, at most */
export async function listReleases(folders: ReleaseFolders, entries = 10): Promise<ReleaseList> {
  const current = await currentRelease(folders);
  const journal = await readJournal(folders);
  return {
    releases: (await installedReleases(folders)).map((name) => ({
      name,
      isCurrent: name === current,
      last: journal.entries.findLast(({ release }) => release === name) ?? null,
    })),
    journal: journal.entries.slice(-entries).reverse(),
    unreadable: journal.unreadable,
    pending: (await pendingSwitch(folders)) ?? null,
  };
}
