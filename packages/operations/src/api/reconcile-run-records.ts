import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import { entityTypes } from '@hartonomous/provenance-schema';
import { z } from 'zod';
import type { ApiActor } from './audit.ts';
import { ReconcileRunLostError, ReconcileRunningError } from './errors.ts';

const choiceSchema = z.object({
  /** Empty: all of them. */
  entities: z.array(z.enum(entityTypes)),
  /** Compare every value. */
  deep: z.boolean(),
  /** Enqueue what differs. */
  repair: z.boolean(),
  /** Repair also where that deletes much from the graph. */
  confirmDeletes: z.boolean(),
});

/** What a comparison of the tables with the graph is asked for. */
export type ReconcileChoice = z.output<typeof choiceSchema>;

const progressSchema = z.object({ entity: z.string(), sqlRows: z.int(), differ: z.int() });

/** How far the comparison of an entity is. */
export type ReconcileProgress = z.output<typeof progressSchema>;

const counts = { sqlRows: z.int(), graphRows: z.int(), missing: z.int(), extra: z.int(), different: z.int() };

/** As JSON has it: ids are texts. */
const reportSchema = z.object({
  progress: z.array(progressSchema),
  /** Null until it has ended well. */
  result: z
    .object({
      entities: z.array(z.object({ entity: z.string(), ...counts, enqueued: z.int(), stale: z.int() })),
      sequence: z.object({
        state: z.enum(['ahead', 'behind', 'unseen']),
        greatest: z.string().exactOptional(),
        current: z.string().exactOptional(),
        reason: z.string().exactOptional(),
        action: z.string().exactOptional(),
        statement: z.string().exactOptional(),
      }),
    })
    .nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
});

/** How far a comparison is, and what it came to. */
export type ReconcileReport = z.output<typeof reportSchema>;

const driftSchema = z.object({
  entity: z.string(),
  entityId: z.string(),
  tenantId: z.int(),
  kind: z.enum(['missing', 'extra', 'different']),
  details: z.array(z.string()),
  syncSequence: z.string().nullable(),
});

/** An entity that differs. */
export type ReconcileDrift = z.output<typeof driftSchema>;

const states = ['RUNNING', 'COMPLETED', 'NEEDS_CONFIRMATION', 'FAILED', 'CANCELLED', 'ABANDONED'] as const;

/**
 * RUNNING, then COMPLETED; NEEDS_CONFIRMATION: a repair would have deleted much, so nothing was enqueued; FAILED, for the reason in
 * `error`; CANCELLED, by somebody or because its process was stopped; ABANDONED: its process vanished.
 */
export type ReconcileRunState = (typeof states)[number];

/** A comparison of the tables with the graph. */
export interface ReconcileRun extends ReconcileChoice, ReconcileReport {
  readonly id: string;
  readonly state: ReconcileRunState;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Not in a list. */
  readonly drift: readonly ReconcileDrift[];
}

const parsed = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .nullable()
    .transform((text) => (text === null ? undefined : schema.parse(JSON.parse(text))));

const nothingYet: ReconcileReport = { progress: [], result: null, error: null };

const runRow = z
  .object({
    id: z.string().transform((id) => id.toLowerCase()),
    state: z.enum(states),
    startedBy: z.string(),
    startedAt: z.date(),
    finishedAt: z.date().nullable(),
    choice: z.string().transform((text) => choiceSchema.parse(JSON.parse(text))),
    report: parsed(reportSchema),
    drift: parsed(z.array(driftSchema)),
  })
  .transform(({ choice, report = nothingYet, drift = [], ...row }) => ({ ...row, ...choice, ...report, drift }));

// A process that has vanished says so to nobody: its lease does.
const columns = `r.[ReconcileRunId] AS [id], r.[StartedBy] AS [startedBy], r.[StartedAt] AS [startedAt], r.[Choice] AS [choice],
  r.[Report] AS [report],
  CASE WHEN r.[State] = N'RUNNING' AND r.[LeaseUntil] <= SYSUTCDATETIME() THEN N'ABANDONED' ELSE r.[State] END AS [state],
  CASE WHEN r.[State] = N'RUNNING' AND r.[LeaseUntil] <= SYSUTCDATETIME() THEN r.[LeaseUntil] ELSE r.[FinishedAt] END AS [finishedAt]`;

/**
 * Comparisons, the newest first, without what differs. Needs SELECT on dbo.ReconcileRun.
 *
 * @param limit most of them, 1 to 1000
 * @throws BrokerError
 */
export async function listReconcileRuns(
  client: Pick<BrokerClient, 'query'>,
  limit: number,
  signal: AbortSignal,
): Promise<readonly Omit<ReconcileRun, 'drift'>[]> {
  const rows = await client.query(
    `SELECT TOP (@limit) ${columns}, NULL AS [drift] FROM [dbo].[ReconcileRun] AS r ORDER BY r.[StartedAt] DESC;`,
    { limit },
    runRow,
    { signal, context: { operation: 'listing the comparisons with the graph' } },
  );
  return rows.map(({ drift: _, ...run }) => run);
}

/** One of them; undefined where there is none. Needs SELECT on dbo.ReconcileRun. @throws BrokerError */
export async function findReconcileRun(
  client: Pick<BrokerClient, 'query'>,
  id: string,
  signal: AbortSignal,
): Promise<ReconcileRun | undefined> {
  const [row] = await client.query(
    `SELECT ${columns}, r.[Drift] AS [drift] FROM [dbo].[ReconcileRun] AS r WHERE r.[ReconcileRunId] = @id;`,
    { id: sqlParameter.uniqueidentifier(id) },
    runRow,
    { signal, context: { operation: 'reading a comparison with the graph' } },
  );
  return row;
}

