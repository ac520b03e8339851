import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../service/run-program.ts';
import { awaitReady } from './await-ready.ts';
import { ReleaseFolderError, ReleaseStoppedError } from './errors.ts';
import { goBack } from './go-back.ts';
import { recoverPending } from './recover-pending.ts';
import { pruneReleases, releaseBefore } from './release-before.ts';
import { clearPending, currentRelease, installedReleases, markPending, pointTo } from './release-folders.ts';
import { type ReleaseEntry, recordRelease } from './release-journal.ts';
import { takeReleaseLock } from './release-lock.ts';
import {
  type MainState,
  mainState,
  probe,
  type ReleaseOptions,
  type ReleaseRun,
  reasonOf,
  releaseRun,
  requireSchema,
} from './release-run.ts';
import { installCandidate, removeCandidate } from './release-unit.ts';
import { restartService } from './restart-service.ts';
import { type Release, readRelease, stageArtifact } from './stage-artifact.ts';

/** What a deployment or a rollback came to. */
export interface ReleaseOutcome {
  readonly result: ReleaseEntry['result'];
  readonly release: string;
  readonly previous: string | null;
  readonly ms: number;
  /** Why, where it isn't `deployed`; undefined too where a switch that was cut off was undone. */
  readonly error: unknown;
}

/** How a deployment is done. */
export interface DeployReleaseOptions extends ReleaseOptions {
  /** A folder that `pnpm artifacts` has made, or its .tar.gz. */
  readonly artifact: string;
  /** `OWNER/NAME` on GitHub, whose attestation of the .tar.gz is checked with `gh`. Undefined: who built it isn't checked. */
  readonly attestedBy: string | undefined;
  /** Releases that are kept, besides the one that serves and the one before it. */
  readonly keep: number;
}

/** Milliseconds that going back may take; it is done also when this command is asked to stop. */
const goBackMs = 120_000;

/**
 * Brings a release into service without a gap: it is checked, started beside the one that serves, has to become ready and to bring a
 * message through by itself, and only then `current` leads to it and the service is started anew, while the candidate goes on. What fails
 * is undone, and that the one before serves is proved as well. The fencing of the graph allows both to run side by side.
 *
 * @returns how it went; also when it failed after something was started
 * @throws ReleaseLockedError, ReleaseArtifactError, ReleaseSchemaError and others before anything was started
 */
export async function deployRelease(options: DeployReleaseOptions): Promise<ReleaseOutcome> {
  const run = releaseRun(options);
  const { service, folders, signal, onStep, owner } = run;
  await mkdir(folders.folder, { recursive: true });
  await using _lock = await takeReleaseLock(folders, owner, 'deploy');
  await recoverPending(run);
  await checkAttestation(options);
  const release = await stageArtifact(options.artifact, service, folders, signal);
  onStep(`✓ ${release.name}: every file is what was built (SHA256SUMS)`);
  const outcome = await bringIntoService(run, release, 'deploy');
  if (outcome.result === 'deployed') await pruneReleases(run, options.keep);
  return outcome;
}

/** @throws ServiceCommandError when gh isn't there, or says no */
async function checkAttestation({ artifact, attestedBy, signal, onStep }: DeployReleaseOptions): Promise<void> {
  if (attestedBy === undefined) {
    onStep(
      '! Who built it is not checked, only that its files are complete (--attested-by OWNER/NAME checks it with gh)',
    );
    return;
  }
  await runProgram('gh', ['attestation', 'verify', artifact, '--repo', attestedBy], signal);
  onStep(`✓ ${attestedBy} has built it, as its attestation says`);
}

/** How a rollback is done. */
export interface RollbackOptions extends ReleaseOptions {
  /** Undefined: the one that served before. */
  readonly release: string | undefined;
}

/**
 * Brings a release that is there into service, in the same way as a new one.
 *
 * @throws ReleaseFolderError where there is none to go back to, and what {@link deployRelease} throws
 */
