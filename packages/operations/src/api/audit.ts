import { type SqlSession, sqlParameter } from '@hartonomous/broker-client';

/** Who asks for a change over the HTTP API, and by which request. */
export interface ApiActor {
  /** From the identity alone, never from a request. */
  readonly tenantId: number;
  /** `api-key:3`, or `entra:` and the object id. */
  readonly subject: string;
  /** Of the request, 32 hexadecimal digits. */
  readonly traceId: string;
}

/** A change that is asked for. */
export interface AuditEntry {
  /** For example `entity.sync`. */
  readonly action: string;
  /** For example `Atom/17`; up to 400 characters, what is beyond is cut. */
  readonly target: string;
  /** What was given, and what was before and after. Never content, never a secret. */
  readonly detail?: object;
}

/**
 * Writes a row of dbo.ApiAudit.
 *
 * @param session the transaction of the change, so that neither is there without the other
 * @throws BrokerError
 */
export async function logApiAudit(
  session: Pick<SqlSession, 'execute'>,
  { tenantId, subject, traceId }: ApiActor,
  { action, target, detail }: AuditEntry,
): Promise<void> {
  await session.execute('dbo.sp_LogApiAudit', {
    ...{ TenantId: tenantId, Subject: subject, Action: action, Target: target.slice(0, 400), TraceId: traceId },
    Detail: sqlParameter.nvarchar(detail === undefined ? null : JSON.stringify(detail)),
  });
}
