import type { BrokerClient } from '@hartonomous/broker-client';
import { z } from 'zod';

/**
 * The time by SQL Server's clock, by which rows have their times and keys expire: that of this machine may be wrong.
 *
 * @throws BrokerError
 */
export async function sqlNow(client: Pick<BrokerClient, 'query'>, signal: AbortSignal): Promise<Date> {
  const [row] = await client.query('SELECT SYSUTCDATETIME() AS [now];', {}, z.object({ now: z.date() }), {
    signal,
    context: { operation: 'reading the clock of SQL Server' },
  });
  if (row === undefined) throw new TypeError('SELECT of a function gives one row.');
  return row.now;
}
