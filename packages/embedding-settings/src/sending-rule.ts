import type { EmbeddingSettings } from './options.ts';

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
export function sendingRule({ Provider, Unclassified, SendClassifiedOfTenants }: EmbeddingSettings): SendingRule {
  const isOutside = Provider.IsOutside ?? (Provider.Kind === 'openai' || Provider.Kind === 'azure-openai');
  return {
    // Hashing and models in this process send nothing.
    isOutside: isOutside && Provider.Kind !== 'lexical-hash' && Provider.Kind !== 'onnx',
    unclassified: Unclassified,
    tenants: new Set(SendClassifiedOfTenants),
  };
}

/**
 * Whether a text may go to the provider.
 *
 * @param level sensitivity as dbo.sp_ClassifyAtoms has it, or the word for it; `null`: neither the text nor what it comes from has one
 */
export function mayLeave(
  level: number | keyof typeof sensitivity | null,
  tenantId: number,
  { isOutside, unclassified, tenants }: SendingRule,
): boolean {
  if (!isOutside || tenants.has(tenantId)) return true;
  const own = level ?? unclassified;
  return (typeof own === 'number' ? own : sensitivity[own]) < sensitivity.confidential;
}
