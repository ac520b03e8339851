import type { BrokerClient } from '@hartonomous/broker-client';
import { scheduleKindFacts } from '../schedules/kinds/kinds.ts';
import {
  addSchedule,
  changeSchedule,
  enableSchedule,
  type NewSchedule,
  removeSchedule,
  type ScheduleChange,
  type ScheduleSettings,
  triggerSchedule,
} from '../schedules/schedules.ts';
import { type ApiActor, logApiAudit } from './audit.ts';

/** A change of a schedule that is asked for over the HTTP API. */
interface ScheduleRequest {
  readonly name: string;
  /** Only check it. */
  readonly dryRun: boolean;
}

/** A schedule requested over the HTTP API. */
export interface NewScheduleRequest extends Omit<NewSchedule, 'isEnabled' | 'changedBy'>, ScheduleRequest {
  /** @default depends on the kind: a self-repair starts disabled */
  readonly isEnabled?: boolean | undefined;
}

/**
 * Creates a schedule as {@link addSchedule} does, with an audit row.
 *
 * @throws ScheduleUnusableError, ScheduleExistsError, BrokerError; nothing was changed then
 */
export async function requestNewSchedule(
  client: BrokerClient,
  actor: ApiActor,
  { dryRun, ...given }: NewScheduleRequest,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  const { name, kind, cron, timeZone, parameters } = given;
  const isEnabled = given.isEnabled ?? scheduleKindFacts.some((each) => each.kind === kind && each.isEnabledAtOnce);
  const asked = { action: 'schedule.add', detail: { kind, cron, timeZone, parameters, isEnabled } };
  return audited(client, actor, { name, dryRun, ...asked }, (session) =>
    addSchedule(session, { ...given, isEnabled, changedBy: actor.subject }, dryRun, signal),
  );
}

/**
 * Changes a schedule as {@link changeSchedule} does, with an audit row if that changes something.
 *
 * @throws ScheduleUnknownError, ScheduleUnusableError, BrokerError; nothing was changed then
 */
export async function requestScheduleSettings(
  client: BrokerClient,
  actor: ApiActor,
  { name, dryRun, ...given }: ScheduleRequest & Omit<ScheduleSettings, 'changedBy'>,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  return audited(client, actor, { name, dryRun, action: 'schedule.change', detail: given }, (session) =>
    changeSchedule(session, name, { ...given, changedBy: actor.subject }, dryRun, signal),
  );
}

/**
 * Removes a schedule as {@link removeSchedule} does, with an audit row that records what it was.
 *
 * @throws ScheduleUnknownError, BrokerError; nothing was changed then
 */
export async function requestScheduleRemoval(
  client: BrokerClient,
  actor: ApiActor,
  { name, dryRun }: ScheduleRequest,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  await using transaction = await client.beginTransaction();
  const { kind, cron, timeZone, parameters, isEnabled } = await removeSchedule(transaction, name, dryRun, signal);
  if (!dryRun) {
    const before = { kind, cron, timeZone, parameters, isEnabled };
    await logApiAudit(transaction, actor, { action: 'schedule.remove', target: name, detail: { before } });
  }
  await transaction.commit();
  return { changes: true, dueAt: null };
}

/**
 * Enables or disables a schedule as {@link enableSchedule} does; with a row of the audit where that changes something.
 *
 * @throws ScheduleUnknownError, BrokerError; nothing was changed then
 */
export function requestScheduleEnabled(
  client: BrokerClient,
  actor: ApiActor,
  { name, dryRun, isEnabled }: ScheduleRequest & { readonly isEnabled: boolean },
  signal: AbortSignal,
): Promise<ScheduleChange> {
  const action = isEnabled ? 'schedule.enable' : 'schedule.disable';
  return audited(client, actor, { name, dryRun, action }, (session) =>
    enableSchedule(session, name, { isEnabled, changedBy: actor.subject }, dryRun, signal),
  );
}

/**
 * Has a schedule become due at once as {@link triggerSchedule} does; with a row of the audit where that changes something.
 *
 * @throws ScheduleUnknownError, ScheduleDisabledError, BrokerError; nothing was changed then
 */
export function requestScheduleTrigger(
  client: BrokerClient,
  actor: ApiActor,
  { name, dryRun }: ScheduleRequest,
  signal: AbortSignal,
): Promise<ScheduleChange> {
  return audited(client, actor, { name, dryRun, action: 'schedule.trigger' }, (session) =>
    triggerSchedule(session, name, { changedBy: actor.subject }, dryRun, signal),
  );
}

async function audited(
  client: BrokerClient,
  actor: ApiActor,
  { name, dryRun, action, detail }: ScheduleRequest & { readonly action: string; readonly detail?: object },
  change: (session: Parameters<typeof enableSchedule>[0]) => Promise<ScheduleChange>,
): Promise<ScheduleChange> {
  await using transaction = await client.beginTransaction();
  const changed = await change(transaction);
  if (changed.changes && !dryRun) {
    await logApiAudit(transaction, actor, { action, target: name, detail: { ...detail, dueAt: changed.dueAt } });
  }
  await transaction.commit();
  return changed;
}
