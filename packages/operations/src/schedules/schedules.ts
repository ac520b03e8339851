import { type BrokerClient, type SqlSession, SqlStatementError, sqlParameter } from '@hartonomous/broker-client';
import {
  type ScheduleKind,
  type ScheduleOutcome,
  scheduleKinds,
  scheduleOutcomes,
} from '@hartonomous/provenance-schema';
import { z } from 'zod';
import { cronTime } from './cron-time.ts';
import { ScheduleDisabledError, ScheduleExistsError, ScheduleUnknownError, ScheduleUnusableError } from './errors.ts';
import { checkedParameters } from './schedule-parameters.ts';

/** A run of a schedule. */
export interface ScheduleRun {
  /** The later it began, the greater. */
  readonly id: bigint;
  readonly name: string;
  readonly kind: ScheduleKind;
  readonly dueAt: Date;
  readonly outcome: ScheduleOutcome;
  /** How often it was begun. */
  readonly attempts: number;
  /** HOST-PID. */
  readonly runBy: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Rows deleted or enqueued, jobs made, fixes applied; null while it isn't known. */
  readonly changes: number | null;
  readonly summary: string | null;
  readonly journal: unknown;
}

/** A schedule. */
export interface Schedule {
  readonly name: string;
  readonly kind: ScheduleKind;
  readonly cron: string;
  readonly timeZone: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly isEnabled: boolean;
  /** Null while it is disabled. */
  readonly dueAt: Date | null;
  /** Milliseconds since it was due; null where it isn't due yet, and while somebody works on it. */
  readonly overdueMs: number | null;
  readonly isRunning: boolean;
  readonly changedBy: string;
  readonly lastRun: Pick<ScheduleRun, 'outcome' | 'startedAt' | 'summary'> | null;
}

/** What is asked for. */
export interface NewSchedule {
  /** 1 to 64 characters without blanks. */
  readonly name: string;
  readonly kind: ScheduleKind;
  /** See {@link cronTime}. */
  readonly cron: string;
  readonly timeZone: string;
  /** What the kind may be told. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly isEnabled: boolean;
  /** Who asks. */
  readonly changedBy: string;
}

const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

const scheduleRow = z.object({
  name: z.string(),
  kind: z.enum(scheduleKinds),
  cron: z.string(),
  timeZone: z.string(),
  parameters: z
    .string()
    .nullable()
    .transform((text) => z.record(z.string(), z.unknown()).parse(json(text) ?? {})),
  isEnabled: z.boolean(),
  dueAt: z.date().nullable(),
  overdueMs: z.coerce.number().nullable(),
  isRunning: z.number().transform((bit) => bit === 1),
  changedBy: z.string(),
  outcome: z.enum(scheduleOutcomes).nullable(),
  startedAt: z.date().nullable(),
  summary: z.string().nullable(),
});

/** Who worked on a run of a schedule that was disabled meanwhile, and vanished, has no successor: it doesn't run. Of a row r, with s its schedule. */
const outcomeColumn = `CASE WHEN r.[Outcome] = N'RUNNING' AND s.[IsEnabled] = 0 AND ISNULL(s.[LeaseUntil], SYSUTCDATETIME()) <= SYSUTCDATETIME()
    THEN N'ABANDONED' ELSE r.[Outcome] END`;

