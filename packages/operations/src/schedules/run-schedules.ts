import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrokerClient, BrokerError } from '@hartonomous/broker-client';
import type { ScheduleKind } from '@hartonomous/provenance-schema';
import { redactText } from '@hartonomous/redaction';
import { z } from 'zod';
import { failureOf } from '../failure.ts';
import { longStatementMs, openSqlServer } from '../servers/sql-server.ts';
import { cronTime } from './cron-time.ts';
import { ScheduleLeaseLostError, ScheduleUnusableError } from './errors.ts';
import { workOn } from './kinds/kinds.ts';
import type { ScheduleTargets } from './kinds/schedule-work.ts';
import {
  type ClaimedSchedule,
  claimSchedule,
  finishSchedule,
  renewSchedule,
  type ScheduleClaimer,
  type ScheduleResult,
} from './schedule-lease.ts';

/** What happens. */
export type ScheduleEvent =
  | {
      readonly type: 'begun';
      readonly name: string;
      readonly kind: ScheduleKind;
      readonly dueAt: Date;
      readonly attempt: number;
    }
  | {
      readonly type: 'ended';
      readonly name: string;
      readonly kind: ScheduleKind;
      readonly result: ScheduleResult;
      readonly ms: number;
      /** Null: it is disabled now, since its expression can't be used. */
      readonly nextDueAt: Date | null;
    }
  /** Somebody else has it by now. */
  | { readonly type: 'lost'; readonly name: string }
  /** SQL Server is away, and is waited for. */
  | { readonly type: 'away'; readonly reason: string };

/** Options of {@link runSchedules}. */
export interface RunSchedulesOptions extends ScheduleTargets {
  readonly client: BrokerClient;
  /** That this login has the rights for; see `kindRights`. */
  readonly kinds: readonly ScheduleKind[];
  /** Milliseconds between two checks for what is due. Short: more calls of an idle process; long: what is due begins that much later. */
  readonly pollMs: number;
  /** Seconds; see {@link ScheduleClaimer}. */
  readonly leaseSeconds: number;
  /** End when nothing is due any more, rather than wait. */
  readonly once: boolean;
  readonly onEvent: (event: ScheduleEvent) => void;
  readonly signal: AbortSignal;
}

/** A run that has lost so many processes is given up, and the next time comes: it may be what ends them. */
const mostAttempts = 5;

/**
 * Claims schedules that are due and works on them, one at a time, until `signal` is aborted. Any number of processes may do so: each due
 * time is claimed by one of them, and taken over when that one vanishes. What was missed while none ran is made up for once.
 *
 * @throws the signal's reason; with `once` BrokerUnavailableError; what waiting doesn't heal, such as a missing permission
 */
export async function runSchedules(options: RunSchedulesOptions): Promise<void> {
  const { client, kinds, leaseSeconds, pollMs, once, onEvent, signal } = options;
  const claimer = { workerId: randomUUID(), runBy: `${hostname()}-${process.pid}`, kinds, leaseSeconds };
  for (;;) {
    signal.throwIfAborted();
    let claimed: ClaimedSchedule | undefined;
    try {
      claimed = await claimSchedule(client, claimer, signal);
      if (claimed !== undefined) await runOne(claimed, claimer, options);
    } catch (error) {
      signal.throwIfAborted();
      if (once || !(error instanceof BrokerError && error.retryable)) throw error;
      onEvent({ type: 'away', reason: redactText(error.message) });
    }
    if (claimed !== undefined) continue;
    if (once) return;
    await delay(pollMs, undefined, { signal });
  }
}

