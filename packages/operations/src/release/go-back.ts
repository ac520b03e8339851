import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { awaitReady } from './await-ready.ts';
import { clearPending, currentRelease, pointTo } from './release-folders.ts';
import { type MainState, probe, type ReleaseRun } from './release-run.ts';
import { removeCandidate } from './release-unit.ts';
import { restartService } from './restart-service.ts';
import { readRelease } from './stage-artifact.ts';

/** Undoes everything, and proves that the release before serves. */
export async function goBack(run: ReleaseRun, previous: string | undefined, state: MainState): Promise<void> {
  const { folders, main, candidate, unitFolder, readyMs: timeoutMs, service, signal, onStep } = run;
  const hasMoved = (await currentRelease(folders)) !== previous;
  if (hasMoved && previous === undefined) {
    await rm(folders.current, { force: true });
    onStep('✓ There was no release before, so none is current');
  } else if (hasMoved && previous !== undefined) {
    await pointTo(folders, previous);
    onStep(`✓ ${folders.current} leads to ${previous} again`);
  }
  if (state.isActive && previous !== undefined) {
    const { programVersion } = await readRelease(join(folders.releases, previous), service);
    const running = hasMoved
      ? await restartService(run, programVersion)
      : await awaitReady(main, { programVersion, timeoutMs, signal });
    // Until now it may have done the work.
    await removeCandidate(candidate, unitFolder, 'kill', signal);
    await probe(run, running.instance);
  }
  await removeCandidate(candidate, unitFolder, 'kill', signal);
  await clearPending(folders);
}
