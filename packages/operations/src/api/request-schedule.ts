import type { BrokerClient } from '@hartonomous/broker-client';
import { enableSchedule, type ScheduleChange, triggerSchedule } from '../schedules/schedules.ts';
import { type ApiActor, logApiAudit } from './audit.ts';

/** A change of a schedule that is asked for over the HTTP API. */
interface ScheduleRequest {
  readonly name: string;
  /** Only check it. */
  readonly dryRun: boolean;
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
  { name, dryRun, action }: ScheduleRequest & { readonly action: string },
  change: (session: Parameters<typeof enableSchedule>[0]) => Promise<ScheduleChange>,
): Promise<ScheduleChange> {
  await using transaction = await client.beginTransaction();
  const changed = await change(transaction);
  if (changed.changes && !dryRun) {
    const detail = { dueAt: changed.dueAt };
    await logApiAudit(transaction, actor, { action, target: name, detail });
  }
  await transaction.commit();
  return changed;
}
