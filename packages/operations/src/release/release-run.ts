import type { BrokerClient } from '@hartonomous/broker-client';
import { redactText } from '@hartonomous/redaction';
import { z } from 'zod';
import { failureOf } from '../failure.ts';
import { readDropIn, systemdState } from '../service/systemd-service.ts';
import type { WorkerService } from '../service/worker-services.ts';
import { ReleaseSchemaError } from './errors.ts';
import { probeWorker } from './probe-worker.ts';
import { type ReleaseFolders, releaseFolders } from './release-folders.ts';
import { candidateUnit, mainUnit, type ReleaseUnit, type SystemdFolders } from './release-unit.ts';
import type { Release } from './stage-artifact.ts';

/** What every command about releases works with. */
export interface ReleaseOptions extends SystemdFolders {
  readonly service: WorkerService;
  /** Folder with a folder per worker. */
  readonly root: string;
  /** Who deploys, for lock, journal and pause. */
  readonly owner: string;
  /** Of the database of the worker; needs EXECUTE on dbo.sp_PauseQueue, dbo.sp_ResumeQueue and what its probe enqueues with. */
  readonly client: BrokerClient;
  /** Milliseconds from the start of a worker to its readiness. Too short: a busy machine fails good releases; too long: a bad one is found late. */
  readonly readyMs: number;
  /** Milliseconds for a message through a worker. */
  readonly probeMs: number;
  readonly signal: AbortSignal;
  /** Called with each step as it is done. */
  readonly onStep: (text: string) => void;
}

/** Options, and what follows from them. */
export interface ReleaseRun extends ReleaseOptions {
  readonly folders: ReleaseFolders;
  readonly main: ReleaseUnit;
  readonly candidate: ReleaseUnit;
}

/** Completes options. */
export function releaseRun(options: ReleaseOptions): ReleaseRun {
  const { service, root } = options;
  return {
    ...options,
    folders: releaseFolders(root, service),
    main: mainUnit(service, options),
    candidate: candidateUnit(service, options),
  };
}

/** How the worker's own unit is. */
export interface MainState {
  readonly isInstalled: boolean;
  readonly isActive: boolean;
}

/** Asks whether the worker is installed as a service, and runs. */
export async function mainState({ service, unitFolder, signal }: ReleaseRun): Promise<MainState> {
  const isInstalled = (await readDropIn(service, unitFolder)) !== undefined;
  if (!isInstalled) return { isInstalled, isActive: false };
  const { ActiveState } = await systemdState(service, signal);
  return { isInstalled, isActive: ['active', 'activating', 'reloading'].includes(ActiveState) };
}

/**
 * Holds a release against the database: programs need what the deployment of their own version made.
 *
 * @throws ReleaseSchemaError with the command that fixes it
 */
export async function requireSchema({ client, signal, onStep }: ReleaseRun, release: Release): Promise<void> {
  const { databaseSchema, name } = release;
  if (databaseSchema === null) {
    onStep(`! ${name} does not say which schema of the database it needs; its readiness will show it`);
    return;
  }
  const [row] = await client.query(
    'SELECT MAX(m.[MigrationNumber]) AS [number] FROM [dbo].[SchemaMigration] AS m;',
    {},
    z.object({ number: z.int().nullable() }),
    { signal, context: { operation: 'reading the version of the schema' } },
  );
  const number = row?.number ?? 0;
  if (number < databaseSchema) {
    throw new ReleaseSchemaError(
      `${name} needs schema ${databaseSchema} of the database, which has ${number}. Nothing was changed.`,
      `Run, with the deploy-cli of the same release: hartonomous database deploy`,
    );
  }
  onStep(`✓ The database has schema ${number}, which is enough`);
}

/** Proves that a worker does its work, and says so. */
export async function probe(run: ReleaseRun, instance: string): Promise<void> {
  const { client, service, owner, probeMs: timeoutMs, signal, onStep } = run;
  const { text } = await probeWorker({ client, service, instance, owner, timeoutMs, signal });
  onStep(`✓ ${text}, while all others paused`);
}

/** Why something failed, in one line for the journal. */
export function reasonOf(error: unknown): string {
  const failure = failureOf(error);
  if (failure !== undefined) return `${failure.code}: ${failure.message}`;
  return redactText(error instanceof Error ? error.message : String(error));
}