/** All schedules, by their names. Needs SELECT on dbo.Schedule and dbo.ScheduleRun. @throws BrokerError */
export async function listSchedules(
  client: Pick<BrokerClient, 'query'>,
  signal: AbortSignal,
): Promise<readonly Schedule[]> {
  const rows = await client.query(
    `DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
     SELECT s.[Name] AS [name], s.[Kind] AS [kind], s.[CronExpression] AS [cron], s.[TimeZone] AS [timeZone],
       s.[Parameters] AS [parameters], s.[IsEnabled] AS [isEnabled], s.[DueAt] AS [dueAt], s.[ChangedBy] AS [changedBy],
       CASE WHEN s.[LeaseUntil] > @Now THEN 1 ELSE 0 END AS [isRunning],
       CASE WHEN s.[DueAt] <= @Now AND ISNULL(s.[LeaseUntil], @Now) <= @Now
         THEN DATEDIFF_BIG(MILLISECOND, s.[DueAt], @Now) END AS [overdueMs],
       ${outcomeColumn} AS [outcome], r.[StartedAt] AS [startedAt], r.[Summary] AS [summary]
     FROM [dbo].[Schedule] AS s
     OUTER APPLY (
       SELECT TOP (1) l.[Outcome], l.[StartedAt], l.[Summary] FROM [dbo].[ScheduleRun] AS l
       WHERE l.[ScheduleId] = s.[ScheduleId] ORDER BY l.[DueAt] DESC
     ) AS r
     ORDER BY s.[Name];`,
    {},
    scheduleRow,
    { signal, context: { operation: 'listing the schedules' } },
  );
  return rows.map(({ outcome, startedAt, summary, ...schedule }) => ({
    ...schedule,
    lastRun: outcome === null || startedAt === null ? null : { outcome, startedAt, summary },
  }));
}

/** Changes of a schedule; what isn't given stays. */
export interface ScheduleSettings {
  readonly cron?: string | undefined;
  readonly timeZone?: string | undefined;
  /** All of them. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Who asks. */
  readonly changedBy: string;
}

/** dbo.sp_TriggerSchedule counts a schedule as due from this many milliseconds before its time. */
const dueAlreadyMs = 1_000;

/** A connection, or a transaction of one. */
type ScheduleSession = Pick<SqlSession, 'query' | 'execute'>;

/** What a change of a schedule comes to, or would. */
export interface ScheduleChange {
  /** False where it is so already. */
  readonly changes: boolean;
  /** When it is due next; null: it isn't. */
  readonly dueAt: Date | null;
}

/**
 * Creates a schedule. Needs EXECUTE on dbo.sp_AddSchedule, which db_owner and the HTTP API have.
 *
 * @param dryRun only checks
 * @throws ScheduleUnusableError, ScheduleExistsError, BrokerError
 */
export async function addSchedule(
  client: ScheduleSession,
  { name, kind, cron, timeZone, parameters, isEnabled, changedBy }: NewSchedule,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  // By UTF-16 code units, as SQL Server counts them.
  if (!/^\S{1,64}$/.test(name))
    throw new ScheduleUnusableError(
      `A schedule can't be called ${JSON.stringify(name)}.`,
      'Give 1 to 64 characters without blanks.',
    );
  const time = cronTime(cron, timeZone);
  const checked = checkedParameters(kind, parameters);
  const dueAt = isEnabled ? time.next(await sqlNow(client, signal)) : null;
  const known = await listSchedules(client, signal);
  if (known.some((each) => each.name.toLowerCase() === name.toLowerCase())) throw new ScheduleExistsError(name);
  if (!dryRun) {
    const text = parametersText(checked);
    const context = { operation: `adding the schedule ${name}` };
    const values = { CronExpression: cron, TimeZone: timeZone, Parameters: text, DueAt: dueAt, ChangedBy: changedBy };
    await client
      .execute('dbo.sp_AddSchedule', { Name: name, Kind: kind, ...values }, { signal, context })
      .catch((error: unknown) => {
        throw isNumber(error, existsNumber) ? new ScheduleExistsError(name) : error;
      });
  }
  return { changes: true, dueAt };
}

/**
 * Gives a schedule another time, other parameters, or both. The new expression counts from now on; runs that were due and not begun are dropped. A run
 * in progress continues as it was. Needs EXECUTE on dbo.sp_ChangeSchedule, which db_owner and the HTTP API have.
 *
 * @param dryRun only checks
 * @throws ScheduleUnknownError, ScheduleUnusableError, BrokerError
 */
