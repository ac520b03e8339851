import { mayLeave, type SendingRule } from '@hartonomous/embedding-settings';
import type { ClaimedJob } from './claimed-job.ts';
import type { JobStore } from './job-store.ts';

/**
 * Those of the jobs whose text may not go to the provider: the atom, or one that it comes from, is confidential or restricted now.
 *
 * @throws BrokerError
 */
export async function mayNotLeave<Job extends Pick<ClaimedJob, 'atomId' | 'tenantId'>>(
  jobs: readonly Job[],
  rule: SendingRule,
  store: JobStore,
  signal: AbortSignal,
): Promise<ReadonlySet<Job>> {
  // Nobody's level matters where everything may leave.
  const asked = jobs.filter(({ tenantId }) => !mayLeave('restricted', tenantId, rule));
  if (asked.length === 0) return new Set();
  const known = await store.sensitivities(
    asked.map(({ atomId }) => atomId),
    signal,
  );
  return new Set(asked.filter(({ atomId, tenantId }) => !mayLeave(known.get(atomId) ?? null, tenantId, rule)));
}
