import { BrokerError, BrokerUnavailableError, type SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';
import { bracketed } from '../bracketed.ts';
import { seesServerState, serverStatePermission } from '../server-state.ts';
import { type Finding, fine, unseen, warning } from './finding.ts';

const mebibyte = 1_048_576;

const fileRow = z.object({
  name: z.string(),
  type: z.string(),
  volume: z.string().nullable(),
  freeMb: z.coerce.number().nullable(),
  sizeMb: z.coerce.number(),
  maxMb: z.coerce.number().nullable(),
});

const askAdministrator = 'Ask as an administrator: hartonomous doctor';

/**
 * The room that the files of the database have, and what keeps its log from being cut.
 *
 * @param leastFreeBytes below which a disk counts as nearly full
 * @throws BrokerUnavailableError when the server is away; the reason of `signal`
 */
export async function* storageFindings(
  session: SqlSession,
  leastFreeBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const options = { signal, context: { operation: 'looking at the room that the database has' } };
  if (!(await seesServerState(session, signal, options.context.operation))) {
    yield unseen(
      'database.full',
      `the room on the disks of SQL Server; that takes ${serverStatePermission}.`,
      askAdministrator,
    );
  } else {
    yield* orUnseen('database.full', 'the room on the disks of SQL Server', signal, async () => {
      const files = await session.query(
        `SELECT f.[name], f.[type_desc] AS [type], v.[volume_mount_point] AS [volume], v.[available_bytes] / 1048576 AS [freeMb],
           CONVERT(BIGINT, f.[size]) / 128 AS [sizeMb],
           CASE WHEN f.[max_size] IN (-1, 268435456) THEN NULL ELSE CONVERT(BIGINT, f.[max_size]) / 128 END AS [maxMb]
         FROM sys.database_files AS f
         OUTER APPLY sys.dm_os_volume_stats(DB_ID(), f.[file_id]) AS v
         WHERE f.[type] IN (0, 1);`,
        {},
        fileRow,
        options,
      );
      return files.map((file) => fileFinding(file, leastFreeBytes));
    });
  }
  yield* orUnseen('database.log-reuse', 'what keeps the log of the database from being cut', signal, async () => {
    const [row] = await session.query(
      `SELECT d.[log_reuse_wait_desc] AS [reason] FROM sys.databases AS d WHERE d.[database_id] = DB_ID();`,
      {},
      z.object({ reason: z.string() }),
      options,
    );
    return row === undefined ? [] : [logReuseFinding(row.reason)];
  });
}

/** A server that lacks a view, or hides it, isn't a fault of the database: what it would show is said to be not seen. */
async function* orUnseen(
  id: string,
  what: string,
  signal: AbortSignal,
  look: () => Promise<readonly Finding[]>,
): AsyncGenerator<Finding> {
  try {
    yield* await look();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrokerError) || error instanceof BrokerUnavailableError) throw error;
    yield unseen(id, `${what} (${error.message.replace(/\.$/, '')}).`);
  }
}

/** @param file of the database, with the room on its disk */
export function fileFinding(file: z.output<typeof fileRow>, leastFreeBytes: number): Finding {
  const { name, type, volume, freeMb, sizeMb, maxMb } = file;
  const id = `database.full.${name}`;
  const leastMb = leastFreeBytes / mebibyte;
  const disk = freeMb === null ? 'the room on its disk is not seen' : `${freeMb} MB free on ${volume ?? 'its disk'}`;
  const message = `File ${name} (${type}): ${sizeMb} MB${maxMb === null ? '' : ` of at most ${maxMb}`}, ${disk}.`;
  if (freeMb !== null && freeMb < leastMb) {
    return warning(
      id,
      message,
      'Make room on that disk, or add a file on another one: ALTER DATABASE CURRENT ADD FILE (...);',
    );
  }
  if (maxMb !== null && maxMb - sizeMb < leastMb) {
    return warning(
      id,
      message,
      `Let it grow: ALTER DATABASE CURRENT MODIFY FILE (NAME = ${bracketed(name)}, MAXSIZE = UNLIMITED);`,
    );
  }
  return fine(id, message);
}

/** What SQL Server waits for before it reuses its log, and that a person has to see to. Others pass by themselves. */
const logReuseAdvice: Readonly<Record<string, string>> = {
  LOG_BACKUP:
    'Back the log up regularly (BACKUP LOG), or where nobody needs restores to a point in time: ALTER DATABASE CURRENT SET RECOVERY SIMPLE;',
  ACTIVE_TRANSACTION: 'Find who left it open: DBCC OPENTRAN;',
  REPLICATION: 'See whether the reader of replication or change data capture runs.',
  AVAILABILITY_REPLICA: 'See whether all replicas are connected: SELECT * FROM sys.dm_hadr_database_replica_states;',
};

/** @param reason `log_reuse_wait_desc` of sys.databases */
export function logReuseFinding(reason: string): Finding {
  const id = 'database.log-reuse';
  const advice = logReuseAdvice[reason];
  if (advice === undefined) return fine(id, `The log of the database is cut as it should be (${reason}).`);
  return warning(
    id,
    `The log of the database can't be cut: it waits for ${reason}. In a moment of work that is normal.`,
    advice,
  );
}
