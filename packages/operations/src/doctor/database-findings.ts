import type { QueueObservation, UpstreamProblem } from '@hartonomous/broker-client';
import { type Finding, fine, problem } from './finding.ts';

/** What an observation of any queue says about the whole database. What could not be seen is left out. */
export function databaseFindings(
  { isBrokerEnabled, stuck, endpoints }: QueueObservation,
  problems: readonly UpstreamProblem[],
): Finding[] {
  const wrong = (kind: UpstreamProblem['kind'], id: string) =>
    problems.filter((each) => each.kind === kind).map(({ message, action }) => problem(id, message, action));
  const findings = wrong('broker-disabled', 'broker.enabled');
  if (isBrokerEnabled === true) findings.push(fine('broker.enabled', 'Service Broker is enabled.'));
  const late = wrong('transmission-backlog', 'broker.transmission');
  findings.push(...late);
  if (stuck !== undefined && late.length === 0) {
    findings.push(fine('broker.transmission', 'No message is stuck in sys.transmission_queue.'));
  }
  if (endpoints !== undefined) {
    const counts = endpoints.map(({ state, endpoints: count }) => `${count} ${state}`);
    findings.push(fine('broker.endpoints', `Conversation endpoints: ${counts.join(', ') || 'none'}.`));
  }
  return findings;
}
