import { z } from 'zod';
import { type GraphTransientError, InvalidGraphOptionsError } from './errors.ts';

/** Milliseconds that Node's timers can count; one of more would be over at once. */
const longestTimerMs = 2 ** 31 - 1;

const connectionSchema = z.strictObject({
  uri: z.string().regex(/^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s#@]+\/?$/, 'must look like bolt://localhost:7687'),
  username: z.string().min(1),
  password: z.string(),
  database: z.string().min(1).default('neo4j'),
  connectionTimeoutMs: z.int().min(1).max(longestTimerMs).default(10_000),
  maxConnections: z.int().min(1).default(20),
});

/** How to reach Neo4j. */
export interface GraphConnectionOptions {
  /** `bolt://host:port`, or `neo4j://` for a cluster. */
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  /** @default 'neo4j' */
  readonly database?: string | undefined;
  /**
   * Longest time to open a connection or to wait for a free one, in milliseconds. Too short turns a slow network into
   * an outage, too long hides an outage from health. @default 10000
   */
  readonly connectionTimeoutMs?: number | undefined;
  /** Upper limit of the connection pool. @default 20 */
  readonly maxConnections?: number | undefined;
}

const writerSchema = z.strictObject({
  rowsPerStatement: z.int().min(1).max(100_000).default(500),
  transactionTimeoutMs: z.int().min(1).max(longestTimerMs).default(30_000),
  maxAttempts: z.int().min(1).default(5),
  retryBaseMs: z.int().min(0).max(longestTimerMs).default(40),
  onRetry: z.custom<(error: GraphTransientError) => void>((value) => typeof value === 'function').optional(),
});

/** How a writer writes. */
export interface GraphWriterOptions {
  /**
   * Rows per UNWIND. The statements of a transaction are sent one behind the other, so the server works on one while the
   * next is packed. Too many rows: it waits for the first; too few: each costs what a statement costs. @default 500
   */
  readonly rowsPerStatement?: number | undefined;
  /**
   * After this the server ends the transaction and lets its locks go, in milliseconds. It bounds how long a writer whose
   * host vanished keeps the others waiting; too short fails large batches on a busy server. @default 30000
   */
  readonly transactionTimeoutMs?: number | undefined;
  /** Attempts of a transaction that Neo4j calls transient (a deadlock with a foreign writer). @default 5 */
  readonly maxAttempts?: number | undefined;
  /** Longest pause before the second attempt, doubled for each further one, in milliseconds; half of each is random. @default 40 */
  readonly retryBaseMs?: number | undefined;
  /** Told why a transaction is repeated, before the pause; for metrics. */
  readonly onRetry?: ((error: GraphTransientError) => void) | undefined;
}

const readerSchema = z.strictObject({ timeoutMs: z.int().min(1).max(3_600_000).default(30_000) });

/** How a lineage reader or a navigator reads. */
export interface ReaderOptions {
  /**
   * After this the server ends a query, in milliseconds. Too short fails searches in large tenants, and the first query
   * after a start, which has to be planned; too long lets a question that nobody waits for keep a core busy.
   * @default 30000
   */
  readonly timeoutMs?: number | undefined;
}

export type ParsedConnectionOptions = z.output<typeof connectionSchema>;
export type ParsedWriterOptions = z.output<typeof writerSchema>;

/** @throws InvalidGraphOptionsError */
export function parseConnectionOptions(options: GraphConnectionOptions): ParsedConnectionOptions {
  return parseOptions(connectionSchema, options);
}

/** @throws InvalidGraphOptionsError */
export function parseWriterOptions(options: GraphWriterOptions): ParsedWriterOptions {
  return parseOptions(writerSchema, options);
}

/** @throws InvalidGraphOptionsError */
export function parseReaderOptions(options: ReaderOptions): z.output<typeof readerSchema> {
  return parseOptions(readerSchema, options);
}

/** @throws InvalidGraphOptionsError with a line per wrong option */
export function parseOptions<T>(schema: z.ZodType<T>, options: unknown): T {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw new InvalidGraphOptionsError(problems, result.error);
}
