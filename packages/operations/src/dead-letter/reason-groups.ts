import { quoteQualifiedName, type SqlSession, sqlParameter } from '@hartonomous/broker-client';
import { z } from 'zod';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

/** Dead letters that have one reason. */
export interface ReasonGroup {
  readonly reasonCode: string;
  readonly letters: number;
  readonly oldest: Date;
  readonly newest: Date;
  /** The newest of them, and what it says. */
  readonly example: { readonly id: string; readonly reasonText: string };
}

const groupRow = z
  .object({
    reasonCode: z.string(),
    letters: z.coerce.number(),
    oldest: z.date(),
    newest: z.date(),
    exampleId: z.union([z.string(), z.number(), z.bigint()]).transform(String),
    exampleText: z.string(),
  })
  .transform(
    ({ exampleId: id, exampleText: reasonText, ...group }): ReasonGroup => ({ ...group, example: { id, reasonText } }),
  );

/**
 * Dead letters by reason, the most frequent first: after an outage of one cause thousands of letters say the same.
 *
 * @throws BrokerError
 */
export async function reasonGroups(
  session: SqlSession,
  { table }: Pick<DeadLetterQueue, 'table'>,
  state: string | undefined,
  signal: AbortSignal,
): Promise<readonly ReasonGroup[]> {
  const name = quoteQualifiedName(table);
  return await session.query(
    `SELECT g.[reasonCode], g.[letters], g.[oldest], g.[newest], g.[exampleId], d.[ReasonText] AS [exampleText]
     FROM (
       SELECT l.[ReasonCode] AS [reasonCode], COUNT_BIG(*) AS [letters], MIN(l.[DeadLetteredAt]) AS [oldest],
         MAX(l.[DeadLetteredAt]) AS [newest], MAX(l.[DeadLetterId]) AS [exampleId]
       FROM ${name} AS l
       WHERE @State IS NULL OR l.[ReplayState] = @State
       GROUP BY l.[ReasonCode]
     ) AS g
     INNER JOIN ${name} AS d ON d.[DeadLetterId] = g.[exampleId]
     ORDER BY g.[letters] DESC, g.[reasonCode];`,
    { State: sqlParameter.nvarchar(state ?? null) },
    groupRow,
    { signal, context: { operation: `grouping the letters of ${table}` } },
  );
}
