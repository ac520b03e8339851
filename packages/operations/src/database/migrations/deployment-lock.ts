import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { DeploymentLockedError } from '../../errors.ts';

/** Name of the lock inside the database, which SqlPackage's pre-deployment script takes, too. */
export const deploymentLock = 'Hartonomous.Deployment';

/**
 * How long a deployment waits for another one, in milliseconds. Too short: it gives up while the other one fills an index;
 * too long: nobody notices that the other one hangs.
 */
const longestWaitMs = 600_000;

/** How long one request waits on the server, in milliseconds; between two of them a cancelled deployment ends. */
const requestWaitMs = 10_000;

const statusRow = z.object({ status: z.number() });

/** How to take the lock. */
export interface DeploymentLockOptions {
  /** Told once, when another deployment has it. */
  readonly onWaiting: () => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Takes a lock that one session of the connection's database can have. It ends with the connection, also when the
 * process is killed: the server then gives it to the next one that waits.
 *
 * @throws DeploymentLockedError after 10 minutes
 */
export async function takeDeploymentLock(
  connection: SqlSession,
  resource: string,
  { onWaiting, signal }: DeploymentLockOptions,
): Promise<void> {
  if (await tryLock(connection, resource, 0, signal)) return;
  onWaiting();
  const end = performance.now() + longestWaitMs;
  while (performance.now() < end) if (await tryLock(connection, resource, requestWaitMs, signal)) return;
  throw new DeploymentLockedError(resource, longestWaitMs / 60_000);
}

async function tryLock(
  connection: SqlSession,
  resource: string,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const [row] = await connection.query(
    `DECLARE @Status INT;
     EXEC @Status = sp_getapplock @Resource = @Name, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = ${waitMs};
     SELECT @Status AS [status];`,
    { Name: resource },
    statusRow,
    { signal, context: { operation: 'waiting for other deployments' } },
  );
  return row !== undefined && row.status >= 0;
}