/**
 * Writes down that this process begins a comparison, with a row of the audit; one at a time, whichever process. Needs EXECUTE on
 * dbo.sp_StartReconcileRun.
 *
 * @param id a new GUID
 * @param leaseSeconds until the process counts as vanished, unless it reports
 * @throws ReconcileRunningError, BrokerError
 */
export async function requestReconcileRun(
  client: Pick<BrokerClient, 'query'>,
  actor: ApiActor,
  {
    id,
    choice,
    leaseSeconds,
  }: { readonly id: string; readonly choice: ReconcileChoice; readonly leaseSeconds: number },
): Promise<void> {
  const [row] = await client.query(
    `DECLARE @RunningId UNIQUEIDENTIFIER;
     EXEC [dbo].[sp_StartReconcileRun] @ReconcileRunId = @id, @TenantId = @tenantId, @Subject = @subject, @TraceId = @traceId,
       @Choice = @choice, @LeaseSeconds = @leaseSeconds, @RunningId = @RunningId OUTPUT;
     SELECT @RunningId AS [running];`,
    { id: sqlParameter.uniqueidentifier(id), ...actor, choice: JSON.stringify(choice), leaseSeconds },
    z.object({ running: z.string().nullable() }),
    { context: { operation: 'beginning a comparison with the graph' } },
  );
  const running = row?.running ?? null;
  if (running !== null) throw new ReconcileRunningError(running.toLowerCase());
}

/** What is written of a run that goes on; undefined leaves what is there. */
interface ReconcileRunProgress {
  readonly report?: ReconcileReport | undefined;
  readonly drift?: readonly ReconcileDrift[] | undefined;
}

/**
 * Makes the lease of this process's comparison longer, and writes how far it is. Needs EXECUTE on dbo.sp_ReportReconcileRun.
 *
 * @returns whether somebody asked for its end
 * @throws ReconcileRunLostError where it was taken for abandoned; BrokerError
 */
export async function reportReconcileRun(
  client: Pick<BrokerClient, 'query'>,
  id: string,
  leaseSeconds: number,
  { report, drift }: ReconcileRunProgress,
): Promise<{ readonly isCancelled: boolean }> {
  const [row] = await client.query(
    `DECLARE @IsHeld BIT, @IsCancelled BIT;
     EXEC [dbo].[sp_ReportReconcileRun] @ReconcileRunId = @id, @LeaseSeconds = @leaseSeconds, @Report = @report, @Drift = @drift,
       @IsHeld = @IsHeld OUTPUT, @IsCancelled = @IsCancelled OUTPUT;
     SELECT @IsHeld AS [isHeld], @IsCancelled AS [isCancelled];`,
    { id: sqlParameter.uniqueidentifier(id), leaseSeconds, report: jsonText(report), drift: jsonText(drift) },
    z.object({ isHeld: z.boolean(), isCancelled: z.boolean() }),
    { context: { operation: 'reporting how far a comparison with the graph is' } },
  );
  if (row?.isHeld !== true) throw new ReconcileRunLostError(id);
  return row;
}

/** How a comparison ended. */
export interface EndedReconcileRun extends ReconcileRunProgress {
  readonly state: Exclude<ReconcileRunState, 'RUNNING' | 'ABANDONED'>;
  readonly report: ReconcileReport;
}

/**
 * Ends this process's comparison, with a row of the audit. Needs EXECUTE on dbo.sp_FinishReconcileRun.
 *
 * @throws ReconcileRunLostError where it was taken for abandoned; BrokerError
 */
export async function finishReconcileRun(
  client: Pick<BrokerClient, 'query'>,
  id: string,
  { state, report, drift }: EndedReconcileRun,
): Promise<void> {
  const detail = { state, entities: report.result?.entities ?? [], error: report.error?.code ?? null };
  const [row] = await client.query(
    `DECLARE @IsHeld BIT;
     EXEC [dbo].[sp_FinishReconcileRun] @ReconcileRunId = @id, @State = @state, @Report = @report, @Drift = @drift, @Detail = @detail,
       @IsHeld = @IsHeld OUTPUT;
     SELECT @IsHeld AS [isHeld];`,
    {
      ...{ id: sqlParameter.uniqueidentifier(id), state, report: jsonText(report), drift: jsonText(drift) },
      detail: jsonText(detail),
    },
    z.object({ isHeld: z.boolean() }),
    { context: { operation: 'ending a comparison with the graph' } },
  );
  if (row?.isHeld !== true) throw new ReconcileRunLostError(id);
}

/**
 * Asks for the end of a comparison, whichever process it is of, with a row of the audit. Its process sees it when it reports next. Needs
 * EXECUTE on dbo.sp_CancelReconcileRun.
 *
 * @throws BrokerError
 */
export async function requestReconcileCancel(
  client: Pick<BrokerClient, 'query'>,
  actor: ApiActor,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  await client.query(
    `DECLARE @IsAsked BIT;
     EXEC [dbo].[sp_CancelReconcileRun] @ReconcileRunId = @id, @TenantId = @tenantId, @Subject = @subject, @TraceId = @traceId,
       @IsAsked = @IsAsked OUTPUT;
     SELECT @IsAsked AS [isAsked];`,
    { id: sqlParameter.uniqueidentifier(id), ...actor },
    z.object({ isAsked: z.boolean() }),
    { signal, context: { operation: 'cancelling a comparison with the graph' } },
  );
}

function jsonText(value: object | undefined) {
  return sqlParameter.nvarchar(value === undefined ? null : JSON.stringify(value));
}
