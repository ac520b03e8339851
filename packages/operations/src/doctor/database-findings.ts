import type { ObservedQueue } from '../queues/observe-queue.ts';
import { databaseFacts } from '../queues/queue-facts.ts';
import { type Finding, fine, ofFact } from './finding.ts';

/** What an observation of any queue says about the whole database. What could not be seen is left out. */
export function databaseFindings(observed: ObservedQueue): Finding[] {
  const findings = databaseFacts(observed).map(ofFact);
  const { endpoints } = observed.observation;
  if (endpoints !== undefined) {
    const counts = endpoints.map(({ state, endpoints: count }) => `${count} ${state}`);
    findings.push(fine('broker.endpoints', `Conversation endpoints: ${counts.join(', ') || 'none'}.`));
  }
  return findings;
}
