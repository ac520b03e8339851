import type { ClaimedJob } from './claimed-job.ts';
import type { JobStore } from './job-store.ts';
import type { Settings } from './options.ts';

/** Sensitivities as dbo.sp_ClassifyAtoms has them. */
const sensitivity = { public: 0, internal: 1, confidential: 2, restricted: 3 } as const;

/** Which texts may go to the provider. */
export interface SendingRule {
  /** Whether the provider is outside of the house, so that the rule applies. */
  readonly isOutside: boolean;
  /** What an atom counts as that has no level, and comes from none that has. */
  readonly unclassified: keyof typeof sensitivity;
  /** Tenants whose confidential and restricted texts may leave too. */
  readonly tenants: ReadonlySet<number>;
}

/** The rule that the settings describe. OpenAI and Azure are outside unless the settings say otherwise. */
export function sendingRule({ Provider, Unclassified, SendClassifiedOfTenants }: Settings['Embedding']): SendingRule {
  const isOutside = Provider.IsOutside ?? (Provider.Kind === 'openai' || Provider.Kind === 'azure-openai');
  return {
    // Hashing is done here.
    isOutside: isOutside && Provider.Kind !== 'lexical-hash',
    unclassified: Unclassified,
    tenants: new Set(SendClassifiedOfTenants),
  };
}

/**
 * Those of the jobs whose text may not go to the provider: the atom, or one that it comes from, is confidential or restricted now.
 *
 * @throws BrokerError
 */
export async function mayNotLeave(
  jobs: readonly ClaimedJob[],
  { isOutside, unclassified, tenants }: SendingRule,
  store: JobStore,
  signal: AbortSignal,
): Promise<ReadonlySet<ClaimedJob>> {
  const asked = isOutside ? jobs.filter(({ tenantId }) => !tenants.has(tenantId)) : [];
  if (asked.length === 0) return new Set();
  const known = await store.sensitivities(
    asked.map(({ atomId }) => atomId),
    signal,
  );
  const of = ({ atomId }: ClaimedJob) => known.get(atomId) ?? sensitivity[unclassified];
  return new Set(asked.filter((job) => of(job) >= sensitivity.confidential));
}
