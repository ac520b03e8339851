import { z } from 'zod';
import { InvalidEmulatorOptionsError } from './errors.ts';

const port = z.int().min(0).max(65_535);

/** Names of Key Vault secrets, as the service restricts them. */
export const secretNameSchema = z
  .string()
  .regex(/^[0-9A-Za-z-]{1,127}$/, 'must have 1 to 127 letters, digits and hyphens');

const keyValueSchema = z
  .strictObject({
    key: z.string().min(1).max(10_000),
    label: z.string().min(1).optional(),
    value: z.string().optional(),
    contentType: z.string().optional(),
    secret: secretNameSchema.optional(),
  })
  .refine(({ value, secret }) => (value === undefined) !== (secret === undefined), {
    message: 'must have either value or secret (the name of a secret to refer to)',
  });

const optionsSchema = z.strictObject({
  port: port.default(0),
  identityPort: port.default(0),
  challenge: z.boolean().default(true),
  keyFolder: z.string().min(1).optional(),
  tokenLifetimeSeconds: z.int().min(1).max(86_400).default(86_400),
  secrets: z.record(secretNameSchema, z.string().max(25_600, 'must have at most 25 KB')).default({}),
  keyValues: z.array(keyValueSchema).default([]),
});

/** A key-value of App Configuration to begin with. */
export interface KeyValueSeed {
  readonly key: string;
  /** Absent: no label. */
  readonly label?: string | undefined;
  readonly value?: string | undefined;
  readonly contentType?: string | undefined;
  /** Instead of `value`: makes the key-value a Key Vault reference to this secret of the emulated vault. */
  readonly secret?: string | undefined;
}

/** How to start; every field is optional. */
export interface AzureEmulatorOptions {
  /** HTTPS port of Key Vault, App Configuration and Application Insights on 127.0.0.1; 0 takes a free one. @default 0 */
  readonly port?: number | undefined;
  /** HTTP port of the Arc identity endpoint on 127.0.0.1 (a real agent's is 40342); 0 takes a free one. @default 0 */
  readonly identityPort?: number | undefined;
  /**
   * Whether the identity endpoint asks for the content of a key file, as a real agent does. Needs a writable key folder.
   * @default true
   */
  readonly challenge?: boolean | undefined;
  /** Where key files are put. Clients accept one folder only, so another one is for tests of the refusal. @default that folder */
  readonly keyFolder?: string | undefined;
  /** How long tokens are valid. @default 86400 */
  readonly tokenLifetimeSeconds?: number | undefined;
  /** Key Vault secrets to begin with, by name. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** App Configuration key-values to begin with. */
  readonly keyValues?: readonly KeyValueSeed[] | undefined;
}

/** Options with their defaults. */
export type ParsedEmulatorOptions = z.output<typeof optionsSchema>;

/** @throws InvalidEmulatorOptionsError with every problem */
export function parseOptions(options: AzureEmulatorOptions): ParsedEmulatorOptions {
  const result = optionsSchema.safeParse(options);
  if (result.success) return result.data;
  throw new InvalidEmulatorOptionsError(
    result.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`),
  );
}
