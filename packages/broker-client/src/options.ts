import type mssql from 'mssql';
import { z } from 'zod';
import { InvalidBrokerOptionsError } from './errors.ts';
import { keptBodyBytes, maxReceiveMessages } from './receive-limit.ts';

/** Schema of {@link BrokerOptions}. */
export const brokerOptionsSchema = z.strictObject({
  /** Connection options of the `mssql` package, for example from config-loader's `toMssqlOptions`. */
  sql: z.custom<mssql.config>(
    (value) => typeof value === 'object' && value !== null && 'server' in value && typeof value.server === 'string',
    'connection options of the mssql package, with a server',
  ),
  /**
   * Milliseconds that a statement may take; for a receive, on top of its own wait. Too short and a busy server looks
   * like one that is away; too long and a dead connection is noticed late.
   */
  requestTimeoutMs: z.int().min(100).max(600_000).default(30_000),
  /** Most connections at a time. A reader holds one, all else shares the rest: at least the number of readers plus one. */
  maxConnections: z.int().min(1).max(1_000).default(10),
  /**
   * One connection, kept until the client is closed: what a statement sets (SET options, temporary tables, locks of the session)
   * is there for the next, as in SQL Server's own tools. Once it is lost, every call is refused: another session would silently
   * lack all that. Calls wait for each other, and a transaction holds them all up; `maxConnections` doesn't count.
   */
  singleSession: z.boolean().default(false),
  /**
   * Procedure that ends conversations for logins that may not: END CONVERSATION is for the owner of the conversation and
   * db_owner. It takes `@Handles NVARCHAR(MAX)`, handles of 36 characters one behind the other. Used for plain ends; those with
   * an error or cleanup are always direct. @default END CONVERSATION is run directly
   */
  endProcedure: z.string().min(1).optional(),
  /**
   * Procedure that reads what only db_owner sees, and raises error 51090 when the user that it runs as doesn't; see `brokerHealth`. @default the views are read directly
   */
  healthProcedure: z.string().min(1).optional(),
  /** Told about errors of idle connections, which belong to no call. */
  onConnectionError: z.custom<(error: Error) => void>((value) => typeof value === 'function').optional(),
});

/** Options of `connectBroker`. */
export type BrokerOptions = z.input<typeof brokerOptionsSchema>;

/** Schema of the checked part of {@link ReceiveOptions}. */
export const receiveOptionsSchema = z.object({
  queue: z.string().min(1),
  batchSize: z.int().min(1).max(maxReceiveMessages).default(500),
  waitMs: z.int().min(0).max(600_000).default(5_000),
  maxBodyBytes: z
    .int()
    .min(keptBodyBytes)
    .max(256 * 1024 * 1024)
    .default(16 * 1024 * 1024),
});

/** Options of `receiveBatch`. */
export interface ReceiveOptions {
  /** For example `dbo.Neo4jSyncQueue`; `dbo` where no schema is given. */
  readonly queue: string;
  /**
   * Most messages in a batch. Too small and round trips and commits dominate; too large and a failure repeats much
   * work, and all conversation groups of the batch stay locked that long. @default 500
   */
  readonly batchSize?: number;
  /**
   * Milliseconds to wait for the first message. The wait costs nothing, a message that comes is delivered at once; it
   * only sets how often an idle reader proves that it is alive. @default 5000
   */
  readonly waitMs?: number;
  /**
   * Most bytes of a message's body. Of a longer one the first 64 KiB are received, and `cutFrom` says how long it was: otherwise any
   * sender could end a reader with one message. Too small: valid messages are cut, and the rest is lost.
   * Too large: a batch of such bodies doesn't fit into memory, and goes back to the queue forever. @default 16 MiB
   */
  readonly maxBodyBytes?: number;
  /** Ends the wait: the request is cancelled on the server and the transaction rolled back. */
  readonly signal?: AbortSignal;
}

/**
 * Checks options from outside.
 * @throws InvalidBrokerOptionsError naming every problem
 */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidBrokerOptionsError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}