export async function rollbackRelease(options: RollbackOptions): Promise<ReleaseOutcome> {
  const run = releaseRun(options);
  const { service, folders, owner, onStep } = run;
  await mkdir(folders.folder, { recursive: true });
  await using _lock = await takeReleaseLock(folders, owner, 'rollback');
  const begunAt = performance.now();
  const undone = await recoverPending(run);
  if (undone !== undefined && options.release === undefined) {
    const ms = Math.round(performance.now() - begunAt);
    return { result: 'rolled-back', release: undone.to, previous: undone.from ?? null, ms, error: undefined };
  }
  const name = options.release ?? (await releaseBefore(run));
  if (!(await installedReleases(folders)).includes(name)) {
    throw new ReleaseFolderError(`There is no release ${name}.`, `See: hartonomous release list ${service.name}`);
  }
  const release = await readRelease(join(folders.releases, name), service);
  onStep(`✓ ${name}: every file is what was built (SHA256SUMS)`);
  return await bringIntoService(run, release, 'rollback');
}

async function bringIntoService(
  run: ReleaseRun,
  release: Release,
  action: 'deploy' | 'rollback',
): Promise<ReleaseOutcome> {
  const { folders, owner, onStep } = run;
  const begunAt = performance.now();
  const previous = (await currentRelease(folders)) ?? null;
  const record = async (result: ReleaseEntry['result'], error: unknown): Promise<ReleaseOutcome> => {
    const ms = Math.round(performance.now() - begunAt);
    const { name, version, commit, checksum } = release;
    await recordRelease(folders, {
      ...{ at: new Date().toISOString(), who: owner, action, release: name, previous, version, commit, checksum },
      ...{ result, ms, reason: error === undefined ? null : reasonOf(error) },
    });
    return { result, release: name, previous, ms, error };
  };
  try {
    await requireSchema(run, release);
  } catch (error) {
    await record('refused', error);
    throw error;
  }
  const state = await mainState(run);
  try {
    await tryBeside(run, release, state);
    await switchTo(run, release, previous ?? undefined, state);
    return await record('deployed', undefined);
  } catch (failed) {
    const error = run.signal.aborted ? new ReleaseStoppedError(release.name) : failed;
    onStep(`✗ ${reasonOf(error)}`);
    try {
      await goBack({ ...run, signal: AbortSignal.timeout(goBackMs) }, previous ?? undefined, state);
    } catch (failure) {
      onStep(`✗ Going back failed, too: ${reasonOf(failure)}`);
      return await record(
        'needs-a-human',
        new AggregateError([error, failure], `${reasonOf(error)} Going back: ${reasonOf(failure)}`),
      );
    }
    return await record('rolled-back', error);
  }
}

/** Starts it as a second service and has it prove itself. */
async function tryBeside(run: ReleaseRun, release: Release, { isInstalled }: MainState): Promise<void> {
  const { main, candidate, unitFolder, readyMs, signal, onStep } = run;
  if (!isInstalled) {
    onStep(`! ${main.unit} is not installed, so the release is not tried`);
    return;
  }
  await removeCandidate(candidate, unitFolder, 'kill', signal);
  const startSeconds = Math.ceil(readyMs / 1_000);
  await installCandidate(main, candidate, release.folder, { unitFolder, startSeconds }, signal);
  const startedAt = performance.now();
  await runProgram('systemctl', ['start', '--no-block', candidate.unit], signal);
  const { programVersion } = release;
  const running = await awaitReady(candidate, { programVersion, timeoutMs: readyMs, signal });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  onStep(`✓ ${running.instance} (${programVersion}) was ready after ${seconds} s, beside the one that serves`);
  await probe(run, running.instance);
}

/** Has the service run it. The candidate receives until the service is proved. */
async function switchTo(
  run: ReleaseRun,
  release: Release,
  previous: string | undefined,
  { isInstalled, isActive }: MainState,
): Promise<void> {
  const { folders, candidate, unitFolder, signal, onStep } = run;
  await markPending(folders, { from: previous, to: release.name });
  await pointTo(folders, release.name);
  onStep(`✓ ${folders.current} leads to ${release.name}`);
  if (isInstalled && isActive) {
    const running = await restartService(run, release.programVersion);
    await probe(run, running.instance);
  } else {
    const command = isInstalled ? 'start' : 'install --start';
    onStep(`! The service does not run. When it is to: hartonomous service ${command} ${run.service.name}`);
  }
  await removeCandidate(candidate, unitFolder, 'drain', signal);
  await clearPending(folders);
}
