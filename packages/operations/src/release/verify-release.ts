import { join } from 'node:path';
import { awaitReady } from './await-ready.ts';
import { ReleaseFolderError } from './errors.ts';
import { pendingSwitch } from './recover-pending.ts';
import { currentRelease } from './release-folders.ts';
import { mainState, probe, type ReleaseOptions, releaseRun, requireSchema } from './release-run.ts';
import { type Release, readRelease } from './stage-artifact.ts';

/**
 * Proves that the release that is to serve does: its files are what was built, its schema is there, the service runs it, is ready, and
 * brings a message through by itself. Changes nothing but that the others pause for the message.
 *
 * @throws ReleaseFolderError, ReleaseArtifactError, ReleaseSchemaError, ReleaseNotReadyError, ReleaseProbeError: what isn't so
 */
export async function verifyRelease(options: ReleaseOptions): Promise<Release> {
  const run = releaseRun(options);
  const { service, folders, main, readyMs: timeoutMs, signal, onStep } = run;
  const cut = await pendingSwitch(folders);
  if (cut !== undefined) {
    throw new ReleaseFolderError(
      `A switch to ${cut.to} was cut off before that was proved.`,
      `Run: hartonomous release rollback ${service.name}, which undoes it first.`,
    );
  }
  const current = await currentRelease(folders);
  if (current === undefined) {
    throw new ReleaseFolderError(
      `${service.name} has no release.`,
      `Run: hartonomous release deploy ${service.name} ARTIFACT`,
    );
  }
  const release = await readRelease(join(folders.releases, current), service);
  onStep(`✓ ${release.name}: every file is what was built (SHA256SUMS)`);
  await requireSchema(run, release);
  if (!(await mainState(run)).isInstalled) {
    throw new ReleaseFolderError(
      `${main.unit} is not installed.`,
      `Run: hartonomous service install ${service.name} --start`,
    );
  }
  const running = await awaitReady(main, { programVersion: release.programVersion, timeoutMs, signal });
  onStep(`✓ ${main.unit} runs ${release.programVersion} and is ready`);
  await probe(run, running.instance);
  return release;
}
