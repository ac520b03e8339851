import type { BrokerClient } from '@hartonomous/broker-client';
import { listSchedules, type Schedule } from '../schedules/schedules.ts';
import { type Finding, fine, problem, warning } from './finding.ts';

/**
 * Milliseconds after which a schedule that is due and claimed by nobody counts as overdue. Too short: a process that restarts looks missing;
 * too long: a canary of every few minutes stops unnoticed.
 */
const longestWaitMs = 300_000;

/**
 * Whether schedules are worked on, and how their last runs ended.
 *
 * @throws BrokerError
 */
export async function scheduleFindings(client: Pick<BrokerClient, 'query'>, signal: AbortSignal): Promise<Finding[]> {
  const schedules = await listSchedules(client, signal);
  const findings = schedules.flatMap(findingsOf);
  if (findings.length > 0) return findings;
  const enabled = schedules.filter(({ isEnabled }) => isEnabled).length;
  return [fine('schedule', `Schedules that are enabled: ${enabled}. None is overdue, and none has failed.`)];
}

/** What is to say of one schedule; nothing where all is well. */
export function findingsOf({ name, overdueMs, lastRun }: Schedule): Finding[] {
  const findings: Finding[] = [];
  if (overdueMs !== null && overdueMs > longestWaitMs) {
    findings.push(
      problem(
        `schedule.overdue.${name}`,
        `The schedule ${name} has been due for ${Math.round(overdueMs / 60_000)} minutes, and nobody works on it.`,
        'See whether a "hartonomous schedule run" runs, and whether its login has the rights for this kind; it says so at its start.',
      ),
    );
  }
  if (lastRun?.outcome === 'FAILED' || lastRun?.outcome === 'ABANDONED') {
    findings.push(
      warning(
        `schedule.failed.${name}`,
        `The last run of the schedule ${name} ended ${lastRun.outcome}: ${lastRun.summary ?? 'without a message'}`,
        `See: hartonomous schedule history ${name}`,
      ),
    );
  }
  return findings;
}