export async function changeSchedule(
  client: ScheduleSession,
  name: string,
  { changedBy, ...given }: ScheduleSettings,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<ScheduleChange & { readonly schedule: Schedule }> {
  const before = await scheduleNamed(client, name, signal);
  const schedule = {
    ...before,
    cron: given.cron ?? before.cron,
    timeZone: given.timeZone ?? before.timeZone,
    parameters: given.parameters ?? before.parameters,
  };
  const { cron, timeZone, parameters } = schedule;
  const time = cronTime(cron, timeZone);
  const text = parametersText(checkedParameters(before.kind, parameters));
  const changes = cron !== before.cron || timeZone !== before.timeZone || text !== parametersText(before.parameters);
  if (!changes) return { changes, dueAt: before.dueAt, schedule };
  const next = time.next(await sqlNow(client, signal));
  if (!dryRun) {
    const context = { operation: `changing the schedule ${name}` };
    // Also for one that is disabled: it may have been enabled meanwhile, and the procedure decides.
    const values = { CronExpression: cron, TimeZone: timeZone, Parameters: text, DueAt: next, ChangedBy: changedBy };
    await client
      .execute('dbo.sp_ChangeSchedule', { Name: name, ...values }, { signal, context })
      .catch((error: unknown) => {
        throw isNumber(error, unknownNumber) ? new ScheduleUnknownError(name, []) : error;
      });
  }
  const dueAt = before.isEnabled ? next : null;
  return { changes, dueAt, schedule: { ...schedule, dueAt } };
}

/**
 * Enables or disables a schedule. A run in progress continues. Needs EXECUTE on dbo.sp_EnableSchedule, which db_owner
 * and the HTTP API have.
 *
 * @throws ScheduleUnknownError, BrokerError
 */
export async function enableSchedule(
  client: ScheduleSession,
  name: string,
  { isEnabled, changedBy }: Pick<NewSchedule, 'isEnabled' | 'changedBy'>,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  const { cron, timeZone, ...before } = await scheduleNamed(client, name, signal);
  if (before.isEnabled === isEnabled) return { changes: false, dueAt: before.dueAt };
  const dueAt = isEnabled ? cronTime(cron, timeZone).next(await sqlNow(client, signal)) : null;
  if (!dryRun) {
    const context = { operation: `${isEnabled ? 'enabling' : 'disabling'} the schedule ${name}` };
    const values = { Name: name, DueAt: dueAt, ChangedBy: changedBy };
    await client.execute('dbo.sp_EnableSchedule', values, { signal, context }).catch((error: unknown) => {
      throw isNumber(error, unknownNumber) ? new ScheduleUnknownError(name, []) : error;
    });
  }
  return { changes: true, dueAt };
}

/**
 * Has a schedule become due at once, and then by its expression again. One that is due or being worked on stays as it is. Needs EXECUTE on
 * dbo.sp_TriggerSchedule, which db_owner and the HTTP API have.
 *
 * @throws ScheduleUnknownError, ScheduleDisabledError, BrokerError
 */
export async function triggerSchedule(
  client: ScheduleSession,
  name: string,
  { changedBy }: Pick<NewSchedule, 'changedBy'>,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  const { isEnabled, isRunning, dueAt } = await scheduleNamed(client, name, signal);
  if (!isEnabled) throw new ScheduleDisabledError(name);
  if (dryRun) {
    const now = await sqlNow(client, signal);
    const changes = !isRunning && (dueAt === null || dueAt.getTime() > now.getTime() + dueAlreadyMs);
    return { changes, dueAt: changes ? now : dueAt };
  }
  const [row] = await client
    .query(
      `DECLARE @DueAt DATETIME2(0), @IsTriggered BIT;
       EXEC [dbo].[sp_TriggerSchedule] @Name = @name, @ChangedBy = @changedBy, @DueAt = @DueAt OUTPUT, @IsTriggered = @IsTriggered OUTPUT;
       SELECT @DueAt AS [dueAt], @IsTriggered AS [changes];`,
      { name, changedBy },
      z.object({ dueAt: z.date().nullable(), changes: z.boolean() }),
      { signal, context: { operation: `having the schedule ${name} become due` } },
    )
    .catch((error: unknown) => {
      if (isNumber(error, disabledNumber)) throw new ScheduleDisabledError(name);
      throw isNumber(error, unknownNumber) ? new ScheduleUnknownError(name, []) : error;
    });
  if (row === undefined) throw new TypeError('SELECT of variables gives one row.');
  return row;
}

/**
 * Removes a schedule; its history stays. Needs EXECUTE on dbo.sp_RemoveSchedule, which db_owner and the HTTP API have.
 *
 * @throws ScheduleUnknownError, BrokerError
 */
export async function removeSchedule(
  client: ScheduleSession,
  name: string,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<Schedule> {
  const schedule = await scheduleNamed(client, name, signal);
  if (!dryRun) {
    const context = { operation: `removing the schedule ${name}` };
    await client.execute('dbo.sp_RemoveSchedule', { Name: name }, { signal, context }).catch((error: unknown) => {
      throw isNumber(error, unknownNumber) ? new ScheduleUnknownError(name, []) : error;
    });
  }
  return schedule;
}

const runRow = z.object({
  id: z.coerce.bigint(),
  name: z.string(),
  kind: z.enum(scheduleKinds),
  dueAt: z.date(),
  outcome: z.enum(scheduleOutcomes),
  attempts: z.int(),
  runBy: z.string(),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  changes: z.coerce.number().nullable(),
  summary: z.string().nullable(),
  journal: z.string().nullable().transform(json),
});

/** Which runs {@link scheduleHistory} gives. */
export interface ScheduleHistoryQuery {
  /** Undefined: those of all schedules. */
  readonly name?: string | undefined;
  /** Most runs, 1 to 10000. */
  readonly limit: number;
  /** Only runs before this one: the last of the page before. */
  readonly before?: bigint | undefined;
}

/**
 * Runs of one schedule, or of all, the latest first; those of removed ones, too. Needs SELECT on dbo.Schedule and
 * dbo.ScheduleRun.
 *
 * @throws BrokerError
 */
export async function scheduleHistory(
  client: Pick<BrokerClient, 'query'>,
  { name, limit, before }: ScheduleHistoryQuery,
  signal: AbortSignal,
): Promise<readonly ScheduleRun[]> {
  return await client.query(
    `SELECT TOP (@limit) r.[ScheduleRunId] AS [id], r.[Name] AS [name], r.[Kind] AS [kind], r.[DueAt] AS [dueAt],
       ${outcomeColumn} AS [outcome], r.[Attempts] AS [attempts], r.[RunBy] AS [runBy], r.[StartedAt] AS [startedAt],
       r.[FinishedAt] AS [finishedAt], r.[Changes] AS [changes], r.[Summary] AS [summary], r.[Journal] AS [journal]
     FROM [dbo].[ScheduleRun] AS r
     LEFT JOIN [dbo].[Schedule] AS s ON s.[ScheduleId] = r.[ScheduleId]
     WHERE (@name IS NULL OR r.[Name] = @name) AND (@before IS NULL OR r.[ScheduleRunId] < @before)
     ORDER BY r.[ScheduleRunId] DESC;`,
    { limit, name: name ?? null, before: sqlParameter.bigint(before ?? null) },
    runRow,
    { signal, context: { operation: 'reading what the schedules have done' } },
  );
}

/** Numbers of the errors of the procedures. */
const unknownNumber = 51_100;
const existsNumber = 51_101;
const disabledNumber = 51_102;

function isNumber(error: unknown, number: number): boolean {
  return error instanceof SqlStatementError && error.number === number;
}

async function scheduleNamed(client: Pick<SqlSession, 'query'>, name: string, signal: AbortSignal): Promise<Schedule> {
  const all = await listSchedules(client, signal);
  const found = all.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (found === undefined)
    throw new ScheduleUnknownError(
      name,
      all.map((each) => each.name),
    );
  return found;
}

function parametersText(parameters: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(parameters).length === 0 ? null : JSON.stringify(parameters);
}

/** By the clock that decides what is due. */
async function sqlNow(client: Pick<SqlSession, 'query'>, signal: AbortSignal): Promise<Date> {
  const [row] = await client.query('SELECT SYSUTCDATETIME() AS [now];', {}, z.object({ now: z.date() }), {
    signal,
    context: { operation: 'reading the clock of SQL Server' },
  });
  if (row === undefined) throw new TypeError('SELECT of a function gives one row.');
  return row.now;
}
