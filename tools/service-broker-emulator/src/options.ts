import { z } from 'zod';
import { InvalidEmulatorOptionsError } from './errors.ts';

/** Password of `sa` when none is given: for development on a machine that nobody else reaches. */
export const developmentSaPassword = 'Hartonomous!1';

/** What {@link startServiceBrokerEmulator} takes. */
export const emulatorOptionsSchema = z.strictObject({
  /** TCP port; 0 takes any free one. @default 1433 */
  port: z.int().min(0).max(65_535).default(1433),
  /** Address to listen on. Anything but a loopback address shows the databases to the network. @default '127.0.0.1' */
  host: z.string().min(1).default('127.0.0.1'),
  /** Folder in which databases are kept, made when missing; `:memory:` keeps nothing. @default ':memory:' */
  data: z.string().min(1).default(':memory:'),
  /** Password of the login `sa`. @default the development password of the README */
  saPassword: z.string().min(1).default(developmentSaPassword),
  /**
   * Most mebibytes of data, all databases together, like a filegroup without autogrowth: what would need more fails with
   * SQL Server's error 1105, and deleting makes room. For testing what a full disk does; too small, and deploying fails
   * already. @default as much as the disk holds
   */
  maxDataMb: z.int().min(1).optional(),
  /** Databases to make at start when they are missing. @default none */
  databases: z.array(z.string().min(1).max(128)).default([]),
  /**
   * Folder of init scripts: its `*.sql` files run in the order of their names, batches cut at GO, each script once per
   * data folder (with `:memory:` at each start) as `sa`, beginning in the first of `databases`, else in master.
   * @default none
   */
  init: z.string().min(1).optional(),
  /**
   * READ_COMMITTED_SNAPSHOT of databases that are made: whether READ COMMITTED reads the last committed version of a row
   * or waits for the transaction that has changed it. ALTER DATABASE changes it later. @default false, as on SQL Server
   */
  readCommittedSnapshot: z.boolean().default(false),
  /** @@SERVERNAME. @default 'localhost' */
  serverName: z.string().min(1).max(128).default('localhost'),
});

/** Options of {@link startServiceBrokerEmulator}; each has a default. */
export type EmulatorSettings = z.input<typeof emulatorOptionsSchema>;

/** @throws InvalidEmulatorOptionsError with a line per problem */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw new InvalidEmulatorOptionsError(problems, result.error);
}
