import { z } from 'zod';
import { PermissionDeniedError, SqlStatementError, UnexpectedRowsError } from './errors.ts';
import { quoteName, quoteQualifiedName } from './identifiers.ts';
import { countColumn } from './queue-inspection.ts';
import type { CallOptions, SqlSession } from './sql-session.ts';

/** Messages of this database that could not be delivered yet, by destination and by what keeps them. */
export interface StuckTransmission {
  readonly toService: string;
  /** SQL Server's reason; empty before the first attempt. */
  readonly status: string;
  readonly messages: number;
  readonly oldestEnqueuedAt: Date;
}

/** Conversation endpoints of the database by state, for example `CONVERSING` or `DISCONNECTED_INBOUND`. */
export interface EndpointCount {
  readonly state: string;
  readonly endpoints: number;
}

/** Conversations of a queue whose other side has ended, that nobody has ended here, and that have no message left. */
export interface LeakedCount {
  /** For example `dbo.Neo4jSyncQueue`. */
  readonly queue: string;
  readonly conversations: number;
}

/** What SQL Server shows to `db_owner` only. */
export interface BrokerHealth {
  /** Empty is normal: within an instance messages go straight to their queue. */
  readonly stuck: readonly StuckTransmission[];
  /**
   * Many in DISCONNECTED_INBOUND: the other side has ended and nobody here answers. CLOSED ones go by themselves, after about
   * half an hour, where the target has ended first.
   */
  readonly endpoints: readonly EndpointCount[];
  /** Of the queues that the procedure looks at, as far as they have any; undefined without a procedure. */
  readonly leaked: readonly LeakedCount[] | undefined;
}

const stuckStatement = `SELECT t.to_service_name AS [toService], t.transmission_status AS [status], COUNT_BIG(*) AS [messages],
  MIN(t.enqueue_time) AS [oldestEnqueuedAt]
FROM sys.transmission_queue AS t WITH (NOLOCK)
GROUP BY t.to_service_name, t.transmission_status;`;

const endpointsStatement = `SELECT e.state_desc AS [state], COUNT_BIG(*) AS [endpoints]
FROM sys.conversation_endpoints AS e WITH (NOLOCK)
GROUP BY e.state_desc
ORDER BY e.state_desc;`;

const healthSets = z.tuple([
  z.array(z.object({ toService: z.string(), status: z.string(), messages: countColumn, oldestEnqueuedAt: z.date() })),
  z.array(z.object({ state: z.string(), endpoints: countColumn })),
  z.array(z.object({ queue: z.string(), conversations: countColumn })).optional(),
]);

/** The error by which a procedure says that its own user sees nothing: what it would give is empty, and that isn't an answer. */
const notSeenNumber = 51_090;

/**
 * Reads {@link BrokerHealth}: through a procedure that may see it, or directly, which takes `db_owner`.
 *
 * @param procedure gives three result sets with the columns of the three parts, or raises error 51090 when the user that it runs as
 *   isn't in `db_owner`
 * @throws PermissionDeniedError when the login may not see it; without rights the views would be empty, which isn't an answer
 */
export async function brokerHealth(
  session: Pick<SqlSession, 'query' | 'querySets'>,
  procedure: string | undefined,
  options: CallOptions = {},
): Promise<BrokerHealth> {
  const operation = 'checking conversation endpoints and the transmission queue';
  const { isCallable, isVisible } = await requireConversationsVisible(session, operation, options, procedure);
  const read = (statement: string) => session.querySets(statement, {}, { ...options, context: { operation } });
  const directly = () => read(`${stuckStatement}\n${endpointsStatement}`);
  const sets =
    isCallable && procedure !== undefined
      ? await read(`SET NOCOUNT ON; EXEC ${quoteQualifiedName(procedure)};`).catch((error: unknown) => {
          if (!(error instanceof SqlStatementError && error.number === notSeenNumber)) throw error;
          if (isVisible) return directly();
          throw new PermissionDeniedError(error.message, { cause: error, number: notSeenNumber });
        })
      : await directly();
  const checked = healthSets.safeParse(sets);
  if (!checked.success) {
    throw new UnexpectedRowsError(`SQL Server answered with unexpected rows while ${operation}.`, {
      cause: checked.error,
    });
  }
  const [stuck, endpoints, leaked] = checked.data;
  return { stuck, endpoints, leaked };
}

/**
 * Whether the login sees conversation endpoints and the transmission queue. Without the right SQL Server shows no rows and
 * gives no error.
 *
 * @param procedure does where the login may call it
 * @returns whether it may call that, and whether it sees them itself
 * @throws PermissionDeniedError when it can do neither
 */
export async function requireConversationsVisible(
  session: Pick<SqlSession, 'query'>,
  operation: string,
  options: CallOptions = {},
  procedure?: string,
): Promise<{ readonly isCallable: boolean; readonly isVisible: boolean }> {
  const [answer] = await session.query(
    `SELECT USER_NAME() AS [user], HAS_PERMS_BY_NAME(@Procedure, N'OBJECT', N'EXECUTE') AS [isCallable],
       CASE WHEN IS_ROLEMEMBER(N'db_owner') = 1 OR IS_SRVROLEMEMBER(N'sysadmin') = 1 THEN 1 ELSE 0 END AS [isVisible];`,
    { Procedure: procedure === undefined ? null : quoteQualifiedName(procedure) },
    z.object({ user: z.string(), isCallable: z.number().nullable(), isVisible: z.number() }),
    { ...options, context: { operation } },
  );
  const isCallable = answer?.isCallable === 1;
  const isVisible = answer?.isVisible === 1;
  if (isCallable || isVisible) return { isCallable, isVisible };
  const user = quoteName(answer?.user ?? '');
  const grant =
    procedure === undefined
      ? `ALTER ROLE [db_owner] ADD MEMBER ${user};`
      : `GRANT EXECUTE ON ${quoteQualifiedName(procedure)} TO ${user};`;
  throw new PermissionDeniedError(
    `Not seen while ${operation}: SQL Server shows these to db_owner only, and to ${user} no rows and no error. As an administrator: ${grant}`,
    {},
  );
}