/** Works on one run, and ends it. Rejects only where that can't be written down. */
async function runOne(claimed: ClaimedSchedule, claimer: ScheduleClaimer, options: RunSchedulesOptions): Promise<void> {
  const { client, onEvent, signal } = options;
  const { Name: name, Kind: kind, DueAt: dueAt, Attempts: attempt, Now } = claimed;
  const begunAt = performance.now();
  onEvent({ type: 'begun', name, kind, dueAt, attempt });
  let result: ScheduleResult;
  try {
    result = await resultOf(claimed, claimer, options);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ScheduleLeaseLostError)) throw error;
    onEvent({ type: 'lost', name });
    return;
  }
  const ms = Math.round(performance.now() - begunAt);
  const next = nextTime(claimed, new Date(Math.max(dueAt.getTime(), Now.getTime() + ms)));
  const whole = next.reason === null ? result : { ...result, summary: `${result.summary} ${next.reason}` };
  if (await finishSchedule(client, claimed, whole, next.dueAt, signal)) {
    onEvent({ type: 'ended', name, kind, result: whole, ms, nextDueAt: next.dueAt });
  } else onEvent({ type: 'lost', name });
}

async function resultOf(
  claimed: ClaimedSchedule,
  { leaseSeconds }: ScheduleClaimer,
  { client, database, graph, signal }: RunSchedulesOptions,
): Promise<ScheduleResult> {
  const { Name: name, Kind: kind, Parameters, Attempts, Journal, Outcome } = claimed;
  if (Outcome !== 'RUNNING') return { outcome: 'DONE', changes: null, summary: 'It had ended already.' };
  if (Attempts > mostAttempts) {
    const summary = `Begun ${mostAttempts} times, and each time the process vanished. The next time is tried again.`;
    return { outcome: 'ABANDONED', changes: null, summary };
  }
  const lost = new AbortController();
  const ended = new AbortController();
  const note = async (journal: object) => {
    if (await renewSchedule(client, claimed, leaseSeconds, journal, signal)) return;
    const error = new ScheduleLeaseLostError(name);
    lost.abort(error);
    throw error;
  };
  const renewing = keepLease(claimed, leaseSeconds, client, lost, AbortSignal.any([signal, ended.signal]));
  try {
    const parameters = z.record(z.string(), z.unknown()).safeParse(JSON.parse(Parameters ?? '{}'));
    if (!parameters.success) {
      throw new ScheduleUnusableError('Its parameters are not a JSON object.', `Remove it and add it again: ${name}.`);
    }
    // A purge of millions of rows takes longer than a claim may.
    await using own = await openSqlServer(database, { requestTimeoutMs: longStatementMs, signal });
    const work = { client: own, database, graph, note, earlier: JSON.parse(Journal ?? 'null') as unknown };
    return await workOn(kind, { ...work, signal: AbortSignal.any([signal, lost.signal]) }, parameters.data);
  } catch (error) {
    signal.throwIfAborted();
    if (lost.signal.aborted) throw lost.signal.reason;
    const failure = failureOf(error);
    if (failure === undefined) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return {
        outcome: 'FAILED',
        changes: null,
        summary: `UNEXPECTED: a defect, please report it. ${redactText(text)}`,
      };
    }
    const { code, message, action } = failure;
    return { outcome: 'FAILED', changes: null, summary: [`${code}: ${message}`, action ?? ''].join(' ').trim() };
  } finally {
    ended.abort();
    await renewing;
  }
}

/** Renews a lease until `signal` is aborted; aborts `lost` when somebody else has it. An outage may pass within the lease. */
async function keepLease(
  claimed: ClaimedSchedule,
  leaseSeconds: number,
  client: BrokerClient,
  lost: AbortController,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay((leaseSeconds * 1_000) / 3, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      if (await renewSchedule(client, claimed, leaseSeconds, undefined, signal)) continue;
      lost.abort(new ScheduleLeaseLostError(claimed.Name));
      return;
    } catch (error) {
      // It is tried again; in the end the lease runs out, and the run's end finds that.
      if (!(error instanceof BrokerError) && !signal.aborted) throw error;
    }
  }
}

function nextTime(
  { CronExpression, TimeZone }: ClaimedSchedule,
  after: Date,
): { readonly dueAt: Date | null; readonly reason: string | null } {
  try {
    return { dueAt: cronTime(CronExpression, TimeZone).next(after), reason: null };
  } catch (error) {
    if (!(error instanceof ScheduleUnusableError)) throw error;
    return { dueAt: null, reason: `It is disabled now: ${error.message}` };
  }
}
