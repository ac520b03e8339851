import { z } from 'zod';

const addressOnly = /^https:\/\/[^/\s?#@;]+\/?$/;
const httpsAddress = z
  .string()
  .regex(
    addressOnly,
    "an address like https://name.azconfig.io, with https and nothing else: of the portal's connection string what stands behind Endpoint=",
  );
const vaultAddress = z
  .string()
  .regex(addressOnly, 'an address like https://name.vault.azure.net/, with https and nothing else');

/** An address that only has to be right where the source is switched on: files of other environments leave it empty. */
function needed<Section extends { readonly Enabled: boolean }>(key: keyof Section & string, address: z.ZodType) {
  return (section: Section, context: z.RefinementCtx): void => {
    if (!section.Enabled) return;
    const result = address.safeParse(section[key]);
    for (const { message } of result.error?.issues ?? []) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: section[key] === undefined ? 'an https address' : message,
      });
    }
  };
}

/** The sections of the appsettings files that say where in Azure further settings are, and how to get there. */
export const azureSettingsSchema = z.object({
  Azure: z
    .object({
      /** Whether the identity of the machine (Azure Arc included) is used; otherwise the login that DefaultAzureCredential finds. */
      UseManagedIdentity: z.boolean().default(false),
      /** Client id of a user-assigned identity. An Arc server has none: leave it out there. */
      ClientId: z.string().min(1).optional(),
      /** Seconds for reading everything. Too short: a slow start of the network fails. Too long: a start hangs that long. */
      TimeoutSeconds: z.number().min(1).max(600).default(30),
      /** Retries of a request that failed with a transient error. More only delay the error in an outage. */
      MaxRetries: z.int().min(0).max(20).default(3),
      /** Milliseconds before the first repetition; doubles each time. Shorter adds to the load of a throttled service. */
      RetryDelayMs: z.int().min(1).max(60_000).default(800),
      LastGoodCache: z
        .object({
          Enabled: z.boolean().default(false),
          /** Holds secrets: the file is readable by its owner only, the folder should be the service's own. */
          File: z.string().min(1).optional(),
          /** Older values are not used. Too short: a long outage prevents restarts. Too long: rotated secrets stay in use. */
          MaxAgeHours: z.number().positive().max(8_760).default(24),
        })
        .superRefine(needed('File', z.string('the path of a file')))
        .prefault({}),
    })
    .prefault({}),
  AzureAppConfiguration: z
    .object({
      Enabled: z.boolean().default(false),
      Endpoint: z.string().optional(),
      /** Only keys that begin with it are read, and it is taken off, for example `Worker:`. */
      KeyPrefix: z.string().default(''),
      /** Label whose values win over those without label. @default the environment's name */
      Label: z.string().min(1).optional(),
      /** Key (after the prefix) that is changed last in a set of changes; watching looks at it alone. */
      Sentinel: z.string().min(1).optional(),
      /** Hosts besides that of KeyVault:VaultUri that references may point to. */
      VaultHosts: z.array(z.string().min(1)).default([]),
    })
    .superRefine(needed('Endpoint', httpsAddress))
    .prefault({}),
  KeyVault: z
    .object({
      Enabled: z.boolean().default(false),
      VaultUri: z.string().optional(),
      /** Whether the vault's host must be under the domain that its challenge names. Off only for a stand-in or a proxy. */
      VerifyChallengeResource: z.boolean().default(true),
      /** Setting of a secret, by the secret's name, where the name doesn't say it. */
      SecretKeys: z.record(z.string(), z.string().min(1)).default({}),
    })
    .superRefine(needed('VaultUri', vaultAddress))
    .prefault({}),
});

/** What {@link azureSettingsSchema} gives. */
export type AzureSettings = z.output<typeof azureSettingsSchema>;

/**
 * Secrets whose names are older than the `--` rule, and the settings they hold (runbook R2). `KeyVault:SecretKeys`
 * adds to them and overrides them.
 */
export const runbookSecretKeys: Readonly<Record<string, string>> = {
  SqlConnectionString: 'ConnectionStrings:HartonomousDb',
  Neo4jUsername: 'Neo4j:Username',
  Neo4jPassword: 'Neo4j:Password',
};
