import { type BrokerClient, sqlParameter } from '@hartonomous/broker-client';
import {
  type ScheduleKind,
  type ScheduleOutcome,
  scheduleKinds,
  scheduleOutcomes,
} from '@hartonomous/provenance-schema';
import { z } from 'zod';

const claimedRow = z.object({
  ScheduleId: z.int(),
  Name: z.string(),
  Kind: z.enum(scheduleKinds),
  CronExpression: z.string(),
  TimeZone: z.string(),
  Parameters: z.string().nullable(),
  DueAt: z.date(),
  LeaseToken: z.coerce.bigint(),
  ScheduleRunId: z.coerce.bigint(),
  Attempts: z.int(),
  Outcome: z.enum(scheduleOutcomes),
  /** Of who began it before and vanished. */
  Journal: z.string().nullable(),
  Now: z.date(),
});

/** A schedule that this process has the lease on. */
export type ClaimedSchedule = z.output<typeof claimedRow>;

/** Who claims. */
export interface ScheduleClaimer {
  /** A GUID of this process, and of no other. */
  readonly workerId: string;
  /** HOST-PID. */
  readonly runBy: string;
  /** For which it has the rights. */
  readonly kinds: readonly ScheduleKind[];
  /** Seconds until others may take over, unless it is renewed. Short: a hiccup gives it away; long: a crash delays it by as much. */
  readonly leaseSeconds: number;
}

/** How a run ended. */
export interface ScheduleResult {
  readonly outcome: Exclude<ScheduleOutcome, 'RUNNING'>;
  /** What it has changed; null where that isn't known. */
  readonly changes: number | null;
  /** For people. */
  readonly summary: string;
  /** As JSON. */
  readonly journal?: object | undefined;
}

/** Characters that a summary may have in its table. */
const longestSummary = 4_000;

/** Claims one schedule that is due; undefined where none is. @throws BrokerError */
export async function claimSchedule(
  client: Pick<BrokerClient, 'execute'>,
  { workerId, runBy, kinds, leaseSeconds }: ScheduleClaimer,
  signal: AbortSignal,
): Promise<ClaimedSchedule | undefined> {
  const rows = await client.execute(
    'dbo.sp_ClaimSchedule',
    {
      WorkerId: sqlParameter.uniqueidentifier(workerId),
      RunBy: runBy,
      Kinds: JSON.stringify(kinds),
      LeaseSeconds: sqlParameter.int(leaseSeconds),
    },
    { signal, context: { operation: 'claiming a schedule that is due' } },
  );
  return z.array(claimedRow).max(1).parse(rows)[0];
}

const heldRow = z.object({ held: z.boolean() });

/** Makes a lease longer, with the journal of the run. @returns false where somebody else has it by now. @throws BrokerError */
export async function renewSchedule(
  client: Pick<BrokerClient, 'query'>,
  claimed: ClaimedSchedule,
  leaseSeconds: number,
  journal: object | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const [row] = await client.query(
    `DECLARE @IsHeld BIT;
     EXEC [dbo].[sp_RenewSchedule] @ScheduleId = @ScheduleId, @LeaseToken = @LeaseToken, @ScheduleRunId = @ScheduleRunId,
       @LeaseSeconds = @LeaseSeconds, @Journal = @Journal, @IsHeld = @IsHeld OUTPUT;
     SELECT @IsHeld AS [held];`,
    { ...keysOf(claimed), LeaseSeconds: sqlParameter.int(leaseSeconds), Journal: jsonText(journal) },
    heldRow,
    { signal, context: { operation: `renewing the lease on the schedule ${claimed.Name}` } },
  );
  return row?.held === true;
}

/** Ends a run. @returns false where somebody else has the schedule by now: nothing was written. @throws BrokerError */
export async function finishSchedule(
  client: Pick<BrokerClient, 'query'>,
  claimed: ClaimedSchedule,
  { outcome, changes, summary, journal }: ScheduleResult,
  nextDueAt: Date | null,
  signal: AbortSignal,
): Promise<boolean> {
  const [row] = await client.query(
    `DECLARE @IsHeld BIT;
     EXEC [dbo].[sp_FinishSchedule] @ScheduleId = @ScheduleId, @LeaseToken = @LeaseToken, @ScheduleRunId = @ScheduleRunId,
       @Outcome = @Outcome, @Changes = @Changes, @Summary = @Summary, @Journal = @Journal, @NextDueAt = @NextDueAt,
       @IsHeld = @IsHeld OUTPUT;
     SELECT @IsHeld AS [held];`,
    {
      ...keysOf(claimed),
      Outcome: outcome,
      Changes: changes === null ? null : sqlParameter.bigint(BigInt(changes)),
      Summary: summary.slice(0, longestSummary),
      Journal: jsonText(journal),
      NextDueAt: nextDueAt,
    },
    heldRow,
    { signal, context: { operation: `ending the run of the schedule ${claimed.Name}` } },
  );
  return row?.held === true;
}

function keysOf({ ScheduleId, LeaseToken, ScheduleRunId }: ClaimedSchedule) {
  return {
    ScheduleId: sqlParameter.int(ScheduleId),
    LeaseToken: sqlParameter.bigint(LeaseToken),
    ScheduleRunId: sqlParameter.bigint(ScheduleRunId),
  };
}

function jsonText(journal: object | undefined): string | null {
  return journal === undefined ? null : JSON.stringify(journal);
}
