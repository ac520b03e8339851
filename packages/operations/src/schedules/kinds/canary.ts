import { sendCanary } from '../../doctor/send-canary.ts';
import type { ScheduleResult } from '../schedule-lease.ts';
import type { ScheduleParameters } from '../schedule-parameters.ts';
import { done, failed, type ScheduleWork } from './schedule-work.ts';

/** Sends a message that changes nothing through the whole way. */
export async function canary({
  database,
  parameters,
  signal,
}: ScheduleWork<ScheduleParameters<'CANARY'>>): Promise<ScheduleResult> {
  for await (const { state, message, action } of sendCanary(database, parameters.seconds * 1_000, signal)) {
    if (state === 'ok') return done(0, message);
    return failed(0, [message, action].filter((part) => part !== null).join(' '));
  }
  throw new TypeError('A canary has one finding.');
}
