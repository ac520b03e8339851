import type { SqlSession } from '@hartonomous/broker-client';
import { z } from 'zod';

/** What seeing the sessions, locks and disks of a server takes, in words. */
export const serverStatePermission =
  'VIEW SERVER STATE (from SQL Server 2022 on, VIEW SERVER PERFORMANCE STATE is enough)';

const permissionRow = z.object({ isSeen: z.coerce.boolean() });

/** Whether the login sees the sessions, locks and disks of the server. The newer permission is NULL on servers that don't have it. */
export async function seesServerState(
  session: SqlSession,
  signal: AbortSignal | undefined,
  operation: string,
): Promise<boolean> {
  const [row] = await session.query(
    `SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER STATE') = 1
       OR HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER PERFORMANCE STATE') = 1 THEN 1 ELSE 0 END AS [isSeen];`,
    {},
    permissionRow,
    { signal, context: { operation } },
  );
  return row?.isSeen === true;
}
